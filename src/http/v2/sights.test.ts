import { afterEach, describe, expect, it } from 'vitest';
import { ok, refused } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

async function get(query: string, sights = fakeCalls().sights) {
  app = await buildApp({ calls: fakeCalls({ sights }), settings: settingsWith() });
  return app.inject({ method: 'GET', url: `/api/v2/sights${query}` });
}

describe('what a node sees of servers', () => {
  it('is told of those that are asked for, with who tells it', async () => {
    const answer = await get('?servers=db1:3306,%5Bfe80::1%5D:3307,db3&look=now', async (keys, look) =>
      ok(keys.map((key) => ({ key, sight: 'silent' as const, ageMillis: 7, failure: look }))),
    );
    expect(answer.statusCode).toBe(200);
    const seen = (hostname: string, port: number) => ({
      server: { hostname, port },
      sight: 'silent',
      ageMillis: 7,
      failure: 'now',
    });
    expect(answer.json()).toEqual({
      node: 'cafe0123',
      servers: [seen('db1', 3306), seen('fe80::1', 3307), seen('db3', 3306)],
    });
  });

  it.each([
    ['', 'bad-server', 'servers is missing: servers=host:port,host:port'],
    ['?servers=', 'bad-server', 'servers is missing: servers=host:port,host:port'],
    ['?servers=db1:3306,,', 'bad-server', 'NewResolveInstanceKey: Empty hostname'],
    ['?servers=db1:99999999999999999999', 'bad-server', 'Invalid port: 99999999999999999999'],
    ['?servers=db1:3306&look=twice', 'bad-look', 'look is "now" or "known", not "twice"'],
  ])('is refused for %j', async (query, code, message) => {
    const answer = await get(query);
    expect([answer.statusCode, answer.json()]).toEqual([400, { code, message }]);
  });

  it('is refused for too many', async () => {
    const answer = await get('?servers=db1', async () => refused('too-many-servers', 'at most 100'));
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 'too-many-servers', message: 'at most 100' }]);
  });
});
