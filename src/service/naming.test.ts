/** What hosts, ports and cluster hints of a request mean (spec/http-api.md 1.5). */
import { describe, expect, it } from 'vitest';
import { aResolver } from '../discovery/testing.ts';
import { blankInstance } from '../model/blank-instance.ts';
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { Topology } from '../model/topology.ts';
import { newBackend } from '../store/temporary-backend.ts';
import { Decisions } from './decisions.ts';
import { namingCalls } from './naming.ts';
import { systemClock } from './system-clock.ts';

const at = (hostname: string, port = 3306): InstanceKey => ({ hostname, port });

const aWorldOf = (...keys: readonly InstanceKey[]) => aWorldWith(...keys.map(blankInstance));

async function aWorldWith(...instances: readonly Instance[]) {
  const { backend } = await newBackend();
  const topology = new Topology();
  topology.putAll(instances);
  const decisions = new Decisions(backend);
  const resolver = aResolver(backend, systemClock, { method: () => 'default' });
  const settings = () => ({ DefaultInstancePort: 3306, ClusterNameToAlias: new Map([['^shop', 'store']]) });
  return { naming: namingCalls({ topology, resolver, decisions, settings }), decisions, resolver };
}

describe('servers', () => {
  it('completes a part of a host name when exactly one server of that port matches', async () => {
    const { naming } = await aWorldOf(
      at('mydb-3.example.com'),
      at('mydb-4.example.com'),
      at('mydb-3.example.com', 3307),
    );
    expect(naming.resolveKey('mydb-3', '3306')).toEqual({ kind: 'ok', value: at('mydb-3.example.com') });
    expect(naming.resolveKey('mydb', '3306')).toEqual({ kind: 'ok', value: at('mydb') });
    expect(naming.resolveKey('mydb-3', '9999')).toEqual({ kind: 'ok', value: at('mydb-3', 9999) });
  });

  it('never completes an IPv4 address: 10.0.0.1 must not find 10.0.0.15', async () => {
    const { naming } = await aWorldOf(at('10.0.0.15'));
    expect(naming.resolveKey('10.0.0.1', '3306')).toEqual({ kind: 'ok', value: at('10.0.0.1') });
  });

  it('knows a server by the name it was reached under', async () => {
    const { naming, resolver } = await aWorldOf(at('real-name'));
    resolver.learn('virtual', 'real-name');
    expect(naming.resolveKey('virtual', '3306')).toEqual({ kind: 'ok', value: at('real-name') });
    expect(naming.rawKey('virtual', '3306')).toEqual({ kind: 'ok', value: at('virtual') });
  });

  it('says what is wrong with a port or a list of hosts', async () => {
    const { naming } = await aWorldOf();
    expect(naming.resolveKey('db', 'notaport')).toMatchObject({ refusal: { message: 'Invalid port: notaport' } });
    expect(naming.resolveKey('a,b', '3306')).toMatchObject({
      refusal: { message: 'Will not resolve multi-hostname: a,b' },
    });
  });
});

describe('clusters', () => {
  it('finds a hint by name, by alias, by alias of a pattern, by server, and by a part of a server', async () => {
    const { naming, decisions } = await aWorldOf(at('shop-1.example.com'), at('pay-1.example.com'));
    await decisions.setAlias(clusterName('pay-1.example.com:3306'), 'pay', systemClock.now());
    const pay = { kind: 'ok', value: 'pay-1.example.com:3306' };
    for (const hint of ['pay-1.example.com:3306', 'pay', 'pay-1.example.com', 'pay-1']) {
      expect(naming.clusterByHint(hint)).toEqual(pay);
    }
    expect(naming.clusterByHint('store')).toEqual({ kind: 'ok', value: 'shop-1.example.com:3306' });
    expect(naming.clusterByAlias('pay')).toBe('pay-1.example.com:3306');
    expect(naming.clusterByAlias('pay-1')).toBeNull();
  });

  it('has the alias that a person gave, before any other, and keeps it when its primary changes', async () => {
    const { naming, decisions } = await aWorldOf(at('pay1'), at('pay2'));
    const [one, two] = [clusterName('pay1:3306'), clusterName('pay2:3306')];
    await decisions.setAlias(one, 'suggested', systemClock.now());
    await decisions.overrideAlias(one, 'given');
    expect([naming.clusterByAlias('given'), naming.clusterByAlias('suggested')]).toEqual([one, null]);
    await decisions.renameCluster(one, two);
    await decisions.load();
    expect([naming.clusterByAlias('given'), [...decisions.aliasOverrides]]).toEqual([two, [[two, 'given']]]);
    await decisions.overrideAlias(two, '');
    expect([...decisions.aliasOverrides]).toEqual([]);
  });

  it('J4: knows the alias that a primary suggests before it is written down, and not after it was moved away', async () => {
    const suggested = { ...blankInstance(at('new-1.example.com')), suggestedClusterAlias: 'new' };
    const { naming, decisions } = await aWorldWith(suggested, blankInstance(at('new-2.example.com')));
    expect(naming.clusterByAlias('new')).toBe('new-1.example.com:3306');
    await decisions.setAlias(clusterName('new-2.example.com:3306'), 'new', systemClock.now());
    expect(naming.clusterByAlias('new')).toBe('new-2.example.com:3306');
  });

  it('names the hint that it could not find', async () => {
    const { naming } = await aWorldOf();
    const message = 'Unable to determine cluster name. clusterHint=nosuch';
    expect(naming.clusterByHint('nosuch')).toMatchObject({ refusal: { message } });
    expect(naming.clusterByHint('')).toMatchObject({
      refusal: { message: 'Unable to determine cluster name by empty hint' },
    });
  });
});
