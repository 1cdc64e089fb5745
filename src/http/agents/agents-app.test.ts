import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import type { HostAttribute } from '../../model/host-attribute.ts';
import { type AttributeCalls, refused } from '../../service/calls.ts';
import { fakeCalls } from '../testing/fake-calls.ts';
import { buildAgentsApp } from './agents-app.ts';

function world(overrides: Partial<AttributeCalls> = {}) {
  const calls = fakeCalls(overrides);
  const app = buildAgentsApp({ calls, prefix: '/orc' });
  const get = async (path: string) => {
    const answer = await app.inject(`/orc/api/${path}`);
    return [answer.statusCode, answer.body];
  };
  return { get, calls };
}

const rack = (hostname: string, value: string): HostAttribute => ({
  hostname,
  name: 'rack',
  value,
  submitted: unixMillis(Date.UTC(2026, 1, 3, 10, 11, 12)),
  expires: null,
});

const error = (message: string) => [200, JSON.stringify({ Code: 'ERROR', Message: message, Details: null })];

describe('the listener for agents', () => {
  it('takes attributes of hosts', async () => {
    const { get, calls } = world();
    expect(await get(`host-attribute/db2/rack/${encodeURIComponent('o\'brien,é"')}`)).toEqual([200, 'true']);
    expect(calls.asked).toEqual(['host-attribute db2 rack o\'brien,é"']);
  });

  it('takes none that says who the primary of a cluster is', async () => {
    const { get, calls } = world();
    for (const host of ['*', '%2A', '%20*%0A']) {
      expect(await get(`host-attribute/${host}/shop.db.example/evil:3306`)).toEqual(
        error('an agent has no attributes of host *'),
      );
    }
    expect(calls.asked).toEqual([]);
  });

  it('says why it takes one not', async () => {
    const { get } = world({ setHostAttribute: async () => refused('unstorable-attribute', 'too long') });
    expect(await get('host-attribute/db2/rack/r')).toEqual(error('too long'));
  });

  it('gives an attribute of all hosts, or of those whose value matches', async () => {
    const { get } = world({
      hostAttributes: async (name) => (name === 'rack' ? [rack('a', 'r12'), rack('b', 's1')] : []),
    });
    const [, all] = await get('host-attribute/attr/rack/');
    expect(JSON.parse(String(all))).toEqual(
      [
        ['a', 'r12'],
        ['b', 's1'],
      ].map(([Hostname, AttributeValue]) => ({
        Hostname,
        AttributeName: 'rack',
        AttributeValue,
        SubmitTimestamp: '2026-02-03 10:11:12',
        ExpireTimestamp: '',
      })),
    );
    const [, some] = await get('host-attribute/attr/rack/?valueMatch=%5Er%5B0-9%5D%2B');
    expect(JSON.parse(String(some))).toMatchObject([{ Hostname: 'a' }]);
    expect(await get('host-attribute/attr/none/')).toEqual([200, '[]']);
  });

  it('refuses a pattern that cannot be read', async () => {
    const [status, body] = await world().get('host-attribute/attr/rack/?valueMatch=(');
    expect([status, JSON.parse(String(body))]).toMatchObject([200, { Code: 'ERROR', Details: null }]);
  });

  it('tells that it is there, and has no other routes', async () => {
    const { get } = world();
    expect(await get('agent-ping')).toEqual([200, '"OK"']);
    for (const path of ['clusters', 'host-attribute/a%2Fb/rack/r', 'host-attribute/db2/rack', 'tag/a/1?tag=x']) {
      expect(await get(path), path).toEqual([404, '404 page not found\n']);
    }
  });
});
