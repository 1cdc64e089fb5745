// A primary is killed, and its supervisor starts it again within a second, writable as it was.

import { afterEach, describe, expect, it } from 'vitest';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { startWriter, type Writer } from '../../../src/sandbox/writer.ts';
import { eventually } from '../support/eventually.ts';
import {
  followsSoon,
  hasNumbers,
  holdApplier,
  kill,
  others,
  replication,
  writablePorts,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, type World, type WorldOptions, write } from '../support/world.ts';

let world: World | null = null;
let writer: Writer | null = null;

afterEach(async () => {
  await writer?.stop();
  await world?.stop();
  world = null;
  writer = null;
});

async function openUnderWriter(options: WorldOptions): Promise<{ world: World; writer: Writer }> {
  const opened = await openWorld(options);
  world = opened;
  const started = await startWriter({ addresses: opened.fleet.servers, intervalMillis: 5 });
  writer = started;
  await eventually(() => started.acknowledgedCount).toBeGreaterThan(30);
  return { world: opened, writer: started };
}

/** What became of the primary; both ends are right, and which it is depends on who was faster: the supervisor or the recovery. */
async function outcome(world: World): Promise<'open' | 'replaced' | 'kept'> {
  const recoveries = await world.recoveries();
  if (recoveries.some((one) => one.RecoveryEndTimestamp === '')) return 'open';
  if (recoveries.some((one) => one.IsSuccessful)) return 'replaced';
  return (await world.codeOf(world.primary)) === 'NoProblem' ? 'kept' : 'open';
}

/** One server takes writes, and all others that are in use run below it. */
async function oneWriter(servers: readonly RunningServer[], primary: RunningServer, unused: readonly RunningServer[]) {
  await eventually(() => writablePorts(servers)).toEqual([primary.port]);
  for (const replica of others(servers, primary, ...unused)) await followsSoon(replica, primary);
}

describe.each(serverFamilies)('a %s primary that its supervisor starts again at once', (family) => {
  it('A23, G3: one takes writes, who was replaced is made read-only and marked, and nothing that was received is lost', async () => {
    const { world, writer } = await openUnderWriter({ family });
    const { primary, replicas, fleet } = world;
    await kill(primary);
    const received = await receivedBy(replicas);
    await primary.restart();

    await eventually(() => outcome(world)).not.toBe('open');
    const isReplaced = (await outcome(world)) === 'replaced';
    const now = isReplaced ? await world.promoted() : primary;
    await oneWriter(fleet.servers, now, isReplaced ? [primary] : []);
    if (isReplaced) {
      expect(await replication(primary)).toBeNull();
      await eventually(() => world.instance(primary)).toMatchObject({
        IsLastCheckValid: true,
        ReadOnly: true,
        IsDowntimed: true,
        DowntimeReason: 'lost-in-recovery',
      });
    }
    await eventually(() => writer.port).toBe(now.port);
    const { missing } = await checkRows(now, writer.acknowledged());
    expect(thrownAway(missing, received)).toEqual([]);
    await world.afterLooks(now);
    expect((await world.recoveries()).length).toBeLessThan(2);
    expect(await writablePorts(fleet.servers)).toEqual([now.port]);
  });

  it('A23: is not replaced where deaths must last: it is detected, everybody is below it again, and nothing at all is lost', async () => {
    const configuration = { MinimumSecondsBeforeRecovery: { DeadMaster: '60' } };
    const { world, writer } = await openUnderWriter({ family, configuration });
    const { primary, replicas } = world;
    await kill(primary);
    await world.logged('not recovered: it must last 60 s');
    await primary.restart();

    await oneWriter(world.fleet.servers, primary, []);
    await eventually(() => world.codeOf(primary)).toBe('NoProblem');
    await eventually(() => writer.port).toBe(primary.port);
    await writer.stop();
    const rows = writer.acknowledged();
    expect((await checkRows(primary, rows)).missing).toEqual([]);
    for (const replica of replicas) {
      await eventually(async () => (await checkRows(replica, rows)).missing).toEqual([]);
    }
    expect(await world.recoveries()).toEqual([]);
    // Once it is back, and before its replicas are, it is a primary that nobody replicates from: that may be told as well.
    const deaths = (await world.detections()).filter(({ AnalysisEntry }) => AnalysisEntry.Analysis === 'DeadMaster');
    expect(deaths).toHaveLength(1);
  });

  it('A23: is not replaced when it takes writes again before somebody else does, however lately it was found dead', async () => {
    const { world, writer } = await openUnderWriter({ family });
    const { primary, replicas, fleet } = world;
    const holds = await Promise.all(replicas.map(holdApplier));
    await writeNumbers(primary, [1, 2, 3], replicas);
    await kill(primary);
    await eventually(() => world.journal().some((line) => line.step.startsWith('drain '))).toBe(true);
    await primary.restart();
    const before = writer.acknowledgedCount;
    await eventually(() => writer.acknowledgedCount).toBeGreaterThan(before);
    for (const hold of holds) await hold.release();

    expect(await world.recoveryEnded()).toMatchObject({ IsSuccessful: false, SuccessorKey: { Port: 0 } });
    await oneWriter(fleet.servers, primary, []);
    await writer.stop();
    const rows = writer.acknowledged();
    expect((await checkRows(primary, rows)).missing).toEqual([]);
    for (const replica of replicas) await eventually(async () => (await checkRows(replica, rows)).missing).toEqual([]);
  });

  it('A23: is not replaced either when it is back while the chosen one still applies what it has received', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const holds = await Promise.all(replicas.map(holdApplier));
    await writeNumbers(primary, [1, 2, 3], replicas);
    await kill(primary);
    await eventually(() => world?.journal().some((line) => line.step.startsWith('drain '))).toBe(true);
    await primary.restart();
    await eventually(async () => (await world?.instance(primary))?.IsLastCheckValid).toBe(true);
    await write(primary, 'INSERT INTO demo.numbers VALUES (4)');
    await world.afterLooks(primary);
    for (const hold of holds) await hold.release();

    expect(await world.recoveryEnded()).toMatchObject({ IsSuccessful: false, SuccessorKey: { Port: 0 } });
    await oneWriter(world.fleet.servers, primary, []);
    for (const replica of replicas) await hasNumbers(replica, [1, 2, 3, 4]);
    await eventually(() => world?.codeOf(primary)).toBe('NoProblem');
  });
});
