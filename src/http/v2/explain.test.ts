import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../../service/calls.ts';
import { sampleExplanation } from '../../service/explanation-samples.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

async function get(url: string) {
  const calls = fakeCalls({ explain: async () => ok(sampleExplanation) });
  app = await buildApp({ calls, settings: settingsWith({ URLPrefix: '/orc' }) });
  return app.inject({ method: 'GET', url });
}

const server = (port: number) => ({ hostname: '127.0.0.1', port });

describe('the explanation of a cluster', () => {
  it.each(['demo', '127.0.0.1:10111', '127.0.0.1%3A10112'])('is given by %s', async (hint) => {
    const answer = await get(`/orc/api/v2/clusters/${hint}/explain`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      clusterName: '127.0.0.1:10111',
      clusterAlias: 'demo',
      observer: 'orc1',
      explainer: 'service',
      leader: 'orc1',
      leads: true,
      otherNodes: [
        { node: 'orc2:3000', answers: true, failure: '' },
        { node: 'orc3:3000', answers: false, failure: 'no answer within 1000 ms' },
      ],
      observed: [
        {
          server: server(10111),
          isPrimary: true,
          answers: false,
          ageMillis: 3_000,
          source: 'probe',
          seenElsewhere: [{ node: 'orc2:3000', answers: false, ageMillis: 3_100, failure: 'connection refused' }],
          receiver: null,
        },
        { server: server(10112), receiver: { state: 'other', error: '"error 2003"' }, applier: { state: 'running' } },
        { server: server(10113), source: 'backend', applier: { state: 'stopped' } },
      ],
      concluded: [
        {
          server: server(10111),
          code: 'DeadMaster',
          line: 2,
          structureWarnings: ['ErrantGTIDStructureWarning'],
          proof: {
            kind: 'proven',
            text: 'its replicas miss it',
            evidence: [{ kind: 'receiver-not-connected', server: server(10112), errorNumber: 2003, age: 200 }],
            contradictedBy: [],
          },
          gates: [
            { gate: 'leadership', isOpen: true, opensAt: null },
            { gate: 'downtime', isOpen: false, text: 'downtimed' },
          ],
        },
        { server: server(10112), code: 'NoProblem', line: null, proof: null, gates: [] },
      ],
      ifPrimaryDied: {
        primary: server(10111),
        promoted: server(10112),
        refused: [{ server: server(10113), kind: 'applier-broken' }],
        lost: [{ server: server(10113) }],
        silentDeath: { kind: 'by-heartbeats', afterMillis: 2_100 },
      },
      detections: [
        { code: 'DeadMaster', outcome: { kind: 'not-attempted', reason: 'DeadMaster: downtimed' } },
        { code: 'DeadMaster', outcome: { kind: 'recovered', uid: '1:a', successor: server(10112) } },
      ],
      notRecovered: [{ server: server(10111), reason: 'DeadMaster: downtimed' }],
    });
  });

  it('is told to people as text, by a service on the backend that they mean', async () => {
    const backend = encodeURIComponent('/srv/orchestrator.sqlite3');
    const answer = await get(`/orc/api/v2/clusters/demo/explain?format=text&backend=${backend}`);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toMatch(/^demo \(127\.0\.0\.1:10111\), as orc1 sees it, which leads\n/);
    expect(answer.body).toMatch(/[^\n]\n$/);
    const other = await get('/orc/api/v2/clusters/demo/explain?format=text&backend=other');
    expect([other.statusCode, other.json()]).toMatchObject([409, { code: 'other-backend' }]);
  });

  it('in a format that there is not is refused', async () => {
    const answer = await get('/orc/api/v2/clusters/demo/explain?format=xml');
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 'bad-query', message: 'format is json or text' }]);
  });

  it('of a cluster that nobody knows is not there', async () => {
    const answer = await get('/orc/api/v2/clusters/nosuch/explain');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      code: 'unknown-cluster',
      message: 'Unable to determine cluster name. clusterHint=nosuch',
    });
  });
});
