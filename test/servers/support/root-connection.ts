import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import type { RunningServer } from '../../../src/sandbox/server.ts';

/** Through the socket, past every rule for accounts that come over the network. The caller closes it. */
export function connectAsRoot(server: RunningServer): Promise<Connection> {
  return createConnection({ socketPath: join(server.dir, 'socket'), user: 'root' });
}
