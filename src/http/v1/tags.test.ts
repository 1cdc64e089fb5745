/** Tags and pools over the wire: what arrives, what is answered, what bad input does. */
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type OrchestratorCalls, ok } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { DEMO, demoViews, key } from '../testing/demo-world.ts';
import { type FakeCalls, fakeCalls, settingsWith } from '../testing/fake-calls.ts';

const A = '127.0.0.1/10112';
const A_KEY = { Hostname: '127.0.0.1', Port: 10112 };

interface World {
  readonly app: FastifyInstance;
  readonly calls: FakeCalls;
  json(path: string): Promise<{ Code: string; Message: string; Details: unknown }>;
}

async function world(overrides: Partial<OrchestratorCalls> = {}): Promise<World> {
  const calls = fakeCalls(overrides);
  const app = await buildApp({ calls, settings: settingsWith() });
  return { app, calls, json: async (path) => (await app.inject(`/api/${path}`)).json() };
}

const error = (Message: string) => ({ Code: 'ERROR', Message, Details: null });

describe('a tag', () => {
  it.each([
    [
      `tag/${A}?tag=role=backup`,
      'tag 127.0.0.1:10112 {"name":"role","value":"backup","isNegated":false}',
      'role=backup',
    ],
    [`tag/${A}?tag=role%0A`, 'tag 127.0.0.1:10112 {"name":"role","value":null,"isNegated":false}', 'role='],
    [`tag/${A}/role/a=b`, 'tag 127.0.0.1:10112 {"name":"role","value":"a=b","isNegated":false}', 'role=a=b'],
    [
      `tag/${A}?tag=${encodeURIComponent('o\'brien="x"/é,雪')}`,
      `tag 127.0.0.1:10112 {"name":"o'brien","value":"\\"x\\"/é,雪","isNegated":false}`,
      'o\'brien="x"/é,雪',
    ],
  ])('%s', async (path, asked, text) => {
    const { calls, json } = await world();
    expect(await json(path)).toEqual({
      Code: 'OK',
      Message: `127.0.0.1:10112 tagged with ${text}`,
      Details: A_KEY,
    });
    expect(calls.asked).toEqual([asked]);
  });

  it.each([
    [`untag/${A}?tag=role`, 'untag 127.0.0.1:10112 {"name":"role","value":null,"isNegated":false}'],
    [`untag/${A}/role`, 'untag 127.0.0.1:10112 {"name":"role","value":null,"isNegated":false}'],
    [`untag/${A}?tag=role=`, 'untag 127.0.0.1:10112 {"name":"role","value":"","isNegated":false}'],
    ['untag-all?tag=role=backup', 'untag all {"name":"role","value":"backup","isNegated":false}'],
    ['untag-all/role/backup', 'untag all {"name":"role","value":"backup","isNegated":false}'],
  ])('%s tells who had it, by host and port', async (path, asked) => {
    const { calls, json } = await world();
    expect(await json(path)).toEqual({
      Code: 'OK',
      Message: 'role removed from 2 instances',
      Details: [A_KEY, { Hostname: '127.0.0.1', Port: 10113 }],
    });
    expect(calls.asked).toEqual([asked]);
  });

  it.each([
    ['tagged', 'Unable to parse tag: '],
    ['tagged?tag=role,', 'Unable to parse tag: '],
    ['tagged?tag=role,%3Dx', 'Unable to parse tag: =x'],
    [`tag/${A}`, 'NewTag: empty tag name'],
    [`tag/${A}?tag=%20`, 'NewTag: empty tag name'],
    [`tag/${A}?tag=%3Dx`, 'Unable to parse tag: =x'],
    [`tag/${A}?tag=a%0Ab`, 'Unable to parse tag: a\nb'],
    [`tag/${A}/a%3Db/c`, 'Unable to parse tag: a=b'],
    [`untag/${A}`, 'NewTag: empty tag name'],
    ['untag-all', 'NewTag: empty tag name'],
    [`tag-value/${A}`, 'NewTag: empty tag name'],
    [`tag-value/${A}?tag=dc`, 'tag dc not found for 127.0.0.1:10112'],
    [`tag-value/${A}/dc`, 'tag dc not found for 127.0.0.1:10112'],
    ['tag/127.0.0.1/x?tag=role', 'Invalid port: x'],
    ['untag/127.0.0.1/x?tag=role', 'Invalid port: x'],
    ['tags/127.0.0.1/x', 'Invalid port: x'],
  ])('%s says %j, and nothing changes', async (path, message) => {
    const { calls, json } = await world();
    expect(await json(path)).toEqual(error(message));
    expect(calls.asked).toEqual([]);
  });

  it('O72: of a server that nobody knows is an empty list; a value is a bare text', async () => {
    const { app } = await world();
    expect((await app.inject('/api/tags/nosuch/3306')).body).toBe('[]');
    expect((await app.inject(`/api/tag-value/${A}?tag=role=other`)).body).toBe('"backup"');
    expect((await app.inject(`/api/tag-value/${A}/role`)).body).toBe('"backup"');
    expect((await app.inject('/api/tagged?tag=~role')).body).toBe('[]');
    expect((await app.inject('/api/tagged/?tag=role')).body).toBe('[{"Hostname":"127.0.0.1","Port":10112}]');
  });
});

describe('a pool', () => {
  const pooled = (pool: string, port: number) => ({ pool, key: key(port), clusterName: DEMO, clusterAlias: 'demo' });

  it('O73: is submitted as the client sends it', async () => {
    const { calls, json } = await world();
    expect(await json('submit-pool-instances/rea%20ders?instances=a%3A1%2C%20b%0A')).toEqual({
      Code: 'OK',
      Message: 'Applied rea ders pool instances',
      Details: 'rea ders',
    });
    await json('submit-pool-instances/readers');
    expect(calls.asked).toEqual(['submit-pool rea ders a:1, b', 'submit-pool readers ']);
  });

  it('of a cluster is listed under its name, whatever that is', async () => {
    const members = [pooled('__proto__', 10112), pooled('readers', 10114), pooled('readers', 10113)];
    const { app, json } = await world({ pooledInstances: async (name) => (name === DEMO ? members : []) });
    expect((await app.inject(`/api/cluster-pool-instances/${DEMO}`)).body).toBe(
      `{"Code":"OK","Message":"Read pool instances for cluster ${DEMO}","Details":{"__proto__":[{"Hostname":"127.0.0.1","Port":10112}],` +
        '"readers":[{"Hostname":"127.0.0.1","Port":10113},{"Hostname":"127.0.0.1","Port":10114}]}}',
    );
    expect((await json(`cluster-pool-instances/${DEMO}/readers`)).Details).toEqual({
      readers: [
        { Hostname: '127.0.0.1', Port: 10113 },
        { Hostname: '127.0.0.1', Port: 10114 },
      ],
    });
    expect((await json(`cluster-pool-instances/${DEMO}/none`)).Details).toEqual({});
  });

  it('is asked for its living members by hint, with and without its name, and with the slash of the client', async () => {
    const asked: unknown[] = [];
    const { json } = await world({
      heuristicPoolInstances: async (...words) => {
        asked.push(words);
        return demoViews().slice(1, 2);
      },
    });
    for (const path of ['demo', 'demo/', 'demo/readers']) {
      expect(await json(`heuristic-cluster-pool-instances/${path}`)).toMatchObject({
        Code: 'OK',
        Message: `Heuristic pool instances for cluster ${DEMO}`,
        Details: [{ Key: A_KEY }],
      });
    }
    expect(asked).toEqual([
      [DEMO, undefined],
      [DEMO, undefined],
      [DEMO, 'readers'],
    ]);
    expect((await json('heuristic-cluster-pool-instances/nosuch')).Message).toContain(
      'Unable to determine cluster name. clusterHint=nosuch',
    );
  });

  it('has the lag of its worst member, by name or alias of the cluster alone', async () => {
    const { json } = await world({ heuristicPoolLag: async () => ok(7) });
    expect(await json('heuristic-cluster-pool-lag/demo/readers')).toEqual({
      Code: 'OK',
      Message: `Heuristic pool lag for cluster ${DEMO}`,
      Details: 7,
    });
    expect(await json('heuristic-cluster-pool-lag/127.0.0.1:10112')).toEqual(
      error('No cluster found for alias 127.0.0.1:10112'),
    );
    expect(await (await world()).json('heuristic-cluster-pool-lag/demo')).toEqual(
      error('No instances found in GetInstancesMaxLag'),
    );
  });
});
