// Which servers replicate from a primary, asked of the servers themselves.

import { setTimeout as pause } from 'node:timers/promises';
import type { RunningServer } from './server.ts';

const pollMillis = 10;

/** Waits until all of `servers` replicate from `primary`, receiver and applier; gives those that do not after the deadline. */
export async function waitUntilAttached(
  servers: readonly RunningServer[],
  primary: Pick<RunningServer, 'port'>,
  deadlineMillis: number,
): Promise<readonly RunningServer[]> {
  const giveUpAt = performance.now() + deadlineMillis;
  for (;;) {
    const attached = await Promise.all(servers.map((server) => replicatesFrom(server, primary.port)));
    const left = servers.filter((_, index) => attached[index] !== true);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await pause(pollMillis);
  }
}

async function replicatesFrom(server: RunningServer, port: number): Promise<boolean> {
  try {
    const [row] = await server.query(server.family === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
    const is = (mysql: string, mariadb: string, value: string) => String(row?.[mysql] ?? row?.[mariadb]) === value;
    return (
      is('Source_Port', 'Master_Port', String(port)) &&
      is('Replica_IO_Running', 'Slave_IO_Running', 'Yes') &&
      is('Replica_SQL_Running', 'Slave_SQL_Running', 'Yes')
    );
  } catch {
    // It does not answer now; until the deadline it may.
    return false;
  }
}
