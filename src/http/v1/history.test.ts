import { describe, expect, it } from 'vitest';
import { type OrchestratorCalls, ok, refused } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { fakeCalls } from '../testing/fake-calls.ts';

async function get(url: string, overrides: Partial<OrchestratorCalls> = {}) {
  const calls = fakeCalls(overrides);
  const app = await buildApp({ calls, settings: calls.settings() });
  const answer = await app.inject(`/api/${url}`);
  return { status: answer.statusCode, ...answer.json<{ Code: string; Message: string; Details: unknown }>() };
}

describe('snapshot-topologies', () => {
  it('tells how long it took, also when it failed', async () => {
    const took = expect.stringMatching(/^Took [\d.]+(µs|ms|s)$/);
    const good = { status: 200, Code: 'OK', Message: 'Topology Snapshot completed', Details: took };
    expect(await get('snapshot-topologies')).toEqual(good);
    const broken = { snapshotTopologies: async () => refused('backend', 'database is locked') };
    const bad = { status: 500, Code: 'ERROR', Message: 'database is locked', Details: took };
    expect(await get('snapshot-topologies', broken)).toEqual(bad);
  });
});

it('snapshot-topologies writes, and a read-only node takes none', async () => {
  let taken = 0;
  const settings = { ...fakeCalls().settings(), ReadOnly: true };
  const calls = fakeCalls({
    settings: () => settings,
    snapshotTopologies: async () => {
      taken += 1;
      return ok(3);
    },
  });
  const app = await buildApp({ calls, settings });
  const answer = await app.inject('/api/snapshot-topologies');
  expect([answer.statusCode, answer.json().Message, taken]).toEqual([500, 'Unauthorized', 0]);
});

describe('topology-history', () => {
  it('draws a cluster as it was, by name, alias or one of its servers', async () => {
    for (const path of ['demo', '127.0.0.1:10112', '127.0.0.1/10112']) {
      expect(await get(`topology-history/${path}?at=2020-02-29%2012:30`)).toEqual({
        status: 200,
        Code: 'OK',
        Message: 'Topology for cluster 127.0.0.1:10111 as of 2020-02-29 12:30:00 UTC',
        Details: expect.stringContaining('\n+ 127.0.0.1:10112'),
      });
    }
  });

  it.each([
    ['demo', /^No time was said: give YYYY-MM-DD/],
    ['demo?at=tuesday', /^Cannot read the time tuesday: give/],
    ['demo?at=2999-01-01', /^The time 2999-01-01 is in the future/],
    ['nosuch?at=1h', /^No cluster nosuch in the snapshot/],
    ['127.0.0.1/notaport?at=1h', /^Invalid port: notaport/],
  ])('of %s is an error', async (path, message) => {
    const answer = await get(`topology-history/${path}`);
    expect([answer.status, answer.Details]).toEqual([500, null]);
    expect(answer.Message).toMatch(message);
  });
});
