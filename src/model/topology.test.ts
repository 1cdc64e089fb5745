import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { instanceKeyText } from './instance-key.ts';
import { Topology } from './topology.ts';
import { SAMPLE_NOW, sampleGroup, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';

const cluster = (port: number) => clusterName(`127.0.0.1:${port}`);
const ports = (instances: Iterable<Instance>) => [...instances].map((instance) => instance.key.port);

function topologyOf(...instances: Instance[]): Topology {
  const topology = new Topology();
  topology.putAll(instances);
  return topology;
}

function placeOf(topology: Topology, port: number) {
  const instance = topology.get(sampleKey(port));
  if (instance === undefined) throw new Error(`no server ${port}`);
  return {
    cluster: instance.clusterName,
    depth: instance.replicationDepth,
    coPrimary: instance.isCoPrimary,
    ancestry: instance.ancestryUuid,
    alias: instance.suggestedClusterAlias,
  };
}

const uuids = (...of: number[]) => of.map(sampleUuid).join(',');

describe('a chain of replicas', () => {
  const chain = () =>
    topologyOf(sampleReplica(3, 2), sampleReplica(2, 1), sampleServer(1, { suggestedClusterAlias: 'demo' }));

  it('takes name, depth, ancestry and alias from the top, whatever the order of discovery', () => {
    const root = { cluster: cluster(1), coPrimary: false, alias: 'demo' };
    expect(placeOf(chain(), 1)).toEqual({ ...root, depth: 0, ancestry: uuids(1) });
    expect(placeOf(chain(), 2)).toEqual({ ...root, depth: 1, ancestry: uuids(1, 2) });
    expect(placeOf(chain(), 3)).toEqual({ ...root, depth: 2, ancestry: uuids(1, 2, 3) });
  });

  it('is found through every index', () => {
    const topology = chain();
    expect(topology.size).toBe(3);
    expect(ports(topology.byUuid(sampleUuid(2)))).toEqual([2]);
    expect(ports(topology.replicasOf(sampleKey(1)))).toEqual([2]);
    expect(ports(topology.ancestorsOf(sampleKey(3)))).toEqual([2, 1]);
    expect(ports(topology.descendantsOf(sampleKey(1)))).toEqual([2, 3]);
    expect(ports(topology.cluster(cluster(1)))).toEqual([1, 2, 3]);
    expect(topology.clusterNames()).toEqual([cluster(1)]);
  });

  it('makes a promoted replica its own root at once, its subtree with it', () => {
    const topology = chain();
    const change = topology.put(sampleServer(2));
    expect(placeOf(topology, 2)).toEqual({
      cluster: cluster(2),
      depth: 0,
      coPrimary: false,
      ancestry: uuids(2),
      alias: '',
    });
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(2), depth: 1, ancestry: uuids(2, 3) });
    expect(ports(topology.cluster(cluster(1)))).toEqual([1]);
    expect(ports(change.changed)).toEqual([2, 3]);
    expect(change.clusters).toEqual([cluster(1), cluster(2)]);
  });

  it('falls apart when the top is forgotten, and comes together when it is seen again', () => {
    const topology = chain();
    const change = topology.remove(sampleKey(1));
    expect(placeOf(topology, 2)).toMatchObject({ cluster: cluster(2), depth: 0 });
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(2), depth: 1 });
    expect(change.clusters).toEqual([cluster(1), cluster(2)]);
    expect(ports(topology.replicasOf(sampleKey(1)))).toEqual([2]);
    topology.put(sampleServer(1));
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(1), depth: 2 });
  });

  it('comes together also when the top returns as it was stored, its attributes already right', () => {
    const topology = chain();
    const stored = topology.get(sampleKey(1));
    topology.remove(sampleKey(1));
    if (stored !== undefined) topology.put(stored);
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(1), depth: 2 });
  });

  it('keeps the name of a dead primary: nothing about its place changed', () => {
    const topology = chain();
    topology.put(sampleServer(1, { lastSeen: null }));
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(1), depth: 2 });
  });

  it('leaves out a detached source', () => {
    const topology = chain();
    topology.put(sampleReplica(2, 1, { sourceKey: sampleKey(1, '//127.0.0.1') }));
    expect(placeOf(topology, 2)).toMatchObject({ cluster: cluster(2), depth: 0 });
  });

  it('lets the alias of the source win over a replica’s own, which comes back when it is alone', () => {
    const topology = chain();
    topology.put(sampleReplica(2, 1, { suggestedClusterAlias: 'mine' }));
    expect(placeOf(topology, 3).alias).toBe('demo');
    topology.remove(sampleKey(1));
    expect(placeOf(topology, 3).alias).toBe('mine');
  });
});

describe('rings', () => {
  it('keep the cluster’s name when the primary starts to replicate from its replica', () => {
    const topology = topologyOf(sampleServer(2), sampleReplica(1, 2), sampleReplica(3, 2));
    topology.put(sampleReplica(2, 1));
    expect(placeOf(topology, 2)).toMatchObject({
      cluster: cluster(2),
      depth: 0,
      coPrimary: true,
      ancestry: uuids(1, 2),
    });
    expect(placeOf(topology, 1)).toMatchObject({
      cluster: cluster(2),
      depth: 1,
      coPrimary: true,
      ancestry: uuids(2, 1),
    });
    expect(placeOf(topology, 3)).toMatchObject({
      cluster: cluster(2),
      depth: 1,
      coPrimary: false,
      ancestry: uuids(1, 2, 3),
    });
  });

  it('keep the name that was stored when the picture is loaded', () => {
    const stored = { clusterName: cluster(2) };
    const topology = topologyOf(sampleReplica(1, 2, stored), sampleReplica(2, 1, stored));
    expect(topology.clusterNames()).toEqual([cluster(2)]);
  });

  it('take the smaller key when neither holds an allowed name or they disagree', () => {
    const other = { clusterName: clusterName('elsewhere:1') };
    expect(topologyOf(sampleReplica(1, 2, other), sampleReplica(2, 1, other)).clusterNames()).toEqual([cluster(1)]);
    expect(topologyOf(sampleReplica(1, 2), sampleReplica(2, 1)).clusterNames()).toEqual([cluster(1)]);
  });

  it('of three end, with the named one on top and nobody a co-primary', () => {
    const topology = topologyOf(sampleReplica(1, 3), sampleReplica(2, 1), sampleReplica(3, 2), sampleReplica(4, 3));
    expect([1, 2, 3, 4].map((port) => placeOf(topology, port))).toMatchObject([
      { cluster: cluster(1), depth: 0, coPrimary: false, ancestry: uuids(2, 3, 1) },
      { cluster: cluster(1), depth: 1, coPrimary: false, ancestry: uuids(3, 1, 2) },
      { cluster: cluster(1), depth: 2, coPrimary: false, ancestry: uuids(1, 2, 3) },
      { cluster: cluster(1), depth: 3, coPrimary: false, ancestry: uuids(1, 2, 3, 4) },
    ]);
    expect(ports(topology.ancestorsOf(sampleKey(4)))).toEqual([3, 2, 1]);
    expect(ports(topology.descendantsOf(sampleKey(1)))).toEqual([2, 3, 4]);
  });

  it('opened again become a chain', () => {
    const topology = topologyOf(sampleReplica(1, 2), sampleReplica(2, 1));
    topology.put(sampleServer(2));
    expect(placeOf(topology, 2)).toMatchObject({ cluster: cluster(2), depth: 0, coPrimary: false, ancestry: uuids(2) });
    expect(placeOf(topology, 1)).toMatchObject({
      cluster: cluster(2),
      depth: 1,
      coPrimary: false,
      ancestry: uuids(2, 1),
    });
  });

  it('of one, a server that names itself as its source, end too', () => {
    expect(placeOf(topologyOf(sampleReplica(1, 1)), 1)).toMatchObject({ cluster: cluster(1), depth: 0 });
  });
});

describe('a replication group', () => {
  const group = () =>
    topologyOf(
      sampleServer(2, { group: sampleGroup(1, 2) }),
      sampleServer(1, { group: sampleGroup(1, 1) }),
      sampleReplica(9, 1),
    );

  it('hangs its secondaries under the primary, which is not their source', () => {
    expect(placeOf(group(), 2)).toMatchObject({ cluster: cluster(1), depth: 1 });
    expect(placeOf(group(), 2).ancestry).toBe(`${sampleUuid(1)},group-uuid,${sampleUuid(2)},group-uuid`);
    expect(ports(group().childrenOf(sampleKey(1)))).toEqual([2, 9]);
    expect(ports(group().replicasOf(sampleKey(1)))).toEqual([9]);
  });
});

describe('a replication group of three', () => {
  const member = (port: number, primary: number, changes: Partial<Instance> = {}) =>
    sampleServer(port, { group: sampleGroup(primary, port), ...changes });
  const group = (primary = 1) => topologyOf(...[1, 2, 3].map((port) => member(port, primary)));
  const shutOut = { ...sampleGroup(1, 3), memberState: 'ERROR', memberRole: '', members: [], primaryKey: null };
  const primaryOf = (topology: Topology, port: number) => topology.get(sampleKey(port))?.group.primaryKey?.port;
  const places = (topology: Topology, ...of: number[]) =>
    of.map((port) => [placeOf(topology, port).cluster, placeOf(topology, port).depth]);

  it('is one cluster, the primary on top, the others one below', () => {
    expect(places(group(), 1, 2, 3)).toEqual([
      [cluster(1), 0],
      [cluster(1), 1],
      [cluster(1), 1],
    ]);
  });

  it('follows its primary when that changes, at the word of each member as it comes', () => {
    const topology = group();
    topology.put(member(2, 2));
    topology.put(member(1, 2));
    topology.put(member(3, 2));
    expect(places(topology, 2, 1, 3)).toEqual([
      [cluster(2), 0],
      [cluster(2), 1],
      [cluster(2), 1],
    ]);
    expect(topology.clusterNames()).toEqual([cluster(2)]);
  });

  it('carries an asynchronous replica of a secondary with it', () => {
    const topology = group();
    topology.put(sampleReplica(9, 2));
    expect(placeOf(topology, 9)).toMatchObject({ cluster: cluster(1), depth: 2 });
    for (const port of [1, 2, 3]) topology.put(member(port, 3));
    expect(placeOf(topology, 9)).toMatchObject({ cluster: cluster(3), depth: 2 });
  });

  it('whose primary replicates from another cluster belongs to that, one deeper each', () => {
    const topology = topologyOf(
      sampleServer(7),
      sampleReplica(1, 7, { group: sampleGroup(1, 1) }),
      member(2, 1),
      member(3, 1),
    );
    expect(places(topology, 7, 1, 2, 3)).toEqual([
      [cluster(7), 0],
      [cluster(7), 1],
      [cluster(7), 2],
      [cluster(7), 2],
    ]);
  });

  it('keeps a member that it has shut out, below the primary that the others name', () => {
    const topology = group();
    topology.put(member(3, 1, { group: shutOut }));
    expect(primaryOf(topology, 3)).toBe(1);
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(1), depth: 1 });
    expect(ports(topology.childrenOf(sampleKey(1)))).toEqual([2, 3]);
  });

  it('moves the one that is shut out when the others name another primary, though it says nothing', () => {
    const topology = group();
    topology.put(member(3, 1, { group: shutOut }));
    topology.put(member(1, 2));
    const change = topology.put(member(2, 2));
    expect(primaryOf(topology, 3)).toBe(2);
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(2), depth: 1 });
    expect(ports(change.changed)).toContain(3);
  });

  it('shuts out its former primary, which goes below its successor', () => {
    const topology = group();
    topology.put(member(1, 1, { group: shutOut }));
    topology.put(member(2, 2));
    topology.put(member(3, 2));
    expect(places(topology, 1, 2, 3)).toEqual([
      [cluster(2), 1],
      [cluster(2), 0],
      [cluster(2), 1],
    ]);
  });

  it('believes who has answered lately before who has not, and a primary before a secondary', () => {
    const topology = topologyOf(member(1, 1, { lastSeen: null }), member(2, 2), member(3, 1, { group: shutOut }));
    expect(primaryOf(topology, 3)).toBe(2);
    topology.put(member(1, 1));
    topology.put(member(2, 2, { group: sampleGroup(1, 2) }));
    expect(primaryOf(topology, 3)).toBe(1);
  });

  it('leaves the one that is shut out alone when nobody of the group is known any more', () => {
    const topology = group();
    topology.put(member(3, 1, { group: shutOut }));
    topology.remove(sampleKey(1));
    expect(primaryOf(topology, 3)).toBe(1);
    topology.remove(sampleKey(2));
    expect(primaryOf(topology, 3)).toBeUndefined();
    expect(placeOf(topology, 3)).toMatchObject({ cluster: cluster(3), depth: 0 });
  });

  it('has nothing to say to a member of another group', () => {
    const topology = group();
    topology.put(sampleServer(8, { group: { ...shutOut, name: 'another-group' } }));
    expect(primaryOf(topology, 8)).toBeUndefined();
  });
});

describe('a server with several sources', () => {
  const channel = (source: number) => {
    return {
      name: `of-${source}`,
      sourceKey: sampleKey(source),
      receiverState: 'running',
      applierState: 'running',
      usingGtid: true,
      receivedGtid: '',
    } as const;
  };
  const world = () =>
    topologyOf(sampleServer(1), sampleServer(2), sampleReplica(5, 1, { otherChannels: [channel(2)] }));

  it('is in the cluster of its first, and found below the others all the same', () => {
    expect(placeOf(world(), 5)).toMatchObject({ cluster: cluster(1), depth: 1 });
    expect(ports(world().replicasOf(sampleKey(2)))).toEqual([]);
    expect(ports(world().replicasByOtherChannels(sampleKey(2)))).toEqual([5]);
    expect(ports(world().replicasByOtherChannels(sampleKey(1)))).toEqual([]);
  });

  it('is found there until the channel goes, or the server', () => {
    const topology = world();
    topology.put(sampleReplica(5, 1, { otherChannels: [channel(3)] }));
    expect(ports(topology.replicasByOtherChannels(sampleKey(2)))).toEqual([]);
    expect(ports(topology.replicasByOtherChannels(sampleKey(3)))).toEqual([5]);
    topology.remove(sampleKey(5));
    expect(ports(topology.replicasByOtherChannels(sampleKey(3)))).toEqual([]);
  });
});

describe('versions', () => {
  it('grow only for the clusters that changed', () => {
    const topology = topologyOf(sampleServer(1), sampleReplica(2, 1), sampleServer(7));
    const before = topology.version;
    topology.put(sampleReplica(2, 1, { readOnly: false }));
    expect(topology.clustersChangedSince(before)).toEqual([cluster(1)]);
    expect(topology.clusterVersion(cluster(1))).toBe(topology.version);
    expect(topology.clusterVersion(cluster(7))).toBe(before);
  });

  it('stand still when a poll found what the one before found', () => {
    const topology = topologyOf(sampleServer(1));
    const before = topology.version;
    const later = { lastChecked: SAMPLE_NOW, lastSeen: SAMPLE_NOW, uptimeSeconds: 99, lastDiscoveryLatencyNanos: 5 };
    const change = topology.put(sampleServer(1, later));
    expect(topology.version).toBe(before);
    expect(change).toEqual({ changed: [], clusters: [] });
    expect(topology.get(sampleKey(1))?.uptimeSeconds).toBe(99);
  });

  it('grow with every check that fails or hangs', () => {
    const topology = topologyOf(sampleServer(1));
    for (const trouble of [{ lastSeen: null }, { lastSeen: null }, { lastChecked: null, lastSeen: null }]) {
      const before = topology.version;
      topology.put(sampleServer(1, trouble));
      expect(topology.version).toBe(before + 1);
    }
  });

  it('of a name that went and came back are above what was seen before', () => {
    const topology = topologyOf(sampleServer(1));
    const before = topology.clusterVersion(cluster(1));
    topology.remove(sampleKey(1));
    expect(topology.clusterVersion(cluster(1))).toBe(0);
    topology.put(sampleServer(1));
    expect(topology.clusterVersion(cluster(1))).toBeGreaterThan(before);
  });
});

it('frozen values: nobody changes the picture behind its back', () => {
  expect(Object.isFrozen(topologyOf(sampleServer(1)).get(sampleKey(1)))).toBe(true);
});

describe('law: whatever was put and removed, the picture is the one built from scratch', () => {
  const SERVERS = 6;
  const port = fc.integer({ min: 1, max: SERVERS });
  const step = fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), port }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('root' as const), port, alias: fc.constantFrom('', 'a', 'b') }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('replica' as const), port, source: port, uuid: port }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('member' as const), port, primary: port }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('shut-out' as const), port }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  function run(topology: Topology, one: Step): void {
    if (one.kind === 'remove') topology.remove(sampleKey(one.port));
    if (one.kind === 'root') topology.put(sampleServer(one.port, { suggestedClusterAlias: one.alias }));
    if (one.kind === 'replica') topology.put(sampleReplica(one.port, one.source, { serverUuid: sampleUuid(one.uuid) }));
    if (one.kind === 'shut-out') {
      const group = { ...sampleGroup(1, one.port), memberState: 'ERROR', memberRole: '', primaryKey: null };
      topology.put(sampleServer(one.port, { group }));
    }
    if (one.kind === 'member') topology.put(sampleServer(one.port, { group: sampleGroup(one.primary, one.port) }));
  }

  /** Everything the picture can be asked. */
  function answers(topology: Topology) {
    const keys = Array.from({ length: SERVERS }, (_, index) => sampleKey(index + 1));
    return {
      size: topology.size,
      clusters: topology.clusterNames().map((name) => ports(topology.cluster(name))),
      servers: keys.map((key) => ({
        has: topology.has(key),
        place: topology.has(key) ? placeOf(topology, key.port) : null,
        uuid: ports(topology.byUuid(sampleUuid(key.port))),
        replicas: ports(topology.replicasOf(key)),
        children: ports(topology.childrenOf(key)),
        siblings: ports(topology.siblingsOf(key)),
        above: ports(topology.ancestorsOf(key)),
        below: ports(topology.descendantsOf(key)),
      })),
    };
  }

  it('holds for every index and attribute, in any order of putting', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (steps, dice) => {
        const topology = new Topology();
        for (const one of steps) run(topology, one);
        const shuffled = [...topology.all()]
          .map((instance) => ({ instance, at: dice.next().value ?? 0 }))
          .sort((one, other) => one.at - other.at);
        const rebuilt = topologyOf(...shuffled.map(({ instance }) => withOwnAlias(instance, steps)));
        expect(answers(rebuilt)).toEqual(answers(topology));
      }),
      { numRuns: 500 },
    );
  });

  /** What the server itself suggested last, instead of what it inherited. */
  function withOwnAlias(instance: Instance, steps: readonly Step[]): Instance {
    const last = steps.findLast((one) => one.port === instance.key.port);
    return { ...instance, suggestedClusterAlias: last?.kind === 'root' ? last.alias : '' };
  }

  it('tells of every server and cluster that is no longer what it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), step, (steps, last) => {
        const topology = new Topology();
        for (const one of steps) run(topology, one);
        const before = new Map([...topology.all()].map((instance) => [instanceKeyText(instance.key), instance]));
        const version = topology.version;
        run(topology, last);
        const renewed = [...topology.all()].filter((now) => {
          const then = before.get(instanceKeyText(now.key));
          return then === undefined || JSON.stringify(then, plain) !== JSON.stringify(now, plain);
        });
        const told = new Set(topology.clustersChangedSince(version));
        for (const instance of renewed) expect(told).toContain(instance.clusterName);
      }),
    );
  });

  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
});

describe('cost', () => {
  it('a chain of thousands keeps the nearest ancestors only, so that it does not grow with the square', () => {
    const chain = Array.from({ length: 2000 }, (_, index) => sampleReplica(index + 1, index));
    const last = topologyOf(...chain).get(sampleKey(2000));
    expect(last?.replicationDepth).toBe(1999);
    expect(last?.ancestryUuid.split(',')).toEqual(Array.from({ length: 257 }, (_, index) => sampleUuid(1744 + index)));
  });

  it('a poll in a fleet of 10,000 touches one server', () => {
    const fleet = Array.from({ length: 10_000 }, (_, index) =>
      index % 10 === 0 ? sampleServer(index + 1) : sampleReplica(index + 1, index - (index % 10) + 1),
    );
    const topology = topologyOf(...fleet);
    expect(topology.clusterNames()).toHaveLength(1000);
    const change = topology.put(sampleReplica(5002, 5001, { replicationLagSeconds: 3 }));
    expect(ports(change.changed)).toEqual([5002]);
    expect(change.clusters).toEqual([cluster(5001)]);
  });
});
