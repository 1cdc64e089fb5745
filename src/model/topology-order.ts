/**
 * The orders in which instances are listed: spec/discovery.md 21, spec/http-api.md 2.7 and 4.4.
 */
import type { Instance } from './instance.ts';
import { compareKeys } from './instance-key.ts';

type Order = (one: Instance, other: Instance) => number;

/** Host name, then port: clusters, replicas, most lists. */
export const compareByKey: Order = (one, other) => compareKeys(one.key, other.key);

/** Depth, most replicas first, cluster name, key: search, find, all-instances. Primaries and busy servers come first. */
export const compareByPosition: Order = (one, other) =>
  one.replicationDepth - other.replicationDepth ||
  other.replicas.length - one.replicas.length ||
  compareText(one.clusterName, other.clusterName) ||
  compareByKey(one, other);

/** Cluster name, depth, key: downtimed and lost-in-recovery lists. */
export const compareByClusterAndDepth: Order = (one, other) =>
  compareText(one.clusterName, other.clusterName) ||
  one.replicationDepth - other.replicationDepth ||
  compareByKey(one, other);

/** Writable first, then depth, key: who is the primary of a cluster. */
export const compareByPrimacy: Order = (one, other) =>
  Number(one.readOnly) - Number(other.readOnly) ||
  one.replicationDepth - other.replicationDepth ||
  compareByKey(one, other);

/** By code unit, as the backend's binary order; never by locale, which differs between hosts. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
