/** The graph of servers: chains, rings, several sources, versions, and what a change costs. */
import { describe, expect, it } from 'vitest';
import { clusterName } from './brand.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';
import { cluster, placeOf, ports, topologyOf, uuids } from './topology-testing.ts';

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
