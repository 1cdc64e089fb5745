import { describe, expect, it } from 'vitest';
import type { OtherChannel } from '../model/instance.ts';
import { keyId } from '../model/instance-key.ts';
import { emergentOperations } from './emergent.ts';
import { replicasBySource } from './picture.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  coPrimariesWith,
  down,
  failingToConnect,
  lagging,
  receiverStopped,
  semiSyncSource,
  specFixture,
  type World,
} from './testing.ts';

const REPLICAS = [22294, 22295, 22296];
const world = aPrimaryWith(3);

/** `kind port`, after making sure that the code is the reason. */
function operations(situation: World, code: string, port = 22293): string[] {
  const replicas = replicasBySource(situation.instances);
  const entry = situation.entryOf(port, { reduceReplicationAnalysisCount: false });
  expect(entry.code).toBe(code);
  const wanted = emergentOperations(entry, (key) => replicas.get(keyId(key)) ?? []);
  expect(wanted.map((operation) => operation.reason)).toEqual(wanted.map(() => code));
  return wanted.map((operation) => `${operation.kind} ${operation.key.port}`);
}

const reReads = (...ports: number[]) => ports.map((port) => `re-read ${port}`);

describe('what to look at again at once', () => {
  it('nothing without a problem', () => {
    expect(operations(world, 'NoProblem')).toEqual([]);
  });

  it('A2: the primary and its witnesses when it is unreachable', () => {
    expect(operations(world.with(22293, down), 'UnreachableMaster')).toEqual(reReads(22293, ...REPLICAS));
  });

  it('A1: the same when it is called dead, so that nobody acts on old evidence', () => {
    const dead = world.with(22293, down).withEach(REPLICAS, receiverStopped);
    expect(operations(dead, 'DeadMaster')).toEqual(reReads(22293, ...REPLICAS));
    expect(operations(dead.with(22294, down), 'DeadMasterAndSomeReplicas')).toEqual(reReads(22293, ...REPLICAS));
    expect(operations(dead.withEach(REPLICAS, down), 'DeadMasterAndReplicas')).toEqual(reReads(22293, ...REPLICAS));
    expect(operations(aPrimaryWith(0).with(22293, down), 'DeadMasterWithoutReplicas')).toEqual([]);
  });

  it('A6: nobody is restarted who was stopped by people, or has further sources that would be stopped too', () => {
    const lags = world.with(22293, down).withEach(REPLICAS, lagging(60));
    const other: OtherChannel = {
      name: 'other',
      sourceKey: at(1),
      receiverState: 'running',
      applierState: 'running',
      usingGtid: true,
      receivedGtid: '',
    };
    const situation = lags.with(22294, { receiverState: 'stopped' }).with(22295, { otherChannels: [other] });
    expect(operations(situation, 'UnreachableMasterWithLaggingReplicas')).toEqual([
      ...reReads(22293, ...REPLICAS),
      'restart-receiver 22296',
    ]);
  });

  it('A14, A15: the same for co-primaries and intermediate ones', () => {
    const pair = coPrimariesWith(1).with(22293, down);
    expect(operations(pair, 'UnreachableCoMaster')).toEqual(reReads(22293, 22294, 22295));
    expect(operations(pair.withEach([22294, 22295], receiverStopped), 'DeadCoMaster')).toEqual(
      reReads(22293, 22294, 22295),
    );
    const below = specFixture().with(22294, down);
    expect(operations(below, 'UnreachableIntermediateMaster', 22294)).toEqual(reReads(22294, 22295));
    expect(operations(below.with(22295, down), 'DeadIntermediateMasterAndReplicas', 22294)).toEqual(
      reReads(22294, 22295),
    );
  });

  it('also the replicas behind a binlog server, each once', () => {
    const behind = specFixture().with(22293, down).with(22294, { isBinlogServer: true });
    expect(operations(behind, 'UnreachableMaster')).toEqual(reReads(22293, 22294, 22295, 22296, 22297));
    const ring = behind.with(22295, { isBinlogServer: true }).with(22296, { sourceKey: at(22295) });
    expect(operations(ring, 'UnreachableMaster')).toEqual(reReads(22293, 22294, 22295, 22296, 22297));
  });

  it('comes to an end where binlog servers replicate in a circle', () => {
    const circle = coPrimariesWith(0).withAll({ isBinlogServer: true }).with(22293, down);
    expect(operations(circle, 'UnreachableCoMaster')).toEqual(reReads(22293, 22294));
  });

  it('A6: unreachable with lagging replicas: their receivers must connect anew', () => {
    const hidden = world.with(22293, down).withEach(REPLICAS, lagging(60));
    expect(operations(hidden, 'UnreachableMasterWithLaggingReplicas')).toEqual([
      ...reReads(22293, ...REPLICAS),
      ...REPLICAS.map((port) => `restart-receiver ${port}`),
    ]);
    const below = specFixture().with(22294, down).with(22295, lagging(60));
    expect(operations(below, 'UnreachableIntermediateMasterWithLaggingReplicas', 22294)).toEqual([
      ...reReads(22294, 22295),
      'restart-receiver 22295',
    ]);
  });

  it('A6: but not of a MariaDB GTID replica, which would drop its relay log', () => {
    const hidden = world.with(22293, down).withEach(REPLICAS, lagging(60)).with(22295, { usingMariadbGtid: true });
    expect(operations(hidden, 'UnreachableMasterWithLaggingReplicas').slice(4)).toEqual([
      'restart-receiver 22294',
      'restart-receiver 22296',
    ]);
  });

  it('A12: a primary suspected to be locked, and where it stands', () => {
    const locked = world.with(22293, semiSyncSource({ status: true, wants: 2, clients: 1 }));
    expect(operations(locked, 'LockedSemiSyncMasterHypothesis')).toEqual([
      're-read 22293',
      'record-stale-coordinates 22293',
    ]);
    expect(operations(locked.staleFor(22293, 60), 'LockedSemiSyncMaster')).toEqual([]);
  });

  it('A5, A21: the primary and its replicas when it lives and no replica replicates', () => {
    const broken = world.withEach(REPLICAS, applierStopped);
    expect(operations(broken, 'AllMasterReplicasNotReplicating')).toEqual(reReads(22293, ...REPLICAS));
    expect(operations(broken.with(22294, down), 'AllMasterReplicasNotReplicatingOrDead')).toEqual(
      reReads(22293, ...REPLICAS),
    );
  });

  it('A16: the source of a first-tier replica that fails to connect', () => {
    const failing = world.with(22294, failingToConnect('source'));
    expect(operations(failing, 'FirstTierReplicaFailingToConnectToMaster', 22294)).toEqual(reReads(22293));
  });

  it('A14: nothing for a reachable intermediate primary whose replica is broken by itself', () => {
    const broken = specFixture().with(22295, applierStopped);
    expect(operations(broken, 'AllIntermediateMasterReplicasNotReplicating', 22294)).toEqual([]);
  });

  it('A14: a reachable intermediate primary nobody can connect to, which is acted on', () => {
    const below = specFixture().withEach([22295, 22296], { sourceKey: at(22294) }, failingToConnect('source'));
    expect(operations(below, 'AllIntermediateMasterReplicasFailingToConnectOrDead', 22294)).toEqual(
      reReads(22294, 22295, 22296),
    );
  });
});
