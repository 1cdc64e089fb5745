/** Replication groups in the graph: secondaries below their primary, members that are shut out, and members that do not agree. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from './brand.ts';
import type { Instance } from './instance.ts';
import type { Topology } from './topology.ts';
import { SAMPLE_NOW, sampleGroup, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';
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

describe('a replication group whose members do not agree who is primary', () => {
  /** Each says what its group was when it was read: its members, and who of them is primary. `at`: milliseconds; dead: not seen since. */
  const says = (port: number, primary: number, among: readonly number[], { at = 0, dead = false } = {}) => {
    const lastSeen = unixMillis(SAMPLE_NOW + at);
    const members = among.filter((other) => other !== port).map((other) => sampleKey(other));
    const group = { ...sampleGroup(primary, port), members };
    return sampleServer(port, { group, lastSeen, lastChecked: unixMillis(lastSeen + (dead ? 1 : 0)) });
  };
  const ALL = [1, 2, 3];
  const tops = (topology: Topology) =>
    [...topology.all()].filter(({ replicationDepth }) => replicationDepth === 0).map(({ key }) => key.port);

  it('goes by most of them while some have not been read since the election', () => {
    const topology = topologyOf(says(1, 1, ALL), says(2, 1, ALL), says(3, 1, ALL));
    topology.put(says(2, 2, ALL, { at: 1 }));
    expect([tops(topology), topology.clusterNames()]).toEqual([[1], [cluster(1)]]);
    topology.put(says(3, 2, ALL, { at: 2 }));
    expect([tops(topology), topology.clusterNames()]).toEqual([[2], [cluster(2)]]);
    expect(placeOf(topology, 1)).toMatchObject({ cluster: cluster(2), depth: 1 });
  });

  it('believes the one that was read last where as many name the one as the other', () => {
    const topology = topologyOf(says(1, 1, [1, 2]), says(2, 1, [1, 2]));
    topology.put(says(2, 2, [1, 2], { at: 1 }));
    expect(tops(topology)).toEqual([2]);
  });

  it('has its dead primary, and its replicas, below the one that it has elected', () => {
    const topology = topologyOf(says(1, 1, ALL, { dead: true }), says(2, 2, [2, 3]), says(3, 2, [2, 3]));
    topology.put(sampleReplica(9, 1));
    expect(topology.clusterNames()).toEqual([cluster(2)]);
    expect([placeOf(topology, 1).depth, placeOf(topology, 9).depth]).toEqual([1, 2]);
    expect(topology.get(sampleKey(1))?.group).toMatchObject({ memberRole: 'PRIMARY', primaryKey: sampleKey(2) });
  });

  it('has a former primary that hung below the one that it has elected, before that one knows of it', () => {
    const topology = topologyOf(says(2, 2, [2, 3]), says(3, 2, [2, 3]));
    topology.put(says(1, 1, ALL, { at: 1 }));
    expect(tops(topology)).toEqual([2]);
    topology.put(says(2, 2, [2, 3], { at: 2 }));
    topology.put(says(1, 1, ALL, { at: 3 }));
    expect([tops(topology), topology.clusterNames()]).toEqual([[2], [cluster(2)]]);
  });

  it('is seen as two where it is two: founded twice by the same name, each of them read', () => {
    const topology = topologyOf(says(1, 1, [1]), says(2, 2, [2, 3]), says(3, 2, [2, 3]));
    expect(topology.clusterNames()).toEqual([cluster(1), cluster(2)]);
  });

  it('keeps what each has said itself, so that no word is repeated by another mouth', () => {
    const topology = topologyOf(says(1, 1, ALL), says(2, 1, ALL), says(3, 1, ALL));
    topology.put(says(2, 2, ALL, { at: 1 }));
    expect(topology.get(sampleKey(2))?.group.primaryKey).toEqual(sampleKey(1));
    expect(topology.asPut(sampleKey(2))?.group.primaryKey).toEqual(sampleKey(2));
  });

  it('changes nothing by being read again', () => {
    const topology = topologyOf(says(1, 1, ALL), says(2, 2, [2, 3]), says(3, 2, [2, 3]));
    const { version } = topology;
    topology.put(says(1, 1, ALL, { at: 1 }));
    topology.put(says(2, 2, [2, 3], { at: 2 }));
    expect(topology.version).toBe(version);
  });
});
