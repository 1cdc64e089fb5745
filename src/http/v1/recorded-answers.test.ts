/**
 * Our answers beside the recorded ones. Names, order, types, nulls and values must be the same in the same situation.
 */
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type OrchestratorCalls, ok, refused } from '../../service/calls.ts';
import { planWith, reportWith } from '../../service/operation-samples.ts';
import { buildApp } from '../app.ts';
import { deadPrimary, detections, FAILOVER_UID, failover, steps, takeover } from '../testing/demo-records.ts';
import { demoViews, primary, replica } from '../testing/demo-world.ts';
import { fakeCalls } from '../testing/fake-calls.ts';
import { comparable, recorded, shapeOf } from '../testing/recorded.ts';

async function appWith(overrides: Partial<OrchestratorCalls> = {}): Promise<FastifyInstance> {
  const calls = fakeCalls(overrides);
  return buildApp({ calls, settings: calls.settings() });
}

async function expectAsRecorded(name: string, overrides: Partial<OrchestratorCalls> = {}): Promise<void> {
  const expected = recorded(name);
  const answer = await (await appWith(overrides)).inject(expected.url);
  expect(answer.statusCode).toBe(expected.status);
  expect(answer.headers['content-type']?.toString().toLowerCase()).toBe(expected.contentType.toLowerCase());
  expect(comparable(answer.body)).toBe(comparable(expected.body));
}

describe('in the situation of the recording, the answer is the recorded one', () => {
  it.each([
    '_ping',
    'lb-check',
    'leader-check',
    'routed-leader-check',
    'instance_127.0.0.1_10111',
    'instance_127.0.0.1_10112',
    'instance_10.9.9.9_3306',
    'instance_127.0.0.1_notaport',
    'instance-replicas_127.0.0.1_10111',
    'all-instances',
    'search_127',
    'cluster_demo',
    'cluster_alias_demo',
    'cluster_nosuch',
    'cluster-info_demo',
    'cluster-info_alias_demo',
    'clusters',
    'clusters-info',
    'master_demo',
    'master_nosuch',
    'masters',
    'downtimed',
    'downtimed_demo',
    'problems',
    'problems_demo',
    'topology_demo',
    'topology_127.0.0.1_10111',
    'topology-tabulated_demo',
    'topology-tags_demo',
    'tag',
    'tags_127.0.0.1_10112',
    'tag-value_127.0.0.1_10112_tag_role',
    'tagged_tag_role',
    'cluster-pool-instances_demo',
    'heuristic-cluster-pool-instances_demo',
    'replication-analysis',
    'replication-analysis_demo',
    'audit',
    'audit_0',
    'audit_instance_127.0.0.1_10111',
    'audit-recovery',
    'audit-failure-detection',
    'blocked-recoveries',
    'active-cluster-recovery_demo',
    'automated-recovery-filters',
    'check-global-recoveries',
    'maintenance',
    'begin-downtime_127.0.0.1_10114_ops_testing_10m',
    'end-downtime_127.0.0.1_10114',
    'begin-maintenance_127.0.0.1_10114_ops_kernel',
    'end-maintenance_127.0.0.1_10114',
    'register-candidate_127.0.0.1_10112_prefer',
    'forget_127.0.0.1_10112',
    'forget-cluster_nosuch',
    'ack-recovery',
    'ack-all-recoveries',
    'recover-when-nothing-to-do',
    'graceful-master-takeover',
    'stop-replica-on-a-primary',
    'discovery-metrics-raw_5',
    'discovery-queue-metrics-raw_5',
    'discovery-queue-metrics-aggregated_5',
  ])('%s', (name) => expectAsRecorded(name));

  it('audit-recovery-after-ack: recoveries as they are kept', () =>
    expectAsRecorded('audit-recovery-after-ack', { recoveries: async () => [failover, takeover] }));

  it('audit-recovery-after-failover: the newest is not acknowledged yet', () =>
    expectAsRecorded('audit-recovery-after-failover', {
      recoveries: async () => [{ ...failover, acknowledgement: null }, takeover],
    }));

  it('audit-recovery-uid: one by its UID', () =>
    expectAsRecorded('audit-recovery-uid', {
      recoveries: async ({ uid }) => (uid === FAILOVER_UID ? [{ ...failover, acknowledgement: null }] : []),
    }));

  it('audit-failure-detection-after-failover: null where a recovery has something', () =>
    expectAsRecorded('audit-failure-detection-after-failover', { detections: async () => detections }));

  it('replication-analysis-after-failover: the dead primary in its downtime', () =>
    expectAsRecorded('replication-analysis-after-failover', { replicationAnalysis: () => [deadPrimary] }));

  it('relocate-illegal-loop: the reason, in the form of a log line', () =>
    expectAsRecorded('relocate-illegal-loop', {
      operate: async () => ({
        ...refused('loop', 'relocate: 127.0.0.1:10113 is a descendant of 127.0.0.1:10112'),
        rejected: [],
      }),
    }));
});

it('discovery-metrics-aggregated_5: the same fields in the same order, the same numbers but for rounding', async () => {
  const expected = recorded('discovery-metrics-aggregated_5');
  const ours = Object.entries((await (await appWith()).inject(expected.url)).json<Record<string, unknown>>());
  const theirs = Object.entries<unknown>(JSON.parse(expected.body));
  const rounded = (fields: typeof ours) =>
    fields.map(([name, value]) => [name, typeof value === 'number' ? value.toFixed(12) : String(value).slice(0, 23)]);
  expect(rounded(ours)).toEqual(rounded(theirs));
});

describe('an instance of a live read has the fields of the recorded one', () => {
  it.each([
    ['discover_127.0.0.1_10111', primary()],
    ['set-read-only_127.0.0.1_10112', { ...replica(10112), replicas: [replica(10113).key] }],
    ['start-replica_127.0.0.1_10114', replica(10114)],
    ['stop-replica_127.0.0.1_10114', replica(10114)],
    ['relocate-13-below-12', replica(10113)],
  ])('%s', async (name, instance) => {
    const expected = recorded(name);
    const read = async () => ok(instance);
    const app = await appWith({
      discover: read,
      operate: async (request) => ({ kind: 'done', report: reportWith(planWith(request), { instance }) }),
    });
    const answer = await app.inject(expected.url);
    expect(answer.statusCode).toBe(expected.status);
    expect(shapeOf(answer.json())).toBe(shapeOf(JSON.parse(expected.body)));
    expect(answer.json().Message).toBe(JSON.parse(expected.body).Message);
  });
});

describe('other recorded shapes', () => {
  it('audit-recovery-steps', async () => {
    const expected = recorded('audit-recovery-steps');
    const answer = await (await appWith({ recoverySteps: async () => steps })).inject(expected.url);
    expect(shapeOf(answer.json())).toBe(shapeOf(JSON.parse(expected.body)));
    expect(answer.json()[0]).toMatchObject({ Id: 42, Message: JSON.parse(expected.body)[0].Message });
  });

  it.each(['health', 'status'])('%s: as recorded, but without raft', async (name) => {
    const expected = recorded(name);
    const answer = await (await appWith()).inject(expected.url);
    const withoutRaft = JSON.parse(expected.body);
    withoutRaft.Details.RaftHealthyMembers = null;
    expect(shapeOf(answer.json())).toBe(shapeOf(withoutRaft));
    expect(answer.json()).toMatchObject({
      Code: 'OK',
      Message: 'Application node is healthy',
      Details: { RaftLeader: '', Error: null },
    });
  });

  it('headers: canonical names, all values, no Host', async () => {
    const answer = await (await appWith()).inject({
      url: '/api/headers',
      headers: { 'x-forwarded-for': '10.0.0.1', accept: '*/*' },
    });
    expect(answer.json()).toMatchObject({ Accept: ['*/*'], 'X-Forwarded-For': ['10.0.0.1'] });
    expect(answer.json()).not.toHaveProperty('Host');
  });

  it('an unknown path', async () => {
    const expected = recorded('nosuchendpoint');
    const answer = await (await appWith()).inject(expected.url);
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      404,
      expected.contentType,
      '404 page not found\n',
    ]);
  });

  it('numbers beyond 2^53 keep every digit', async () => {
    const [view] = demoViews();
    if (view === undefined) throw new Error('the demo world has a primary');
    const slow = {
      ...view.instance,
      semiSync: { ...view.instance.semiSync, sourceTimeoutMillis: 18446744073709551615n },
    };
    const app = await appWith({ instance: () => ({ ...view, instance: slow }) });
    expect((await app.inject('/api/instance/127.0.0.1/10111')).body).toContain(
      '"SemiSyncMasterTimeout":18446744073709551615,',
    );
  });
});
