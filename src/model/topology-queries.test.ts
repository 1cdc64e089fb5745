import { describe, expect, it } from 'vitest';
import { clusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { Topology } from './topology.ts';
import { compareByClusterAndDepth, compareByPosition } from './topology-order.ts';
import {
  clusterPrimary,
  findInstances,
  searchInstances,
  writablePrimaries,
  writablePrimary,
} from './topology-queries.ts';
import { sampleKey, sampleReplica, sampleServer } from './topology-samples.ts';

const cluster = (port: number) => clusterName(`127.0.0.1:${port}`);
const ports = (instances: readonly Instance[]) => instances.map((instance) => instance.key.port);

function topologyOf(...instances: Instance[]): Topology {
  const topology = new Topology();
  topology.putAll(instances);
  return topology;
}

describe('the primary of a cluster', () => {
  it('is the server on top, even when it is read-only', () => {
    const topology = topologyOf(sampleServer(1, { readOnly: true }), sampleReplica(2, 1, { readOnly: false }));
    expect(clusterPrimary(topology, cluster(1))?.key.port).toBe(1);
    expect(writablePrimary(topology, cluster(1))).toBeUndefined();
  });

  it('of co-primaries is the writable one, whoever gave the cluster its name', () => {
    const topology = topologyOf(sampleReplica(1, 2), sampleReplica(2, 1, { readOnly: false }));
    expect(clusterPrimary(topology, cluster(1))?.key.port).toBe(2);
    expect(writablePrimary(topology, cluster(1))?.key.port).toBe(2);
  });

  it('of a cluster nobody knows is nobody', () => {
    expect(clusterPrimary(topologyOf(), cluster(1))).toBeUndefined();
  });

  it('is listed once a cluster by name, clusters without a writable one left out', () => {
    const topology = topologyOf(
      sampleServer(3),
      sampleServer(2, { readOnly: true }),
      sampleServer(1),
      sampleReplica(4, 1),
    );
    expect(ports(writablePrimaries(topology))).toEqual([1, 3]);
  });
});

describe('search', () => {
  const servers = () => [
    sampleReplica(10112, 10111),
    sampleServer(10111, { replicas: [sampleKey(10112)], suggestedClusterAlias: 'Demo' }),
    sampleServer(10200, { replicas: [sampleKey(1), sampleKey(2)], serverId: 778 }),
  ];
  const found = (text: string) => ports(searchInstances([...topologyOf(...servers()).all()], text));

  it('lists everybody for nothing, primaries with most replicas first', () => {
    expect(found('  ')).toEqual([10200, 10111, 10112]);
  });

  it.each([
    ['part of host and port', '1:101', [10111, 10112]],
    ['an alias, in any case', 'dEMO', [10111, 10112]],
    ['part of a version comment', 'debian', [10200, 10111, 10112]],
    ['a whole server id', '778', [10200]],
    ['part of a server id not', '78', []],
    ['nothing that is there', 'nosuch', []],
  ])('finds by %s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('by pattern looks at host and port only, each time anew', () => {
    const all = [...topologyOf(...servers()).all()];
    const pattern = /:1011[12]$/g;
    expect(ports(findInstances(all, pattern))).toEqual([10111, 10112]);
    expect(ports(findInstances(all, pattern))).toEqual([10111, 10112]);
    expect(findInstances(all, /Demo/)).toEqual([]);
  });
});

describe('orders', () => {
  const at = (port: number, name: string, replicationDepth: number) =>
    sampleServer(port, { clusterName: clusterName(name), replicationDepth });
  const list = () => [at(10, 'b', 0), at(9, 'b', 0), at(3, 'b', 1), at(4, 'a', 1), at(5, 'a', 0)];

  it('by position: depth, cluster, then ports as numbers', () => {
    expect(ports(list().sort(compareByPosition))).toEqual([5, 9, 10, 4, 3]);
  });

  it('by cluster and depth', () => {
    expect(ports(list().sort(compareByClusterAndDepth))).toEqual([5, 4, 9, 10, 3]);
  });
});
