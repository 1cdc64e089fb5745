/** Titles after spec/topology-operations.md 1.10. */
import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { aNode, type TestNodeWanted } from './testing.ts';

const NAME = clusterName('db1.example:3306');
const key = (hostname: string, port = 3306) => ({ hostname, port });
const below = (hostname: string, change: Parameters<typeof sampleReplica>[2] = {}) =>
  sampleReplica(1, 2, {
    key: key(hostname),
    clusterName: NAME,
    sourceKey: key('db1.example'),
    replicationDepth: 1,
    ...change,
  });

const servers = [
  sampleServer(1, { key: key('db1.example'), clusterName: NAME, suggestedClusterAlias: 'shop' }),
  below('db2.example', { replicationLagSeconds: 7 }),
  below('db3.example', { replicationLagSeconds: 11 }),
  below('dead.example', { lastSeen: unixMillis(1), replicationLagSeconds: 99 }),
  below('log.example', { isBinlogServer: true, replicationLagSeconds: 99 }),
];

async function aPool(instances: string, wanted: TestNodeWanted = {}) {
  const node = await aNode({ servers, ...wanted });
  const outcome = await node.calls.submitPool('readers', instances);
  const members = async () => (await node.backend.loadPools(unixMillis(0))).map((row) => instanceKeyText(row.key));
  return { ...node, outcome, members };
}

describe('a submission', () => {
  it('O73: replaces all members, resolved, completed and once each', async () => {
    const { calls, members } = await aPool('db1.example');
    expect(await calls.submitPool('readers', ' db3 ,db2.example:3306, db2,\ndb3 , other:4000')).toEqual({
      kind: 'ok',
      value: 'readers',
    });
    expect(await members()).toEqual(['db2.example:3306', 'db3.example:3306', 'other:4000']);
  });

  it('completes nothing where the configuration says so', async () => {
    const { members } = await aPool('db3', { settings: { SupportFuzzyPoolHostnames: false } });
    expect(await members()).toEqual(['db3:3306']);
  });

  it.each(['', '  ', '\n'])('of %j empties the pool', async (nothing) => {
    const { calls, members } = await aPool('db1.example');
    expect(await calls.submitPool('readers', nothing)).toMatchObject({ kind: 'ok' });
    expect(await members()).toEqual([]);
  });

  it.each([
    ['db2,a:b:x', 'a:b:x'],
    ['db2,', ''],
    [',', ''],
    ['db2,host:99999', 'host:99999'],
    ['db2,host:0', 'host:0'],
    ['db2,_', '_'],
    ['db2,//db3.example', '//db3.example'],
    ['db2,two words', 'two words'],
    [`db2,${'x'.repeat(129)}`, 'x'.repeat(129)],
  ])('of %j fails for its bad item, and nothing changes', async (instances, item) => {
    const { calls, members } = await aPool('db1.example');
    expect(await calls.submitPool('readers', instances)).toEqual({
      kind: 'refused',
      refusal: { code: 'bad-address', message: `Cannot parse address: ${item}` },
    });
    expect(await members()).toEqual(['db1.example:3306']);
  });

  it('has a name that fits into lists, and not more members than any fleet', async () => {
    const { calls, members } = await aPool('db1.example');
    for (const name of ['', 'a\tb', 'a\nb', 'x'.repeat(129)]) {
      expect(await calls.submitPool(name, 'db2'), name).toMatchObject({ kind: 'refused' });
    }
    const many = Array.from({ length: 10_001 }, (_, number) => `h${number}`).join(',');
    expect(await calls.submitPool('readers', many)).toMatchObject({ kind: 'refused' });
    expect(await members()).toEqual(['db1.example:3306']);
    expect(await calls.submitPool("o'brien; é/雪", 'db2')).toMatchObject({ kind: 'ok' });
  });
});

describe('members', () => {
  const all = 'db1.example,db2.example,db3.example,dead.example,log.example,unknown.example';

  it('O73: are listed with cluster and alias, if they are known', async () => {
    const { calls } = await aPool(all);
    await calls.submitPool('a', 'db3.example,unknown.example');
    expect(
      (await calls.pooledInstances()).map(
        (one) => `${one.clusterName} ${one.clusterAlias} ${one.pool} ${one.key.hostname}`,
      ),
    ).toEqual([
      'db1.example:3306 shop a db3.example',
      ...['db1', 'db2', 'db3', 'dead', 'log'].map((host) => `db1.example:3306 shop readers ${host}.example`),
    ]);
    expect(await calls.pooledInstances('db1.example:3306')).toHaveLength(6);
    expect(await calls.pooledInstances('shop')).toEqual([]);
  });

  it('O73: that answer and hold data are the heuristic ones, each once', async () => {
    const { calls } = await aPool(all);
    await calls.submitPool('a', 'db3.example,unknown.example');
    const hosts = async (pool?: string) =>
      (await calls.heuristicPoolInstances(NAME, pool)).map(({ instance }) => instance.key.hostname);
    expect(await hosts()).toEqual(['db1.example', 'db2.example', 'db3.example']);
    expect(await hosts('a')).toEqual(['db3.example']);
    expect(await hosts('none')).toEqual([]);
    expect(await calls.heuristicPoolInstances(clusterName('other:1'))).toEqual([]);
  });

  it('O73: have the greatest lag that is known; none is no lag of zero', async () => {
    const { calls } = await aPool(all);
    expect(await calls.heuristicPoolLag(NAME)).toEqual({ kind: 'ok', value: 11 });
    await calls.submitPool('primary', 'db1.example');
    for (const pool of ['primary', 'none']) {
      expect(await calls.heuristicPoolLag(NAME, pool)).toMatchObject({
        refusal: { message: 'No instances found in GetInstancesMaxLag' },
      });
    }
  });

  it('O73: count no more when they are not submitted again in time, and are then deleted', async () => {
    const { calls, members, clock, start } = await aPool('db2.example', {
      settings: { InstancePoolExpiryMinutes: 10 },
    });
    await clock.advance(10 * 60_000);
    expect(await calls.pooledInstances()).toHaveLength(1);
    await clock.advance(1_000);
    expect(await calls.pooledInstances()).toEqual([]);
    expect(await members()).toHaveLength(1);
    await calls.submitPool('a', 'db3.example');
    await start();
    await clock.advance(60_000);
    expect(await members()).toEqual(['db3.example:3306']);
  });
});
