import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { keyId } from '../model/instance-key.ts';
import { REPORT_HINTS } from './filters.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  coPrimariesWith,
  down,
  failingToConnect,
  groupMember,
  NOW,
  neverSeen,
  readOnly,
  receiverStopped,
  specFixture,
  type World,
} from './testing.ts';

const world = aPrimaryWith(3);
const portsOf = (entries: ReturnType<World['entries']>) => entries.map((entry) => entry.key.port);
const unreduced = { reduceReplicationAnalysisCount: false };

describe('which servers make an entry (spec sections 2 and 5)', () => {
  it('those with replicas; healthy leaves do not', () => {
    expect(portsOf(specFixture().entries())).toEqual([22293, 22294]);
  });
  it('a leaf that is known to be invalid or fails to connect', () => {
    const leaves = world.with(22295, down).with(22296, failingToConnect('source'));
    expect(portsOf(leaves.entries())).toEqual([22293, 22295, 22296]);
  });
  it('not a leaf of which it is unknown whether it is valid', () => {
    expect(portsOf(world.with(22295, neverSeen).entries())).toEqual([22293]);
  });
  it('all of them without the reduction, an unknown one as not valid', () => {
    expect(portsOf(world.with(22295, neverSeen).entries(unreduced))).toEqual([22293, 22294, 22295, 22296]);
    expect(aPrimaryWith(0).with(22293, neverSeen).entryOf(22293, unreduced).code).toBe('DeadMasterWithoutReplicas');
  });
  it('a read-only primary without replicas warns only without the reduction', () => {
    const alone = aPrimaryWith(0).with(22293, readOnly);
    expect(alone.lines()).toEqual([]);
    expect(alone.lines(unreduced)).toEqual([
      'testhost:22293 (cluster testhost:22293): NoWriteableMasterStructureWarning',
    ]);
  });
  it('not one under maintenance, which still counts as a replica', () => {
    const maintained = specFixture().underMaintenance(22294);
    expect(portsOf(maintained.entries())).toEqual([22293]);
    expect(maintained.entryOf(22293).countReplicas).toBe(3);
  });
  it('those of the cluster asked for, though replicas of another cluster count', () => {
    const strange = world.with(22296, { clusterName: clusterName('other:1') });
    const asked = strange.withPicture({ clusterName: clusterName('testhost:22293') });
    expect(asked.entries(unreduced).map((entry) => [entry.key.port, entry.countReplicas])).toEqual([
      [22293, 3],
      [22294, 0],
      [22295, 0],
    ]);
    expect(portsOf(strange.withPicture({ clusterName: clusterName('other:1') }).entries(unreduced))).toEqual([22296]);
  });
});

describe('order of the result (spec section 6)', () => {
  it('primaries, then those the cluster is named after, then more replicas, then by key', () => {
    const entries = specFixture()
      .with(22297, { sourceKey: null })
      .with(22296, { sourceKey: at(22295) })
      .with(22295, { sourceKey: at(22294) })
      .entries(unreduced);
    expect(portsOf(entries)).toEqual([22293, 22297, 22294, 22295, 22296]);
  });
  it('a primary without replicas comes before a replica that has some', () => {
    expect(portsOf(specFixture().with(22297, { sourceKey: null }).entries(unreduced)).slice(0, 3)).toEqual([
      22293, 22297, 22294,
    ]);
  });
  it('the one the cluster is named after comes before one with more replicas', () => {
    const pair = coPrimariesWith(0).with(22293, { clusterName: clusterName('testhost:22294') });
    const named = pair.with(22294, { clusterName: clusterName('testhost:22294') });
    expect(portsOf(named.entries())).toEqual([22294, 22293]);
  });
  it('does not depend on the order of the picture', () => {
    const reversed = world.withPicture({ instances: [...world.instances].reverse() });
    expect(reversed.entries(unreduced)).toEqual(world.entries(unreduced));
  });
});

describe('an entry', () => {
  it('names its cluster by alias and domain, or by its name for want of them', () => {
    expect(world.entryOf(22293).cluster).toEqual({
      clusterName: 'testhost:22293',
      clusterAlias: 'testhost:22293',
      clusterDomain: 'testhost:22293',
      hasAutomatedMasterRecovery: true,
      hasAutomatedIntermediateMasterRecovery: false,
    });
    const names = new Map([[clusterName('testhost:22293'), { alias: 'shop', domain: 'shop.example' }]]);
    expect(world.withPicture({ clusters: names }).entryOf(22293).cluster).toMatchObject({
      clusterAlias: 'shop',
      clusterDomain: 'shop.example',
    });
  });
  it('asks the cluster filters with name and alias', () => {
    const names = new Map([[clusterName('testhost:22293'), { alias: 'shop' }]]);
    const policy = { hasAutomatedMasterRecovery: (cluster: { clusterAlias: string }) => cluster.clusterAlias === 'x' };
    expect(world.withPicture({ clusters: names }).entryOf(22293, policy).cluster.hasAutomatedMasterRecovery).toBe(
      false,
    );
  });
  it('lists its replicas by key and carries nothing that only a recovery fills', () => {
    const reversed = world.withPicture({ instances: [...world.instances].reverse() });
    expect(reversed.entryOf(22293)).toMatchObject({
      replicas: [at(22294), at(22295), at(22296)],
      isActionableRecovery: false,
      countAdditionalAgreeingNodes: 0,
      startActivePeriod: null,
      commandHint: '',
      processingNode: { hostname: 'observer', token: 'token' },
    });
  });
  it('tells how long downtime lasts, and nothing of one that has ended', () => {
    expect(world.downtimed(22293, 90).entryOf(22293)).toMatchObject({
      isDowntimed: true,
      downtimeEnd: NOW + 90_000,
      downtimeRemaining: 90,
    });
    expect(world.downtimed(22293, 0).entryOf(22293)).toMatchObject({
      isDowntimed: false,
      downtimeEnd: null,
      downtimeRemaining: 0,
    });
  });
  it('carries description and ladder line of its code', () => {
    const dead = world.with(22293, down).withEach([22294, 22295, 22296], receiverStopped);
    expect(dead.entryOf(22293)).toMatchObject({
      code: 'DeadMaster',
      ladderLine: 2,
      description: 'Master cannot be reached by orchestrator and none of its replicas is replicating',
    });
  });
});

describe('points easy to miss, as whole situations', () => {
  it('weak point 12: a reachable primary all of whose several replicas are down is no problem', () => {
    expect(world.withEach([22294, 22295, 22296], down).entryOf(22293).code).toBe('NoProblem');
  });
  it('A15: … but such a co-primary is one', () => {
    const pair = coPrimariesWith(1).withEach([22294, 22295], down);
    expect(pair.entryOf(22293).code).toBe('AllCoMasterReplicasNotReplicating');
  });
  it('A15: a dead co-primary none of whose replicas is reachable is a dead intermediate', () => {
    const pair = coPrimariesWith(1).withEach([22293, 22294, 22295], down);
    expect(pair.entryOf(22293).code).toBe('DeadIntermediateMasterAndReplicas');
  });
  it('A15: a dead co-primary whose partner and replica noticed', () => {
    const pair = coPrimariesWith(1).with(22293, down).withEach([22294, 22295], receiverStopped);
    expect(pair.entryOf(22293).code).toBe('DeadCoMaster');
  });
  it('A14: an intermediate primary whose only replica is down is no problem', () => {
    expect(specFixture().with(22295, down).lines()).toEqual([]);
  });
  it('A16: a failing leaf in the second tier is no problem', () => {
    expect(specFixture().with(22295, failingToConnect('source')).reported(REPORT_HINTS.api)).toMatchObject([
      { key: at(22294), code: 'AllIntermediateMasterReplicasNotReplicating' },
    ]);
  });
  it('a group primary gets the rule for members, not the one for primaries', () => {
    const group = world.with(22293, down, groupMember('PRIMARY')).withEach([22294, 22295, 22296], receiverStopped);
    expect(group.entryOf(22293).code).toBe('DeadReplicationGroupMemberWithReplicas');
  });
  it('a read-only primary is named twice where it is also recovered', () => {
    expect(world.with(22293, readOnly).lines({ recoverNonWriteableMaster: true })).toEqual([
      'testhost:22293 (cluster testhost:22293): NoWriteableMasterStructureWarning, NoWriteableMasterStructureWarning',
    ]);
  });
  it('A23: so is one that was started anew, where its cluster is recovered', () => {
    const restarted = world.with(22293, readOnly).withPicture({ restartedReadOnly: new Set([keyId(at(22293))]) });
    expect(restarted.entryOf(22293).code).toBe('NoWriteableMasterStructureWarning');
    const elsewhere = { hasAutomatedMasterRecovery: () => false };
    expect(restarted.entryOf(22293, elsewhere).code).toBe(world.with(22293, readOnly).entryOf(22293).code);
  });
  it('A5: a single replica that does not replicate', () => {
    expect(aPrimaryWith(1).with(22294, applierStopped).entryOf(22293).code).toBe('MasterSingleReplicaNotReplicating');
  });
});
