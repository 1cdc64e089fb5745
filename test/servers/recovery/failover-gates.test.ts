// Whether anything is done about a dead primary: what holds a recovery back, that it is noticed all the same, and who may override it.

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import { followsSoon, kill, others, replication, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const family = 'mariadb';

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

/** Every replica still points at the dead primary and keeps trying to reach it; nobody takes writes. */
async function everythingAsItWas({ primary, replicas }: World): Promise<void> {
  for (const replica of replicas) {
    expect(await replication(replica)).toEqual({
      host: primary.host,
      port: primary.port,
      receiver: 'Connecting',
      applier: 'Yes',
    });
  }
  expect(await writablePorts(replicas)).toEqual([]);
}

const detectionsOf = async (watching: World, code: string) =>
  (await watching.detections()).filter((one) => one.AnalysisEntry.Analysis === code);

describe('a dead primary is seen and left alone', () => {
  it('A19, B1: where the cluster is not opted in; the detection hook runs once', async () => {
    world = await openWorld({
      family,
      configuration: {
        RecoverMasterClusterFilters: ['other'],
        OnFailureDetectionProcesses: ['echo {failureType} {autoMasterRecovery} >> FOLDER/detected'],
        PreFailoverProcesses: ['touch FOLDER/touched'],
      },
    });
    await kill(world.primary);
    await world.logged('not recovered: the cluster is not in RecoverMasterClusterFilters');
    expect(await world.codeOf(world.primary)).toBe('DeadMaster');
    await world.afterLooks(the(world.replicas[0]));
    expect(await detectionsOf(world, 'DeadMaster')).toHaveLength(1);
    expect(world.lines('detected').filter((line) => line.startsWith('DeadMaster'))).toEqual(['DeadMaster false']);
    expect(world.lines('touched')).toEqual([]);
    expect(await world.recoveries()).toEqual([]);
    await everythingAsItWas(world);
  });

  it('B2: while it is downtimed; recovered when the downtime ends', async () => {
    world = await openWorld({ family });
    expect(await world.get(`begin-downtime/${world.at(world.primary)}/me/because/1h`)).toMatchObject({ code: 'OK' });
    await kill(world.primary);
    await world.logged('not recovered: downtimed');
    await world.afterLooks(the(world.replicas[0]));
    expect(await world.recoveries()).toEqual([]);
    await everythingAsItWas(world);
    expect(await world.get(`end-downtime/${world.at(world.primary)}`)).toMatchObject({ code: 'OK' });
    expect(world.replicas).toContain(await world.promoted());
  });

  it('B3: while recoveries are switched off globally, also by a switch set before a restart; recovered when on again', async () => {
    world = await openWorld({ family });
    expect(await world.get('disable-global-recoveries')).toMatchObject({ code: 'OK', details: 'disabled' });
    await world.killProgram();
    await world.startProgram();
    await world.seesAllWell();
    expect(await world.get('check-global-recoveries')).toMatchObject({ code: 'OK', details: 'disabled' });
    await kill(world.primary);
    await world.logged('not recovered: recoveries are disabled globally');
    expect(await detectionsOf(world, 'DeadMaster')).toHaveLength(1);
    await world.afterLooks(the(world.replicas[0]));
    expect(await world.recoveries()).toEqual([]);
    await everythingAsItWas(world);
    expect(await world.get('enable-global-recoveries')).toMatchObject({ code: 'OK', details: 'enabled' });
    expect(world.replicas).toContain(await world.promoted());
  });

  it('B9: when a pre-failover hook says no; the record is closed as failed, and so people are told', async () => {
    world = await openWorld({
      family,
      configuration: {
        PreFailoverProcesses: ['echo no, thank you; exit 3', 'touch FOLDER/second'],
        PostMasterFailoverProcesses: ['touch FOLDER/promoted'],
        PostFailoverProcesses: ['touch FOLDER/promoted'],
        PostUnsuccessfulFailoverProcesses: ['echo {failureType} {isSuccessful} [{successorHost}] >> FOLDER/failed'],
      },
    });
    await kill(world.primary);
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({ IsSuccessful: false, AllErrors: ['PreFailoverProcesses failed: exit status 3'] });
    await eventually(() => the(world).lines('failed')).toEqual(['DeadMaster false [{successorHost}]']);
    const steps = (await world.steps(recovery.UID)).join('\n');
    expect(steps).toContain('exit status 3; output: no, thank you');
    expect(steps).toContain('Not running the remaining 1 PreFailoverProcesses hooks');
    expect(world.lines('second')).toEqual([]);
    expect(world.lines('promoted')).toEqual([]);
    await everythingAsItWas(world);
    expect((await world.get('downtimed')).details).toEqual([]);
  });

  it('C14: when nobody may be promoted; the receivers that were stopped for the choice run again', async () => {
    world = await openWorld({
      family,
      configuration: { PostUnsuccessfulFailoverProcesses: ['echo {failureType} >> FOLDER/failed'] },
    });
    for (const replica of world.replicas) await world.get(`register-candidate/${world.at(replica)}/must_not`);
    await kill(world.primary);
    const recovery = await world.recoveryEnded();
    expect(recovery.IsSuccessful).toBe(false);
    expect(recovery.AllErrors.join('\n')).toContain('chooseCandidateReplica: no candidate replica found');
    for (const replica of world.replicas) {
      expect(world.journaled(`stop receiver of ${world.key(replica)}`, 'undone')).toBe(true);
    }
    await eventually(() => the(world).lines('failed')).toEqual(['DeadMaster']);
    await everythingAsItWas(world);
  });
});

/** A look a second: so many until a new primary has served longer than the moment in which its death still belongs to the incident. */
const LOOKS_AFTER_INFANCY = 5;

describe('B4: a cluster that has just been recovered', () => {
  it('is not failed over again; the refusal is listed, and an acknowledgement releases it', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    await kill(primary);
    const first = await world.promoted();
    for (const replica of others(replicas, first)) await followsSoon(replica, first);
    // E7: one that dies at once after its promotion is another matter.
    await world.afterLooks(first, LOOKS_AFTER_INFANCY);
    await kill(first);

    await world.logged(`instance ${world.key(first)} has recently been promoted`);
    const [recovery] = (await world.get('audit-recovery')).details as readonly { readonly Id: number }[];
    await eventually(() => the(world).blocked()).toMatchObject([
      { FailedInstanceKey: { Port: first.port }, Analysis: 'DeadMaster', BlockingRecoveryId: the(recovery).Id },
    ]);
    expect(await world.recoveries()).toHaveLength(1);
    expect(await writablePorts(replicas)).toEqual([]);

    expect(await world.get('ack-recovery/cluster/alias/c1')).toMatchObject({
      code: 'ERROR',
      message: 'No acknowledge comment given',
    });
    const acknowledged = await world.get('ack-recovery/cluster/alias/c1?comment=seen');
    expect(acknowledged).toMatchObject({ code: 'OK', message: 'Acknowledged cluster recoveries' });
    const second = await world.promoted(2);
    expect(others(replicas, first)).toContain(second);
    for (const replica of others(replicas, first, second)) await followsSoon(replica, second);
    await eventually(() => the(world).blocked()).toEqual([]);
    expect((await world.recoveries())[1]).toMatchObject({
      Acknowledged: true,
      AcknowledgedComment: 'seen',
      IsActive: false,
    });
  });

  it('may be again when the time of the block is over', async () => {
    world = await openWorld({ family, configuration: { RecoveryPeriodBlockSeconds: 2 } });
    const { primary, replicas } = world;
    await kill(primary);
    const first = await world.promoted();
    for (const replica of others(replicas, first)) await followsSoon(replica, first);
    await kill(first);
    expect(others(replicas, first)).toContain(await world.promoted(2));
  });
});

describe('B6: the primaries of two clusters die at once', () => {
  it('both are recovered at the same time', async () => {
    // Each hook waits until the other one has begun: one after the other would never end well.
    const meet = [
      'touch FOLDER/begun-{failedPort}',
      'for i in $(seq 200); do [ $(ls FOLDER/begun-* | wc -l) = 2 ] && exit 0; sleep 0.05; done; exit 1',
    ];
    world = await openWorld({ family, clusters: 2, replicas: 2, configuration: { PreFailoverProcesses: meet } });
    const [one, other] = world.fleets;
    await Promise.all([kill(the(one).primary), kill(the(other).primary)]);
    await world.recoveryEnded(2);
    const recoveries = await world.recoveries();
    expect(recoveries.map(({ IsSuccessful }) => IsSuccessful)).toEqual([true, true]);
    for (const fleet of world.fleets) {
      const recovery = recoveries.find((each) => each.AnalysisEntry.AnalyzedInstanceKey.Port === fleet.primary.port);
      const promoted = world.serverAt(the(recovery).SuccessorKey.Port);
      expect(await writablePorts(fleet.servers)).toEqual([promoted.port]);
      for (const replica of others(fleet.replicas, promoted)) await followsSoon(replica, promoted);
    }
    expect((await world.clusterInfo('c1')).ClusterName).not.toBe((await world.clusterInfo('c2')).ClusterName);
  });
});

describe('B12: a person asks for it', () => {
  it('filters, downtime, the global switch and anti-flapping do not hold it back, and the candidate is honoured', async () => {
    world = await openWorld({ family, configuration: { RecoverMasterClusterFilters: [] } });
    const { primary, replicas } = world;
    const [, wanted, next] = replicas;
    await world.get('disable-global-recoveries');
    await world.get(`begin-downtime/${world.at(primary)}/me/because`);
    await kill(primary);
    await eventually(() => the(world).codeOf(primary)).toBe('DeadMaster');
    expect(await world.get(`recover/${world.at(primary)}/${world.at(the(wanted))}`)).toMatchObject({
      code: 'OK',
      message: `Recovery executed on ${world.key(primary)}`,
      details: { Port: the(wanted).port },
    });
    expect(await writablePorts(replicas)).toEqual([the(wanted).port]);
    for (const replica of others(replicas, the(wanted))) await followsSoon(replica, the(wanted));
    // Within the block of the first.
    await kill(the(wanted));
    await eventually(() => the(world).codeOf(the(wanted))).toBe('DeadMaster');
    expect(await world.get(`recover/${world.at(the(wanted))}/${world.at(the(next))}`)).toMatchObject({ code: 'OK' });
    expect(await writablePorts(replicas)).toEqual([the(next).port]);
  });

  it('C12: a candidate that may not be promoted is refused, not replaced, and everything stays as it was', async () => {
    world = await openWorld({ family, configuration: { RecoverMasterClusterFilters: [] } });
    const { primary, replicas } = world;
    const [unwanted] = replicas;
    await world.get(`register-candidate/${world.at(the(unwanted))}/must_not`);
    await kill(primary);
    await eventually(() => the(world).codeOf(primary)).toBe('DeadMaster');
    expect(await world.get(`recover/${world.at(primary)}/${world.at(the(unwanted))}`)).toMatchObject({
      code: 'ERROR',
      message: 'Recovery attempted but no instance promoted',
      details: { Port: primary.port },
    });
    const [recovery] = await world.recoveries();
    expect(recovery?.AllErrors.join('\n')).toContain('has the promotion rule must_not');
    await everythingAsItWas(world);
  });

  it('what is well is not recovered, whoever asks', async () => {
    world = await openWorld({ family, replicas: 1 });
    const healthy: RunningServer = world.primary;
    expect(await world.get(`recover/${world.at(healthy)}`)).toMatchObject({
      code: 'ERROR',
      message: 'Recovery not attempted',
    });
    expect(await world.recoveries()).toEqual([]);
  });
});
