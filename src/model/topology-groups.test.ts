/** Replication groups in the graph: secondaries below their primary, and members that are shut out. */
import { describe, expect, it } from 'vitest';
import type { Instance } from './instance.ts';
import type { Topology } from './topology.ts';
import { sampleGroup, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';
import { cluster, placeOf, ports, topologyOf } from './topology-testing.ts';

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
