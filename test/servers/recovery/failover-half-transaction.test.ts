// The primary dies in the middle of sending a transaction: its replicas have the beginning of it, and the rest will never come. MySQL's applier
// waits a minute for it when it is told to stop.

import { afterEach, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { dieInTheMiddleOfATransaction } from '../support/half-transaction.ts';
import { openProxiedWorld, type ProxiedWorld } from '../support/proxied-world.ts';
import { asRoot, followsSoon, hasNumbers, others, writablePorts } from '../support/servers.ts';
import { the, type World, write } from '../support/world.ts';

let proxied: ProxiedWorld | null = null;

afterEach(async () => {
  await proxied?.world.stop();
  proxied?.close();
  proxied = null;
});

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
