// Which servers a pretended fleet has, and which of them are a cluster.

import type { Family } from '../../sim/server/server-options.ts';

/** `both`: every second cluster is of the other family. */
export type FleetFamily = Family | 'both';

export const fleetFamilies: readonly FleetFamily[] = ['mysql', 'mariadb', 'both'];

export interface FleetShape {
  /** Of all servers, one cluster after another; the last cluster may be smaller than the others. */
  readonly ports: readonly number[];
  readonly perCluster: number;
  readonly family: FleetFamily;
}

export interface ClusterShape {
  /** From 1. */
  readonly number: number;
  readonly family: Family;
  /** Of the primary, and then of its replicas. */
  readonly ports: readonly number[];
  /** Server ids and UUIDs follow from it: no two servers of a fleet have the same, whichever processes they run in. */
  readonly firstServerNumber: number;
}

const highestPort = 65_535;

/** Throws, in words for people, when there are no such ports. */
export function consecutivePorts(first: number, count: number): readonly number[] {
  if (first < 1 || first + count - 1 > highestPort) {
    throw new Error(`${count} servers from port ${first} on would need ports beyond ${highestPort}`);
  }
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Throws when there can be no such fleet. */
export function clustersOf({ ports, perCluster, family }: FleetShape): readonly ClusterShape[] {
  if (ports.length < 1 || perCluster < 1) throw new Error('a fleet has a server, and so has each of its clusters');
  return Array.from({ length: Math.ceil(ports.length / perCluster) }, (_, index): ClusterShape => {
    const first = index * perCluster;
    return {
      number: index + 1,
      family: family === 'both' ? (index % 2 === 0 ? 'mysql' : 'mariadb') : family,
      ports: ports.slice(first, first + perCluster),
      firstServerNumber: first + 1,
    };
  });
}

/** The clusters in as few parts, of nearly equal size, that none has more servers than that. A cluster is never divided, however large it is. */
export function sharesOf(clusters: readonly ClusterShape[], serversMax: number): readonly (readonly ClusterShape[])[] {
  const largest = Math.max(...clusters.map(({ ports }) => ports.length));
  const clustersMax = Math.max(1, Math.floor(serversMax / largest));
  const perShare = Math.ceil(clusters.length / Math.ceil(clusters.length / clustersMax));
  return Array.from({ length: Math.ceil(clusters.length / perShare) }, (_, index) =>
    clusters.slice(index * perShare, (index + 1) * perShare),
  );
}
