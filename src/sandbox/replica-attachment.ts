// Which servers replicate from a primary, asked of the servers themselves.

import { setTimeout as pause } from 'node:timers/promises';
import type { RunningServer } from './server.ts';

const pollMillis = 10;

type AskedServer = Pick<RunningServer, 'family' | 'query'>;

/** Waits until all of `servers` replicate from `primary`, receiver and applier; gives those that do not after the deadline. */
export async function waitUntilAttached(
  servers: readonly AskedServer[],
  primary: Pick<RunningServer, 'port'>,
  deadlineMillis: number,
): Promise<readonly AskedServer[]> {
  const giveUpAt = performance.now() + deadlineMillis;
  const notAttached = async (some: readonly AskedServer[]) => {
    const attached = await Promise.all(some.map((server) => replicatesFrom(server, primary.port)));
    return some.filter((_, index) => attached[index] !== true);
  };
  let left = servers;
  for (;;) {
    left = await notAttached(left);
    // Who was seen below it first may have gone elsewhere since.
    if (left.length === 0) left = await notAttached(servers);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await pause(pollMillis);
  }
}

async function replicatesFrom(server: AskedServer, port: number): Promise<boolean> {
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
