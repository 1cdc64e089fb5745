// A primary dies in a cluster that replicates by file and position, with GTIDs switched off: who stands where, and who can be brought along (spec/recovery.md 2.4).

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { fourWriters } from '../support/four-writers.ts';
import { dieInTheMiddleOfATransaction } from '../support/half-transaction.ts';
import { openProxiedWorld, type ProxiedWorld } from '../support/proxied-world.ts';
import {
  followsSoon,
  hasNumbers,
  isWritable,
  kill,
  others,
  replication,
  stopReceiver,
  writablePorts,
} from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

let world: World | null = null;
let proxied: ProxiedWorld | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
  await proxied?.world.stop();
  proxied?.close();
  proxied = null;
});

/** All of them have applied it. */
async function writeTo(
  primary: RunningServer,
  numbers: readonly number[],
  replicas: readonly RunningServer[],
): Promise<void> {
  for (const number of numbers) await write(primary, `INSERT INTO demo.numbers VALUES (${number})`);
  for (const replica of replicas) await hasNumbers(replica, numbers);
}

/** There are markers in its log, and the program knows. */
const isMarked = (some: World, replica: RunningServer): Promise<void> =>
  eventually(async () => Reflect.get(await some.instance(replica), 'UsingPseudoGTID')).toBe(true);

/** One replica has the first row alone, and receives no more; the primary is dead. */
async function killWithOneBehind(some: World, behind: RunningServer): Promise<void> {
  const { primary, replicas } = some;
  await writeTo(primary, [1], replicas);
  await stopReceiver(behind);
  await writeTo(primary, [2, 3], []);
  for (const replica of others(replicas, behind)) await hasNumbers(replica, [1, 2, 3]);
  await kill(primary);
}

describe.each(serverFamilies)('%s without GTIDs', (family) => {
  it('D1, E2: four writers, and the primary is killed: nothing is lost, and all follow the new one', async () => {
    world = await openWorld({
      family,
      prepare: withoutGtid,
      semiSync: true,
      semiSyncTimeoutMillis: 1_000_000_000,
      // One of them alone may have received the last transaction: the others find their places by markers.
      configuration: { AutoPseudoGTID: true },
    });
    const { primary, replicas, fleet } = world;
    for (const replica of replicas) await isMarked(world, replica);
    const writers = await fourWriters(fleet.servers, primary);
    try {
      await eventually(() => writers.acknowledged).toBeGreaterThan(200);
      await kill(primary);
      const promoted = await world.promoted();
      for (const replica of others(replicas, promoted)) await followsSoon(replica, promoted);
      const before = writers.acknowledged;
      await eventually(() => writers.acknowledged).toBeGreaterThan(before + 200);
      await writers.stop();
      for (const replica of replicas) await eventually(() => writers.missingOn(replica)).toEqual([]);
      expect(await writablePorts(replicas)).toEqual([promoted.port]);
    } finally {
      await writers.stop();
    }
  });

  it('D1: one that has received less finds its place by the markers', async () => {
    world = await openWorld({ family, prepare: withoutGtid, configuration: { AutoPseudoGTID: true } });
    const { replicas } = world;
    const behind = the(replicas[2]);
    await isMarked(world, behind);
    await killWithOneBehind(world, behind);
    const promoted = await world.promoted();
    expect(promoted).not.toBe(behind);
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted);
      await hasNumbers(replica, [1, 2, 3]);
    }
    await write(promoted, 'INSERT INTO demo.numbers VALUES (4)');
    for (const replica of replicas) await hasNumbers(replica, [1, 2, 3, 4]);
  });

  it('D5, D7: without markers such a one is detached and marked as lost, and says what it lacks', async () => {
    world = await openWorld({ family, prepare: withoutGtid });
    const { replicas } = world;
    const behind = the(replicas[2]);
    await killWithOneBehind(world, behind);
    const promoted = await world.promoted();
    expect(await isWritable(promoted)).toBe(true);
    for (const replica of others(replicas, promoted)) {
      if (replica === behind) await eventually(async () => (await replication(behind))?.host).toContain('//');
      else await hasNumbers(replica, [1, 2, 3]);
    }
    const ended = await world.recoveryEnded();
    expect(ended.LostReplicas.map(({ Port }) => Port)).toEqual([behind.port]);
    expect((await world.instance(behind)).DowntimeReason).toBe('lost-in-recovery');
  });

  it('D15: half a transaction is rolled back, and everybody goes on behind it', async () => {
    proxied = await openProxiedWorld({ family, replicas: 2, prepare: withoutGtid });
    const inside = proxied.world;
    await dieInTheMiddleOfATransaction(proxied);
    const promoted = await inside.promoted();
    const [other] = others(inside.replicas, promoted);
    await followsSoon(the(other), promoted, inside.hostOf(promoted));
    await write(promoted, 'INSERT INTO demo.numbers VALUES (4)');
    for (const replica of inside.replicas) await hasNumbers(replica, [1, 2, 3, 4]);
  });
});
