import { describe, expect, it } from 'vitest';
import { type ClusterName, clusterName, seconds, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { RecoveryOutcome, RecoveryUid } from '../model/recovery-record.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { Explanation } from './explanation.ts';
import { aNode, HEALTHY, SEEN, type TestNode, type TestNodeWanted } from './testing.ts';

const GTID = '11111111-1111-1111-1111-111111111111:1-100';
const healthy: Partial<Instance> = { ...HEALTHY, executedGtidSet: GTID };

const primary = (change: Partial<Instance> = {}) => sampleServer(1, { ...healthy, readOnly: false, ...change });
const replica = (port: number, change: Partial<Instance> = {}) =>
  sampleReplica(port, 1, { ...healthy, readOnly: true, replicationLagSeconds: 0, ...change });

async function aCluster(servers: readonly Instance[], wanted: Omit<TestNodeWanted, 'servers'> = {}) {
  const node = await aNode({ ...wanted, servers });
  return { node, explained: await explained(node) };
}

async function explained({ calls }: TestNode): Promise<Explanation> {
  const cluster = calls.clusterByHint('127.0.0.1:1');
  if (cluster.kind === 'refused') throw new Error(cluster.refusal.message);
  const outcome = await calls.explain(cluster.value);
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.message);
  return outcome.value;
}

const UID = '1:a' as RecoveryUid;
const FAILED: RecoveryOutcome = {
  successorKey: null,
  successorAlias: '',
  successorCoordinates: null,
  lostReplicas: [],
  participants: [],
  errors: ['nobody'],
};

const DOWN: Partial<Instance> = { lastChecked: unixMillis(SEEN + 1_000) };
const SETTINGS = { RecoverMasterClusterFilters: ['*'] };

describe('the explanation of a cluster', () => {
  it('tells what is seen of each server, how old that is, and who has seen it', async () => {
    const { explained } = await aCluster([primary(), replica(2)]);
    expect(explained.servers).toMatchObject([
      { instance: { key: sampleKey(1) }, isPrimary: true, answers: true, ageMillis: 2_000, isSeenHere: false },
      { instance: { key: sampleKey(2) }, isPrimary: false, answers: true },
    ]);
  });

  it('tells who would take the place of the primary, and who would not and why', async () => {
    const { explained } = await aCluster([primary(), replica(2), replica(3, { logBinEnabled: false }), replica(4)], {
      settings: SETTINGS,
    });
    expect(explained.ifPrimaryDied).toMatchObject({
      primary: sampleKey(1),
      promoted: sampleKey(2),
      others: [sampleKey(4)],
      refused: [{ key: sampleKey(3), refusal: { kind: 'no-binary-log' } }],
    });
  });

  it('tells that nobody would, and why', async () => {
    const { explained } = await aCluster([primary(), replica(2, { logBinEnabled: false })]);
    expect(explained.ifPrimaryDied).toMatchObject({ promoted: null });
    expect(explained.ifPrimaryDied?.refusal).toContain('127.0.0.1:2');
  });

  it('tells by which line a server is called what it is, whether that is proven, and what holds a recovery back', async () => {
    const lost = { receiverState: 'other', receiverRunning: false } as const;
    const { explained } = await aCluster([primary(DOWN), replica(2, lost), replica(3, lost)]);
    const [first] = explained.conclusions;
    expect(first).toMatchObject({ key: sampleKey(1), code: 'DeadMaster', line: 2, proof: { kind: 'proven' } });
    expect(first?.because).toBe(
      'it is a primary and does not answer; all replicas answer, and none of them replicates',
    );
    const closed = first?.gates.filter(({ isOpen }) => !isOpen).map(({ name, text }) => `${name}: ${text}`);
    expect(closed).toEqual([
      'warm-up: this process has just begun, and has not seen the server and all its replicas',
      'leadership: this node does not lead',
      'cluster-filter: the cluster is not in RecoverMasterClusterFilters',
    ]);
  });

  it('B3, B4: tells of the global switch, and until when an earlier recovery blocks', async () => {
    const { node } = await aCluster([primary(), replica(2)], { settings: SETTINGS });
    await node.calls.setRecoveriesDisabled(true);
    const { clusterName } = await explained(node);
    const digest = {
      key: sampleKey(1),
      code: 'DeadMaster' as const,
      clusterName,
      clusterAlias: clusterName,
      countReplicas: 1,
      replicas: [],
    };
    const at = node.clock.now();
    const blocked = async () => {
      const closed = (await explained(node)).ifPrimaryDied?.gates.filter(({ isOpen }) => !isOpen) ?? [];
      return [closed.map(({ name }) => name).join(), closed.at(-1)?.opensAt];
    };
    await node.backend.registerRecovery(UID, digest, { hostname: 'orc', token: 't' }, at);
    // For as long as it goes on.
    expect(await blocked()).toEqual(['leadership,global-switch,recent-recovery', null]);
    await node.backend.resolveRecovery(UID, FAILED, at);
    expect(await blocked()).toEqual(['leadership,global-switch,recent-recovery', at + 3_600_000]);
  });

  it('tells of a server that is under maintenance what is wrong with it, and that nobody looks', async () => {
    const { node } = await aCluster([primary(DOWN), replica(2), replica(3)], { settings: SETTINGS });
    await node.calls.beginMaintenance(sampleKey(1), 'ann', 'new disks', seconds(600));
    const { servers, conclusions, ifPrimaryDied } = await explained(node);
    expect(servers[0]?.maintenance).toMatchObject({ owner: 'ann', reason: 'new disks' });
    expect(conclusions[0]).toMatchObject({ code: 'UnreachableMaster', counts: { replicas: 2, answering: 2 } });
    const gate = conclusions[0]?.gates[0];
    expect(gate).toMatchObject({
      name: 'maintenance',
      isOpen: false,
      text: 'under maintenance by ann (new disks): it is not analysed',
      opensAt: node.clock.now() + 600_000,
    });
    expect(ifPrimaryDied).toMatchObject({ promoted: sampleKey(2) });
  });

  it('tells of hosts that the configuration has left out, and of downtimes', async () => {
    const settings = { ...SETTINGS, RecoveryIgnoreHostnameFilters: ['^127'] };
    const { node } = await aCluster([primary(DOWN), replica(2)], { settings });
    await node.calls.beginDowntime(sampleKey(1), 'kim', 'moving', seconds(60));
    const { servers, conclusions } = await explained(node);
    expect(servers[0]?.downtime).toMatchObject({ owner: 'kim', reason: 'moving' });
    const closed = conclusions[0]?.gates.filter(({ isOpen }) => !isOpen).map(({ name }) => name);
    expect(closed).toEqual(['ignored-host', 'warm-up', 'passing', 'routine', 'leadership', 'downtime']);
  });

  it('A2: tells what is done at once, and by what it judges', async () => {
    const { explained } = await aCluster([primary(DOWN), replica(2), replica(3)], {
      prepare: async (backend, clock) => {
        await backend.attemptElection({ hostname: 'orc7', token: 'service' }, clock.now(), clock.now());
      },
    });
    expect(explained.conclusions[0]).toMatchObject({
      code: 'UnreachableMaster',
      counts: { replicas: 2, answering: 2, replicating: 2, failingToConnect: 0 },
      measures: ['3 servers are read again every second'],
      lastedMillis: 0,
    });
  });

  it('a primary without replicas is explained too', async () => {
    const { explained } = await aCluster([primary()]);
    expect(explained.conclusions).toMatchObject([{ key: sampleKey(1), code: 'NoProblem', counts: { replicas: 0 } }]);
    expect(explained.ifPrimaryDied).toMatchObject({ promoted: null });
  });

  describe('of the past', () => {
    const digestOf = (clusterName: ClusterName, clusterAlias: string = clusterName) => ({
      key: sampleKey(1),
      code: 'DeadMaster',
      clusterName,
      clusterAlias,
      countReplicas: 1,
      replicas: [],
    });
    const node1 = { hostname: 'orc', token: 't' };
    const CLUSTER = clusterName('127.0.0.1:1');

    async function withPast(prepare: NonNullable<TestNodeWanted['prepare']>) {
      const { explained } = await aCluster([primary(), replica(2)], { settings: SETTINGS, prepare });
      return explained.detections.map(({ outcome }) => outcome);
    }

    it('tells that a detection led to a recovery, and what became of it', async () => {
      const outcomes = async (end: RecoveryOutcome | null) =>
        withPast(async (backend, clock) => {
          await backend.registerDetection(digestOf(CLUSTER), true, node1, clock.now());
          await backend.registerRecovery(UID, digestOf(CLUSTER), node1, clock.now());
          if (end !== null) await backend.resolveRecovery(UID, end, clock.now());
        });
      expect(await outcomes(null)).toEqual([{ kind: 'under-way', uid: UID }]);
      expect(await outcomes(FAILED)).toEqual([{ kind: 'failed', uid: UID, errors: ['nobody'] }]);
      const successful = { ...FAILED, successorKey: sampleKey(2), errors: [] };
      expect(await outcomes(successful)).toEqual([{ kind: 'recovered', uid: UID, successor: sampleKey(2) }]);
    });

    it('tells why one did not, however much else has been written down since', async () => {
      const outcomes = await withPast(async (backend, clock) => {
        await backend.registerDetection(digestOf(CLUSTER), true, node1, clock.now());
        const about = { at: clock.now(), key: sampleKey(1), clusterName: CLUSTER };
        await backend.appendAudit({ ...about, type: 'recovery-not-attempted', message: 'DeadMaster: disabled' });
        for (let index = 0; index < 50; index++) {
          await backend.appendAudit({ ...about, type: 'emergently-read-topology-instance', message: 'DeadMaster' });
        }
      });
      expect(outcomes).toEqual([{ kind: 'not-attempted', reason: 'DeadMaster: disabled' }]);
    });

    it('tells the reason of that very problem, and takes no recovery of another for its own', async () => {
      const unreachable = { ...digestOf(CLUSTER), code: 'AllMasterReplicasNotReplicating' };
      const outcomes = await withPast(async (backend, clock) => {
        await backend.registerDetection(digestOf(CLUSTER), true, node1, clock.now());
        await backend.registerDetection(unreachable, false, node1, clock.now());
        await backend.registerRecovery(UID, digestOf(CLUSTER), node1, clock.now());
        await backend.resolveRecovery(UID, FAILED, clock.now());
        const about = { at: clock.now(), key: sampleKey(1), clusterName: CLUSTER, type: 'recovery-not-attempted' };
        await backend.appendAudit({ ...about, message: 'UnreachableMaster: no recovery for UnreachableMaster' });
      });
      expect(outcomes).toEqual([{ kind: 'no-recovery' }, { kind: 'failed', uid: UID, errors: ['nobody'] }]);
    });

    it('tells that there is no recovery for some problems, and where nothing is recorded', async () => {
      const outcomes = await withPast(async (backend, clock) => {
        await backend.registerDetection(digestOf(CLUSTER), true, node1, clock.now());
        const unreachable = { ...digestOf(CLUSTER), code: 'UnreachableMaster' };
        await backend.registerDetection(unreachable, false, node1, clock.now());
      });
      expect(outcomes).toEqual([{ kind: 'no-recovery' }, { kind: 'unknown' }]);
    });

    it('goes on under the alias of the cluster, and back to before it was known', async () => {
      const { node } = await aCluster([primary(), replica(2)], {
        prepare: async (backend, clock) => {
          await backend.registerDetection(digestOf(CLUSTER), true, node1, clock.now());
          await backend.clearDetections({ clusterName: CLUSTER }, clock.now());
          await backend.registerDetection(digestOf(clusterName('old:1'), 'shop'), true, node1, clock.now());
          await backend.saveClusterAliasOverride(CLUSTER, 'shop');
        },
      });
      const { clusterAlias, detections } = await explained(node);
      expect([clusterAlias, detections.length]).toEqual(['shop', 2]);
    });
  });

  it('a command tells what the service has written down, and which service leads', async () => {
    const lost = { receiverState: 'other', receiverRunning: false } as const;
    const { explained } = await aCluster([primary(DOWN), replica(2, lost), replica(3, lost)], {
      mode: 'command',
      settings: SETTINGS,
      prepare: async (backend, clock) => {
        const service = { hostname: 'orc7', token: 'service' };
        await backend.attemptElection(service, clock.now(), clock.now());
        await backend.recordAnalysis(sampleKey(1), 'DeadMaster', unixMillis(clock.now() - 7_000));
      },
    });
    expect(explained).toMatchObject({ explainer: 'command', leader: 'orc7', leads: false });
    const [first] = explained.conclusions;
    expect(first).toMatchObject({ code: 'DeadMaster', lastedMillis: 7_000 });
    expect(first?.gates.find(({ name }) => name === 'leadership')).toMatchObject({ isOpen: true, text: 'orc7 leads' });
    expect(first?.gates.map(({ name }) => name)).not.toContain('warm-up');
  });

  it('of a cluster that nobody knows is refused', async () => {
    const { calls } = await aNode();
    expect(await calls.explain('nosuch:1' as Parameters<typeof calls.explain>[0])).toMatchObject({
      kind: 'refused',
      refusal: { code: 'unknown-cluster' },
    });
  });
});
