import { afterEach, describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../../model/brand.ts';
import { ok, type PreflightReport } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

const report: PreflightReport = {
  clusterName: clusterName('127.0.0.1:10111'),
  clusterAlias: 'demo',
  at: unixMillis(1_790_000_000_000),
  servers: [{ hostname: '127.0.0.1', port: 10111 }],
  findings: [
    {
      code: 'no-replica',
      severity: 'grave',
      server: { hostname: '127.0.0.1', port: 10111 },
      seen: 'it has no replica',
      consequence: 'Nobody can take over.',
      statements: [],
      optionFile: [],
      notes: ['Add replicas.'],
    },
  ],
};

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

async function get(url: string) {
  const settings = settingsWith({ URLPrefix: '/orc' });
  app = await buildApp({ calls: fakeCalls({ preflight: async () => ok(report) }), settings });
  return app.inject({ method: 'GET', url });
}

describe('the preflight of a cluster', () => {
  it.each(['demo', '127.0.0.1:10111', '127.0.0.1%3A10112'])('of %s lists what was found', async (hint) => {
    const answer = await get(`/orc/api/v2/clusters/${hint}/preflight`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      clusterName: '127.0.0.1:10111',
      clusterAlias: 'demo',
      checkedAt: '2026-09-21T14:13:20.000Z',
      servers: [{ hostname: '127.0.0.1', port: 10111 }],
      findings: report.findings,
    });
  });

  it('of a cluster that nobody knows is not there', async () => {
    const answer = await get('/orc/api/v2/clusters/nosuch/preflight');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      code: 'unknown-cluster',
      message: 'Unable to determine cluster name. clusterHint=nosuch',
    });
  });
});
