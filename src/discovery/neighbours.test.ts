import { describe, expect, it } from 'vitest';
import type { InstanceKey } from '../model/instance-key.ts';
import { sampleGroup, sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { ProbeFacts } from '../mysql/dialect.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import { neighboursOf } from './neighbours.ts';
import { probeFacts, TEST_POLICY } from './testing.ts';

const self = sampleKey(10111);

function neighbours(
  facts: Partial<ProbeFacts>,
  policy: Partial<DiscoveryPolicy> = {},
  resolve = (key: InstanceKey) => key,
) {
  return neighboursOf(self, probeFacts(facts), { ...TEST_POLICY, ...policy }, resolve);
}

const registered = (host: string, port: number) => ({ host, port, user: 'repl' });
const dumping = (host: string) => ({ host, port: null, user: 'repl' });
const at = (hostname: string, port: number): InstanceKey => ({ hostname, port });

describe('the replicas that a source leads to', () => {
  it('are found by their connections, on the port of the source', () => {
    expect(neighbours({ dumpingReplicas: [dumping('db2'), dumping('db3')] }).replicas).toEqual([
      at('db2', 10111),
      at('db3', 10111),
    ]);
  });

  it('have the port they registered, all of them where several are on one host', () => {
    const facts = {
      registeredReplicas: [registered('db2', 3307), registered('db2', 3308)],
      dumpingReplicas: [dumping('db2'), dumping('db2'), dumping('db3')],
    };
    expect(neighbours(facts).replicas).toEqual([at('db2', 3307), at('db2', 3308), at('db3', 10111)]);
  });

  it('are the registered ones alone with DiscoverByShowSlaveHosts, unless none has registered', () => {
    const policy = { byRegisteredReplicas: true };
    const dumpingReplicas = [dumping('db2'), dumping('db3')];
    expect(neighbours({ registeredReplicas: [registered('db2', 3307)], dumpingReplicas }, policy).replicas).toEqual([
      at('db2', 3307),
    ]);
    expect(neighbours({ dumpingReplicas }, policy).replicas).toEqual([at('db2', 10111), at('db3', 10111)]);
  });

  it('of a binlog server are the registered ones: it shows no connections', () => {
    const instance = sampleServer(10111, { isBinlogServer: true });
    expect(neighbours({ instance, registeredReplicas: [registered('db2', 3307)] }).replicas).toEqual([at('db2', 3307)]);
  });

  it('include the SQL nodes of an NDB Cluster, whatever the filters of replicas', () => {
    const facts = { dumpingReplicas: [dumping('db2')], sqlNodes: [{ host: 'sql2', port: 3307, user: '' }] };
    expect(neighbours(facts, { ignoresReplica: () => true }).replicas).toEqual([at('sql2', 3307)]);
    expect(neighbours(facts, { ignores: () => true }).replicas).toEqual([]);
  });

  it('are named once, under the name they are known by', () => {
    const resolve = (key: InstanceKey) => ({ ...key, hostname: key.hostname.replace(/^10\.0\.0\./, 'db') });
    const facts = { dumpingReplicas: [dumping('10.0.0.2'), dumping('db2')] };
    expect(neighbours(facts, {}, resolve).replicas).toEqual([at('db2', 10111)]);
  });

  it('are not the server itself, nor whom filters ignore', () => {
    const facts = { dumpingReplicas: [dumping(self.hostname), dumping('db2'), dumping('backup1'), dumping('old')] };
    const policy = {
      ignoresReplica: ({ hostname }: InstanceKey) => hostname.startsWith('backup'),
      ignores: ({ hostname }: InstanceKey) => hostname === 'old',
    };
    expect(neighbours(facts, policy).replicas).toEqual([at('db2', 10111)]);
  });
});

describe('the source that a replica leads to', () => {
  const facts = { instance: sampleReplica(10112, 10120) };

  it('is the configured one, under the name it is known by', () => {
    expect(neighbours(facts).source).toEqual(sampleKey(10120));
    expect(neighbours(facts, {}, (key) => ({ ...key, hostname: 'db1' })).source).toEqual(at('db1', 10120));
  });

  it('is none for a primary, for a detached replica, and for one that filters ignore', () => {
    expect(neighbours({}).source).toBeNull();
    expect(neighbours({ instance: { ...facts.instance, sourceKey: at('//127.0.0.1', 10120) } }).source).toBeNull();
    expect(neighbours({ instance: { ...facts.instance, sourceKey: at('_', 10120) } }).source).toBeNull();
    expect(neighbours(facts, { ignoresSource: () => true }).source).toBeNull();
  });

  it('is none when the server follows itself', () => {
    expect(neighbours({ instance: sampleReplica(10111, 10111) }).source).toBeNull();
  });
});

describe('the sources of further channels', () => {
  const channel = (name: string, sourceKey: InstanceKey | null) => {
    return {
      name,
      sourceKey,
      receiverState: 'running',
      applierState: 'running',
      usingGtid: true,
      receivedGtid: '',
    } as const;
  };
  const instance = sampleReplica(10111, 10120, {
    otherChannels: [
      channel('a', at('db7', 3306)),
      channel('b', at('10.0.0.7', 3306)),
      channel('c', at('//db8', 3306)),
      channel('d', null),
    ],
  });

  it('are followed too, once each, under the names they are known by', () => {
    const resolve = (key: InstanceKey) => (key.hostname === '10.0.0.7' ? { ...key, hostname: 'db7' } : key);
    expect(neighbours({ instance }, {}, resolve).otherSources).toEqual([at('db7', 3306)]);
    expect(neighbours({ instance }, {}, resolve).source).toEqual(sampleKey(10120));
  });

  it('are none that filters ignore', () => {
    expect(neighbours({ instance }, { ignoresSource: ({ hostname }) => hostname === 'db7' }).otherSources).toEqual([
      at('10.0.0.7', 3306),
    ]);
  });
});

describe('the members of a group', () => {
  it('are followed, but not back to the server itself', () => {
    const group = { ...sampleGroup(10111, 10111), members: [sampleKey(10111), sampleKey(10112), sampleKey(10112)] };
    expect(neighbours({ instance: sampleServer(10111, { group }) }).members).toEqual([sampleKey(10112)]);
  });
});
