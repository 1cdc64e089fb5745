// The primary dies in the middle of sending a transaction: its replicas have the beginning of it, and the rest will never come. MySQL's applier
// waits a minute for it when it is told to stop.

import { afterEach, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { openProxiedWorld, type ProxiedWorld } from '../support/proxied-world.ts';
import { asRoot, followsSoon, hasNumbers, kill, others, writablePorts, writeNumbers } from '../support/servers.ts';
import { the, type World, write } from '../support/world.ts';

let proxied: ProxiedWorld | null = null;

afterEach(async () => {
  await proxied?.world.stop();
  proxied?.close();
  proxied = null;
});

/** Far more than a socket buffers. */
const ROWS = 4_000;
const BYTES_A_ROW = 2_000;

async function dieInTheMiddleOfATransaction({ world, wire }: ProxiedWorld): Promise<void> {
  const { primary, replicas } = world;
  await writeNumbers(primary, [1, 2, 3], replicas);
  for (const replica of replicas) await hasNumbers(replica, [1, 2, 3]);
  await write(primary, 'CREATE TABLE demo.large (id INT PRIMARY KEY, pad VARCHAR(2000) NOT NULL)');
  wire(primary).cutAfter((ROWS * BYTES_A_ROW) / 4);
  const rows = `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT a.i * 100 + b.i, REPEAT('x', ${BYTES_A_ROW}) FROM n a, n b LIMIT ${ROWS}`;
  await write(primary, `INSERT INTO demo.large ${rows}`);
  await kill(primary);
}

const largeRows = async (server: World['primary']) => {
  const [row] = await asRoot(server, 'SELECT COUNT(*) AS rows_there FROM demo.large');
  return Number(the(row)['rows_there']);
};

async function recoversFrom(family: ServerFamily): Promise<void> {
  proxied = await openProxiedWorld({ family, replicas: 2 });
  const { world } = proxied;
  await dieInTheMiddleOfATransaction(proxied);
  const promoted = await world.promoted();
  const [other] = others(world.replicas, promoted);
  await followsSoon(the(other), promoted, world.hostOf(promoted));
  expect(await writablePorts(world.replicas)).toEqual([promoted.port]);
  // The half is rolled back on both, and holds no locks.
  await write(promoted, "INSERT INTO demo.large VALUES (101, 'mine')");
  await write(promoted, 'INSERT INTO demo.numbers VALUES (4)');
  for (const replica of world.replicas) {
    await hasNumbers(replica, [1, 2, 3, 4]);
    await eventually(() => largeRows(replica)).toBe(1);
  }
}

it.each(serverFamilies)('D15: %s: promotes who has half a transaction, and rolls the half back', recoversFrom);
