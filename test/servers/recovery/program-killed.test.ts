// Orchestrator itself is killed with `kill -9` and started again on the same files: at rest, and in the middle of what it was doing.

import { afterEach, describe, expect, it } from 'vitest';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import {
  followsSoon,
  hasNumbers,
  holdApplier,
  isWritable,
  kill,
  others,
  replication,
  writablePorts,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World | null = null;

afterEach(async () => {
  // Hooks that wait for it outlive the program that was killed.
  world?.touch('go');
  await world?.stop();
  world = null;
});

/** A hook that says that it was reached, and waits until the test lets it go. */
const hookThatWaits = 'echo reached >> FOLDER/hook; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done';

const isJournaled = (step: string, phase: string) =>
  the(world)
    .journal()
    .some((line) => line.step.startsWith(step) && line.phase === phase);

describe('at rest', () => {
  it('K12: knows on its start what it knew, before it looked at any server', async () => {
    world = await openWorld({ family: 'mariadb' });
    const [replica] = world.replicas;
    await world.get(`begin-downtime/${world.at(the(replica))}/dba/broken%20disk/1h`);
    await world.get('disable-global-recoveries');
    await world.afterLooks(the(replica));
    const before = (await world.instances()).map((one) => one.Key.Port).sort();
    await world.killProgram();
    await world.startProgram(['--discovery=false']);
    expect((await world.instances()).map((one) => one.Key.Port).sort()).toEqual(before);
    expect((await world.get('downtimed')).details).toMatchObject([
      { Key: { Port: the(replica).port }, DowntimeReason: 'broken disk' },
    ]);
    expect((await world.get('check-global-recoveries')).details).toBe('disabled');
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(world.primary) });
  });
});

describe.each(serverFamilies)('in the middle of a recovery of %s', (family) => {
  it('B5: before anything was changed: the record is closed and says so, and the recovery begins anew', async () => {
    world = await openWorld({ family, configuration: { PreFailoverProcesses: [hookThatWaits] } });
    await kill(world.primary);
    await eventually(() => the(world).lines('hook').length).toBe(1);
    await world.killProgram();
    expect(await writablePorts(world.replicas)).toEqual([]);
    world.touch('go');
    await world.startProgram();

    const promoted = await world.promoted(2);
    const [anew, cut] = await world.recoveries();
    expect(cut).toMatchObject({ IsSuccessful: false, Acknowledged: true, IsActive: false });
    expect(cut?.AcknowledgedComment).toContain('detected crashed recovery');
    expect(cut?.AllErrors.join()).toContain('it had changed nothing that lasts');
    expect(anew).toMatchObject({ IsSuccessful: true, SuccessorKey: { Port: promoted.port } });
    expect(await writablePorts(world.replicas)).toEqual([promoted.port]);
  });

  it('B5, D2: while relay logs are applied: nobody is writable, and nothing received is lost', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const holds = await Promise.all(replicas.map(holdApplier));
    await writeNumbers(primary, [1, 2, 3], replicas);
    await kill(primary);
    await eventually(() => isJournaled('drain ', 'intended')).toBe(true);
    await world.killProgram();
    expect(await writablePorts(replicas)).toEqual([]);
    await world.startProgram();
    for (const hold of holds) await hold.release();

    await eventually(async () => (await the(world).recoveries()).some((one) => one.IsSuccessful)).toBe(true);
    const [newest] = await world.recoveries();
    const promoted = world.serverAt(the(newest).SuccessorKey.Port);
    await hasNumbers(promoted, [1, 2, 3]);
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted);
      await hasNumbers(replica, [1, 2, 3]);
    }
    expect(await writablePorts(replicas)).toEqual([promoted.port]);
    await eventually(async () => (await the(world).recoveries()).every((one) => one.RecoveryEndTimestamp !== '')).toBe(
      true,
    );
  });

  it('K12: after the promotion: it is finished with the same server, and nothing is recovered twice', async () => {
    world = await openWorld({ family, configuration: { PostMasterFailoverProcesses: [hookThatWaits] } });
    await kill(world.primary);
    await eventually(() => the(world).lines('hook').length).toBe(1);
    const [before] = await world.recoveries();
    const promoted = world.serverAt(the(before).SuccessorKey.Port);
    await world.killProgram();
    world.touch('go');
    await world.startProgram();

    await world.logged(`finished: ${world.key(promoted)}`);
    expect(await writablePorts(world.replicas)).toEqual([promoted.port]);
    for (const replica of others(world.replicas, promoted)) await followsSoon(replica, promoted);
    await world.afterLooks(promoted);
    expect(await world.recoveries()).toMatchObject([
      { UID: the(before).UID, IsSuccessful: true, SuccessorKey: { Port: promoted.port } },
    ]);
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(promoted) });
  });

  it('I3: in a switchover, between the demotion and the promotion: the old primary gets its writes back', async () => {
    world = await openWorld({ family, replicas: 1 });
    const { primary, replicas } = world;
    const successor = the(replicas[0]);
    const hold = await holdApplier(successor);
    await writeNumbers(primary, [1], replicas);
    const call = world.get(`graceful-master-takeover/c1/${world.at(successor)}`).catch(() => null);
    await eventually(() => isJournaled(`make ${the(world).key(primary)} read-only`, 'done')).toBe(true);
    expect(await isWritable(primary)).toBe(false);
    await world.killProgram();
    await call;
    await world.startProgram();
    await world.logged('switchover did not take place');

    await eventually(() => isWritable(primary)).toBe(true);
    await hold.release();
    expect(await writablePorts(world.fleet.servers)).toEqual([primary.port]);
    const [record] = await world.recoveries();
    await eventually(async () => the((await the(world).recoveries())[0]).RecoveryEndTimestamp).not.toBe('');
    expect(record).toMatchObject({ IsSuccessful: false });
    expect(await replication(successor)).toMatchObject({ port: primary.port });
    await hasNumbers(successor, [1]);
  });
});
