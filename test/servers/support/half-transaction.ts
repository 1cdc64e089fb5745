// A primary that dies in the middle of sending a transaction: its replicas have the beginning of it, and the rest will never come (D15).

import type { ProxiedWorld } from './proxied-world.ts';
import { hasNumbers, kill, writeNumbers } from './servers.ts';
import { write } from './world.ts';

/** Far more than a socket buffers. */
const ROWS = 4_000;
const BYTES_A_ROW = 2_000;

/** Afterwards `demo.numbers` has 1, 2 and 3 everywhere, and `demo.large` is there and empty. */
export async function dieInTheMiddleOfATransaction({ world, wire }: ProxiedWorld): Promise<void> {
  const { primary, replicas } = world;
  await writeNumbers(primary, [1, 2, 3], replicas);
  for (const replica of replicas) await hasNumbers(replica, [1, 2, 3]);
  await write(primary, 'CREATE TABLE demo.large (id INT PRIMARY KEY, pad VARCHAR(2000) NOT NULL)');
  wire(primary).cutAfter((ROWS * BYTES_A_ROW) / 4);
  const rows = `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT a.i * 100 + b.i, REPEAT('x', ${BYTES_A_ROW}) FROM n a, n b LIMIT ${ROWS}`;
  await write(primary, `INSERT INTO demo.large ${rows}`);
  await kill(primary);
}
