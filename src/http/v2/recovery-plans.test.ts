import { afterEach, describe, expect, it } from 'vitest';
import { type OrchestratorCalls, ok, refused } from '../../service/calls.ts';
import { sampleRecoveryPlan } from '../../service/recovery-plan-samples.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

async function get(path: string, some: Partial<OrchestratorCalls> = {}, readOnly = false) {
  const asked: unknown[] = [];
  const settings = settingsWith({ URLPrefix: '/orc', ReadOnly: readOnly });
  const calls = fakeCalls({
    planFailover: (wish) => {
      asked.push(wish);
      return ok(sampleRecoveryPlan);
    },
    planTakeover: async (wish) => {
      asked.push(wish);
      return ok({ ...sampleRecoveryPlan, kind: 'takeover', durability: 'nothing-is-lost' });
    },
    settings: () => settings,
    ...some,
  });
  app = await buildApp({ calls, settings });
  return { asked, answer: await app.inject({ method: 'GET', url: `/orc/api/v2/clusters/${path}` }) };
}

const server = (port: number) => ({ hostname: '127.0.0.1', port });

describe('the plan of a failover', () => {
  it.each(['demo', '127.0.0.1:10111'])('is given for %s', async (hint) => {
    const { answer, asked } = await get(`${hint}/plan-failover`);
    expect(answer.statusCode).toBe(200);
    expect(asked).toMatchObject([{ clusterName: '127.0.0.1:10111', designated: null }]);
    expect(answer.json()).toMatchObject({
      outcome: 'planned',
      recovery: 'failover',
      clusterAlias: 'demo',
      primary: server(10111),
      promoted: server(10113),
      servers: [
        { server: server(10113), afterwards: 'primary' },
        { server: server(10114), afterwards: 'lost', transactionsAtRisk: 'uuid:7' },
        { server: server(10111), afterwards: 'replaced' },
      ],
      durability: { kind: 'may-have-lost', gtids: 'uuid:7' },
      outage: { expectedMillis: 12, atMostMillis: 22_000 },
      stages: [{ what: 'the receivers are stopped', steps: [{ statements: ['STOP REPLICA IO_THREAD'] }] }],
    });
  });

  it('is given to people as text', async () => {
    const { answer } = await get('demo/plan-failover?format=text');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('127.0.0.1:10113 would take its place');
  });

  it('is asked for one server', async () => {
    const { asked } = await get('demo/plan-failover?designated=127.0.0.1:10113');
    expect(asked).toMatchObject([{ designated: server(10113) }]);
  });

  it.each([
    ['demo/plan-failover?format=xml', 400, 'bad-query'],
    ['demo/plan-failover?auto=true', 400, 'bad-query'],
    ['demo/plan-failover?designated=a:b:c:3x', 400, 'bad-query'],
    ['demo/plan-failover?backend=another', 409, 'other-backend'],
    ['demo/plan-takeover?auto=yes', 400, 'bad-query'],
    ['nosuch/plan-failover', 404, 'unknown-cluster'],
  ])('%s is refused', async (path, status, code) => {
    const { answer, asked } = await get(path);
    expect([answer.statusCode, answer.json().code, asked]).toEqual([status, code, []]);
  });

  it('is refused as the failover would be', async () => {
    const nobody = { planFailover: () => refused('no-candidate', 'nobody may be promoted') };
    const { answer } = await get('demo/plan-failover', nobody);
    expect([answer.statusCode, answer.json()]).toEqual([
      409,
      { code: 'no-candidate', message: 'nobody may be promoted' },
    ]);
  });
});

describe('the plan of a switchover', () => {
  it('is that of the automatic one, unless another is asked for', async () => {
    const { answer, asked } = await get('demo/plan-takeover');
    expect(asked).toMatchObject([{ designated: null, auto: true }]);
    expect(answer.json()).toMatchObject({ recovery: 'takeover', durability: { kind: 'nothing-is-lost' } });
    const other = await get('demo/plan-takeover?auto=false&designated=127.0.0.1:10114');
    expect(other.asked).toMatchObject([{ designated: server(10114), auto: false }]);
  });

  it('reads servers, and is for those who may act', async () => {
    const { answer, asked } = await get('demo/plan-takeover', {}, true);
    expect([answer.statusCode, asked]).toEqual([403, []]);
    expect((await get('demo/plan-failover', {}, true)).answer.statusCode).toBe(200);
  });
});
