import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { Explanation } from './explanation.ts';
import { aNode, type TestNode, type TestNodeWanted } from './testing.ts';

const GTID = '11111111-1111-1111-1111-111111111111:1-100';
const SEEN = unixMillis(Date.UTC(2026, 2, 1, 11, 59, 58));

const healthy: Partial<Instance> = {
  version: '8.4.3',
  lastSeen: SEEN,
  lastChecked: SEEN,
  lastAttemptedCheck: SEEN,
  logBinEnabled: true,
  logReplicaUpdatesEnabled: true,
  supportsOracleGtid: true,
  usingOracleGtid: true,
  gtidMode: 'ON',
  executedGtidSet: GTID,
};

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
    await node.backend.registerRecovery(
      '1:a' as Parameters<typeof node.backend.registerRecovery>[0],
      digest,
      { hostname: 'orc', token: 't' },
      at,
    );
    const closed = (await explained(node)).ifPrimaryDied?.gates.filter(({ isOpen }) => !isOpen) ?? [];
    expect(closed.map(({ name }) => name)).toEqual(['leadership', 'global-switch', 'recent-recovery']);
    expect(closed.at(-1)?.opensAt).toBe(at + 3_600_000);
  });

  it('of a cluster that nobody knows is refused', async () => {
    const { calls } = await aNode();
    expect(await calls.explain('nosuch:1' as Parameters<typeof calls.explain>[0])).toMatchObject({
      kind: 'refused',
      refusal: { code: 'unknown-cluster' },
    });
  });
});
