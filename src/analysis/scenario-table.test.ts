/**
 * The scenario table of spec/failure-detection.md section 13, row by row, under the names of its cases.
 */
import { describe, expect, it } from 'vitest';
import {
  applierStopped,
  type Change,
  delayed,
  down,
  failingToConnect,
  lagging,
  neverSeen,
  partlyAnswering,
  readOnly,
  receiverStopped,
  semiSyncReplica,
  semiSyncSource,
  specFixture,
  type World,
} from './testing.ts';

const fixture = specFixture();
const DIRECT_REPLICAS = [22294, 22296, 22297];

interface Row {
  readonly name: string;
  /** `gone`: how an unreachable server looks, of which there are two ways. */
  readonly world: (gone: Change) => World;
  /** `port words`, the cluster always being that of the fixture. */
  readonly expected: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: 'analysis-no-failure', world: () => fixture, expected: [] },
  {
    name: 'A1: analysis-dead-master',
    world: (gone) => fixture.with(22293, gone).withEach(DIRECT_REPLICAS, receiverStopped),
    expected: ['22293 DeadMaster'],
  },
  {
    name: 'A1, A10: analysis-dead-master-partial-success',
    world: (gone) => fixture.with(22293, gone, partlyAnswering).withEach(DIRECT_REPLICAS, receiverStopped),
    expected: ['22293 DeadMaster'],
  },
  {
    name: 'A3: analysis-dead-master-and-some-replicas',
    world: (gone) => fixture.withEach(DIRECT_REPLICAS, receiverStopped).withEach([22293, 22296, 22297], gone),
    expected: ['22293 DeadMasterAndSomeReplicas'],
  },
  {
    name: 'A2: analysis-unreachable-master',
    world: (gone) => fixture.with(22293, gone),
    expected: ['22293 UnreachableMaster'],
  },
  {
    name: 'A10: analysis-unreachable-master-partial-success',
    world: (gone) => fixture.with(22293, gone, partlyAnswering),
    expected: [],
  },
  {
    name: 'A10: analysis-unreachable-master-partial-success-8033',
    world: (gone) => fixture.with(22293, gone, partlyAnswering).with(22294, failingToConnect('source')),
    expected: ['22293 UnreachableMaster', '22294 FirstTierReplicaFailingToConnectToMaster'],
  },
  {
    name: 'A6: analysis-unreachable-master-with-lagging-replicas',
    world: (gone) => fixture.with(22293, gone).withEach(DIRECT_REPLICAS, lagging(60)),
    expected: ['22293 UnreachableMasterWithLaggingReplicas'],
  },
  {
    name: 'A6: analysis-unreachable-master-not-lagging-replicas',
    world: (gone) => fixture.with(22293, gone).withEach([22295, 22296, 22297], lagging(60)),
    expected: ['22293 UnreachableMaster'],
  },
  {
    name: 'A7: analysis-unreachable-master-with-delayed-replicas',
    world: (gone) => fixture.with(22293, gone).withEach(DIRECT_REPLICAS, lagging(600), delayed(600)),
    expected: ['22293 UnreachableMaster'],
  },
  {
    name: 'A5: analysis-all-master-replicas-not-replicating',
    world: () => fixture.withEach(DIRECT_REPLICAS, applierStopped),
    expected: ['22293 AllMasterReplicasNotReplicating'],
  },
  {
    name: 'A5: analysis-all-master-replicas-not-replicating-or-dead',
    world: (gone) => fixture.withEach(DIRECT_REPLICAS, applierStopped).withEach([22296, 22297], gone),
    expected: ['22293 AllMasterReplicasNotReplicatingOrDead'],
  },
  {
    name: 'A14: analysis-all-intermediate-master-replicas-not-replicating',
    world: () => fixture.with(22295, applierStopped),
    expected: ['22294 AllIntermediateMasterReplicasNotReplicating'],
  },
  {
    name: 'analysis-no-problem-downtime',
    world: () => fixture.with(22295, applierStopped).downtimed(22295),
    expected: [],
  },
  {
    name: 'A14: analysis-dead-intermediate-master-with-single-replica',
    world: (gone) => fixture.with(22294, gone).with(22295, receiverStopped),
    expected: ['22294 DeadIntermediateMasterWithSingleReplica'],
  },
  {
    name: 'A14: analysis-dead-intermediate-master-with-single-replica-8033',
    world: (gone) => fixture.with(22294, gone).with(22295, failingToConnect('source')),
    expected: ['22294 DeadIntermediateMasterWithSingleReplicaFailingToConnect'],
  },
  {
    name: 'A14: analysis-dead-intermediate-master-and-replicas',
    world: (gone) => fixture.withEach([22294, 22295], gone),
    expected: ['22294 DeadIntermediateMasterAndReplicas'],
  },
  {
    name: 'A14: analysis-unreachable-intermediate-master',
    world: (gone) => fixture.with(22294, gone),
    expected: ['22294 UnreachableIntermediateMaster'],
  },
  {
    name: 'A10: analysis-unreachable-intermediate-master-partial-success',
    world: (gone) => fixture.with(22294, gone, partlyAnswering),
    expected: [],
  },
  {
    name: 'A14: analysis-unreachable-intermediate-master-with-lagging-replicas',
    world: (gone) => fixture.with(22294, gone).with(22295, lagging(60)),
    expected: ['22294 UnreachableIntermediateMasterWithLaggingReplicas'],
  },
  {
    name: 'A16: analysis-first-tier-replica-failing-to-connect',
    world: () => fixture.with(22294, failingToConnect('master')),
    expected: ['22294 FirstTierReplicaFailingToConnectToMaster'],
  },
  {
    name: 'A16: analysis-first-tier-replica-failing-to-connect-8033',
    world: () => fixture.with(22294, failingToConnect('source')),
    expected: ['22294 FirstTierReplicaFailingToConnectToMaster'],
  },
  {
    name: 'A12: analysis-semi-sync-locked-master',
    world: (gone) =>
      fixture
        .with(22293, semiSyncSource({ status: true, wants: 2, clients: 1 }))
        .with(22296, gone)
        .staleFor(22293, 60),
    expected: ['22293 LockedSemiSyncMaster'],
  },
  {
    name: 'A12: analysis-semi-sync-ok',
    world: () => fixture.with(22293, semiSyncSource({ status: true, wants: 2, clients: 2 })),
    expected: [],
  },
  {
    name: 'A12: analysis-semi-sync-not-enough-valid-replicas',
    world: () => fixture.with(22293, semiSyncSource({ status: false, wants: 2, clients: 1 })),
    expected: ['22293 NotEnoughValidSemiSyncReplicasStructureWarning'],
  },
  {
    name: 'A12: analysis-semi-sync-not-enough-valid-replicas-invalid',
    world: (gone) => fixture.with(22293, semiSyncSource({ status: false, wants: 2, clients: 1 })).with(22296, gone),
    expected: ['22293 NotEnoughValidSemiSyncReplicasStructureWarning'],
  },
  {
    name: 'A12: analysis-semi-sync-no-valid-replicas',
    world: () => fixture.withAll(semiSyncReplica).with(22293, semiSyncSource({ status: false, wants: 1, clients: 0 })),
    expected: ['22293 NotEnoughValidSemiSyncReplicasStructureWarning'],
  },
  {
    name: 'A18: analysis-errant-gtid',
    world: () => fixture.with(22294, { gtidErrant: '230ea8ea-81e3-11e4-972a-e25ec4bd140a:1' }),
    expected: ['22293 ErrantGTIDStructureWarning'],
  },
  {
    name: 'A18: analysis-major-versions',
    world: () => fixture.with(22297, { version: '5.7.8-log' }),
    expected: ['22293 MultipleMajorVersionsLoggingReplicasStructureWarning'],
  },
  {
    name: 'A18: analysis-row-statement',
    world: () => fixture.with(22297, { binlogFormat: 'ROW' }),
    expected: ['22293 StatementAndRowLoggingReplicasStructureWarning'],
  },
  {
    name: 'A18: analysis-no-logging-replicas',
    world: () => fixture.withAll({ logReplicaUpdatesEnabled: false }),
    expected: ['22293 NoLoggingReplicasStructureWarning'],
  },
  {
    name: 'A18: analysis-no-failover-support',
    world: () => fixture.withAll({ usingPseudoGtid: false }),
    expected: ['22293 NoFailoverSupportStructureWarning'],
  },
  {
    name: 'A18: analysis-no-writeable-master',
    world: () => fixture.with(22293, readOnly),
    expected: ['22293 NoWriteableMasterStructureWarning'],
  },
];

describe.each([
  { seen: 'last seen before the last check', gone: down },
  { seen: 'never seen', gone: neverSeen },
])('scenario table of the contract, unreachable servers $seen', ({ gone }) => {
  it.each(ROWS)('$name', ({ world, expected }) => {
    const lines = expected.map((text) => {
      const [port, ...words] = text.split(' ');
      return `testhost:${port} (cluster testhost:22293): ${words.join(' ')}`;
    });
    expect(world(gone).lines()).toEqual(lines);
  });
});
