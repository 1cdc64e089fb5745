/** Where the replicas of a dead intermediate primary go. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleKey, sampleReplica } from '../../model/topology-samples.ts';
import { TEST_POLICY } from '../testing.ts';
import { type OrphanStages, orphanStages } from './orphan-stages.ts';

const [TOP, DEAD] = [3301, 3302];

const near = { dataCenter: 'dc1', physicalEnvironment: 'prod', usingOracleGtid: false };
const applied = (file: string, pos: number) => {
  const place = { file, pos, type: 'binary' as const };
  return { readCoordinates: place, execCoordinates: place };
};

const sibling = (port: number, change: Partial<Instance> = {}): Instance =>
  sampleReplica(port, TOP, { ...near, ...applied('binlog.000004', 100), ...change });

const failed = sibling(DEAD);

const stagesOf = ({ stages }: OrphanStages): readonly string[] =>
  stages.map((stage) => (stage.kind === 'regroup' ? 'regroup' : `${stage.kind} ${stage.below.port}`));

const planned = (siblings: readonly Instance[], policy = TEST_POLICY) =>
  orphanStages(failed, [failed, ...siblings], policy);

describe('H1: the replicas of a dead intermediate primary', () => {
  it('go below a sibling in its place, then among themselves, then up', () => {
    expect(stagesOf(planned([sibling(3303)]))).toEqual(['sibling 3303', 'regroup', `grandparent ${TOP}`]);
  });

  it('H4: gather among themselves before they go to another data center', () => {
    const far = sibling(3303, { dataCenter: 'dc2' });
    expect(stagesOf(planned([far]))).toEqual(['regroup', 'sibling 3303', `grandparent ${TOP}`]);
  });

  it('gather and go up where there is no sibling', () => {
    expect(stagesOf(planned([]))).toEqual(['regroup', `grandparent ${TOP}`]);
  });

  it('stay among themselves where nobody knows what it replicated from', () => {
    expect(stagesOf(orphanStages({ ...failed, sourceKey: null }, [], TEST_POLICY))).toEqual(['regroup']);
  });
});

describe('the sibling that takes them', () => {
  const chosen = (siblings: readonly Instance[], policy = TEST_POLICY): number | null => {
    const stage = planned(siblings, policy).stages.find(({ kind }) => kind === 'sibling');
    return stage?.kind === 'sibling' ? stage.below.port : null;
  };
  const prefers = (port: number) => ({
    ...TEST_POLICY,
    promotionRule: (key: { port: number }) => (key.port === port ? ('prefer' as const) : ('neutral' as const)),
  });

  it('is a candidate in its place, else any candidate, else one in its place', () => {
    const far = sibling(3303, { dataCenter: 'dc2' });
    const here = sibling(3304);
    expect(chosen([far, here])).toBe(3304);
    expect(chosen([far, here], prefers(3303))).toBe(3303);
    expect(chosen([far, here, sibling(3305)], prefers(3305))).toBe(3305);
  });

  it('C16: of several, the one with most replicas, and of those the first by name', () => {
    const carrying = sibling(3305, { replicas: [sampleKey(3310)] });
    expect(chosen([sibling(3304), sibling(3303)])).toBe(3303);
    expect(chosen([sibling(3303), carrying])).toBe(3305);
  });

  it('H2: is fit for it, and it is told why the others are not', () => {
    const unfit: readonly [Partial<Instance>, string][] = [
      [{ lastSeen: null }, 'it does not answer'],
      [{ applierState: 'stopped', applierRunning: false }, 'it does not replicate'],
      [{ logBinEnabled: false }, 'it has no binary logs'],
      [{ logReplicaUpdatesEnabled: false }, 'it does not log what it replicates'],
      [{ isBinlogServer: true }, 'it is a binlog server'],
      [{ hasReplicationFilters: true }, 'it has replication filters'],
      [applied('binlog.000004', 99), `it is behind 127.0.0.1:${DEAD}`],
    ];
    for (const [change, reason] of unfit) {
      const result = planned([sibling(3303, change)]);
      expect(result.unfit).toEqual([{ key: sampleKey(3303), reason }]);
      expect(stagesOf(result)).toEqual(['regroup', `grandparent ${TOP}`]);
    }
    const banned = { ...TEST_POLICY, isIgnored: () => true };
    expect(planned([sibling(3303)], banned).unfit[0]?.reason).toBe('it is not to be promoted');
  });

  it('may be behind where both replicate by GTID: it gets there', () => {
    const byGtid = { usingOracleGtid: true };
    const lagging = sibling(3303, { ...byGtid, ...applied('binlog.000003', 4) });
    expect(orphanStages({ ...failed, ...byGtid }, [lagging], TEST_POLICY).unfit).toEqual([]);
  });
});
