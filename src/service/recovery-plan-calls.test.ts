import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { holding } from '../planning/testing.ts';
import type { Outcome } from './calls.ts';
import type { RecoveryPlan } from './recovery-plan.ts';
import { recoveryPlanLines } from './recovery-plan-text.ts';
import { aNode, HEALTHY, SEEN } from './testing.ts';

const UUID = '11111111-1111-1111-1111-111111111111';
const healthy: Partial<Instance> = { ...HEALTHY, lastDiscoveryLatencyNanos: 2_000_000 };

const primary = (change: Partial<Instance> = {}) =>
  sampleServer(1, { ...healthy, ...holding(`${UUID}:1-100`), readOnly: false, ...change });
/** One that lags has what it has; one that keeps up has what the primary has. */
function replica(port: number, received: number, change: Partial<Instance> = {}) {
  const replicationLagSeconds = received === 100 ? 0 : 4;
  const gtids = holding(`${UUID}:1-${received}`);
  return sampleReplica(port, 1, { ...healthy, ...gtids, readOnly: true, replicationLagSeconds, ...change });
}

async function planOf(servers: readonly Instance[], designated: number | null = null): Promise<Outcome<RecoveryPlan>> {
  const { calls } = await aNode({ servers });
  const cluster = calls.clusterByHint('127.0.0.1:1');
  if (cluster.kind === 'refused') throw new Error(cluster.refusal.message);
  return calls.planFailover({
    clusterName: cluster.value,
    designated: designated === null ? null : sampleKey(designated),
  });
}

async function planned(servers: readonly Instance[], designated: number | null = null): Promise<RecoveryPlan> {
  const outcome = await planOf(servers, designated);
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.message);
  return outcome.value;
}

const verdicts = ({ servers }: RecoveryPlan) =>
  Object.fromEntries(servers.map(({ key, afterwards }) => [key.port, afterwards]));

const DOWN: Partial<Instance> = { lastChecked: unixMillis(SEEN + 1_000) };

describe('the plan of a failover', () => {
  it('C1: tells who is promoted and why, and what becomes of every server', async () => {
    const plan = await planned([primary(), replica(2, 90), replica(3, 100), replica(4, 80, DOWN)]);
    expect(plan).toMatchObject({ kind: 'failover', promoted: sampleKey(3), because: 'which has received the most' });
    expect(verdicts(plan)).toEqual({ 1: 'replaced', 2: 'replica', 3: 'primary', 4: 'pending' });
  });

  it('A17: above binlog servers alone, tells who goes on with their log', async () => {
    const end = { file: 'binlog.000007', pos: 700, type: 'binary' } as const;
    const places = { usingOracleGtid: false, readCoordinates: end, execCoordinates: end };
    const keeper = replica(2, 0, { ...places, isBinlogServer: true, selfCoordinates: end, replicationLagSeconds: 0 });
    const own = { selfCoordinates: { ...end, pos: 157 }, logReplicaUpdatesEnabled: false };
    const below = replica(3, 0, { ...places, ...own, sourceKey: sampleKey(2), replicationLagSeconds: 0 });
    const plan = await planned([primary({ selfCoordinates: end }), keeper, below]);
    expect(plan).toMatchObject({ promoted: sampleKey(3), because: expect.stringMatching(/binary log can go on/) });
    expect(verdicts(plan)).toEqual({ 1: 'replaced', 2: 'replica', 3: 'primary' });
  });

  it('A15: of the one that takes writes of two that replicate from each other; the other one takes its place, and keeps its configuration', async () => {
    const dies = primary({
      sourceKey: sampleKey(2),
      isCoPrimary: true,
      receiverState: 'running',
      applierState: 'running',
    });
    const other = replica(2, 100, { isCoPrimary: true });
    const plan = await planned([dies, other, replica(3, 100)]);
    expect(plan).toMatchObject({ promoted: sampleKey(2) });
    expect(verdicts(plan)).toEqual({ 1: 'replaced', 2: 'primary', 3: 'replica' });
    const commands = plan.stages.flatMap(({ steps }) => steps).flatMap(({ statements }) => statements);
    expect(commands).toContain('STOP REPLICA');
    expect(commands.filter((text) => text.includes('RESET'))).toEqual([]);
    const refusedWith = async (outcome: Promise<Outcome<RecoveryPlan>>) => {
      const result = await outcome;
      return result.kind === 'refused' ? result.refusal.message : '';
    };
    expect(await refusedWith(planOf([dies, other, replica(3, 100)], 3))).toContain(
      'CoMasterRecoveryMustPromoteOtherCoMaster',
    );
    const both = { ...other, readOnly: false };
    expect(await refusedWith(planOf([dies, both]))).toContain('both take writes');
  });

  it('has every statement, in the order in which the failover sends them', async () => {
    const { stages } = await planned([primary(), replica(2, 90), replica(3, 100)]);
    const told = stages.flatMap(({ steps }) =>
      steps.map(({ step, statements }) => `${step.server.port}: ${statements.join('; ')}`),
    );
    expect(told[0]).toBe('2: STOP REPLICA IO_THREAD');
    expect(told[1]).toBe('3: STOP REPLICA IO_THREAD');
    expect(told.find((text) => text.includes('read_only'))).toMatch(/^3: STOP REPLICA.*RESET REPLICA ALL/);
    expect(told.find((text) => text.includes('CHANGE REPLICATION SOURCE TO'))).toMatch(/^2: .*SOURCE_PORT = 3/);
  });

  it('C5, C6: tells who is lost, and who may not be promoted', async () => {
    const plan = await planned([
      primary(),
      replica(2, 100, { logReplicaUpdatesEnabled: false }),
      replica(3, 90),
      replica(4, 90),
    ]);
    expect(plan.promoted).toEqual(sampleKey(3));
    expect(verdicts(plan)).toEqual({ 1: 'replaced', 2: 'lost', 3: 'primary', 4: 'replica' });
    expect(plan.servers[0]).toMatchObject({
      notPromoted: '127.0.0.1:2 does not log what it replicates',
      transactionsAtRisk: `${UUID}:91-100`,
    });
  });

  it('C12: of one who is wanted, or why not', async () => {
    expect((await planned([primary(), replica(2, 100), replica(3, 100)], 3)).promoted).toEqual(sampleKey(3));
    const refusal = await planOf([primary(), replica(2, 100), replica(3, 100, { logBinEnabled: false })], 3);
    expect(refusal).toMatchObject({ kind: 'refused', refusal: { code: 'designated-refused' } });
  });

  it('C14: is refused where nobody may be promoted, with the reason of each', async () => {
    const refusal = await planOf([primary(), replica(2, 100, { logBinEnabled: false })]);
    expect(refusal).toMatchObject({ refusal: { code: 'no-candidate' } });
    expect(refusal.kind === 'refused' && refusal.refusal.message).toContain('127.0.0.1:2 has no binary log');
  });

  it('tells how long it would take, and what it may lose', async () => {
    const plan = await planned([primary(), replica(2, 100), replica(3, 100, { replicationLagSeconds: 4 })]);
    expect(plan.outage.expectedMillis).toBeGreaterThan(2);
    expect(plan.outage.expectedMillis).toBeLessThanOrEqual(plan.time.expectedMillis);
    expect(plan.outage.atMostMillis).toBeGreaterThan(plan.outage.expectedMillis);
    expect(plan.durability).toMatchObject({
      kind: 'may-have-lost',
      because: '127.0.0.1:1 did not wait for acknowledgements',
    });
  });

  it('is told to people', async () => {
    const lines = recoveryPlanLines(await planned([primary(), replica(2, 90), replica(3, 100)]));
    expect(lines.slice(0, 8)).toEqual([
      'If 127.0.0.1:1 died now: 127.0.0.1:3 would take its place, which has received the most',
      'Cluster: 127.0.0.1:1',
      'Nothing has been changed.',
      '',
      'Afterwards:',
      '  127.0.0.1:2: replica, it follows 127.0.0.1:3',
      '  127.0.0.1:3: primary, which has received the most',
      '  127.0.0.1:1: replaced, made read-only as soon as it answers',
    ]);
    expect(lines).toContain('Steps: the receivers are stopped: nothing that has been received grows or is dropped');
  });
});
