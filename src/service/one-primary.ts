/** The server that a planned switchover takes over from. */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { Topology } from '../model/topology.ts';
import { type Outcome, ok, refused } from './calls.ts';

/** Refused in the words of the contract (spec/recovery.md 5) where there is none, or more than one. */
export function onePrimary(topology: Topology, clusterName: ClusterName): Outcome<Instance> {
  const primaries = topology
    .cluster(clusterName)
    .filter(({ replicationDepth, isCoPrimary }) => replicationDepth === 0 || isCoPrimary);
  const [primary] = primaries;
  if (primary !== undefined && primaries.length === 1) return ok(primary);
  const text = `Cannot deduce cluster master for ${clusterName}. Found ${primaries.length} potential masters`;
  return refused('no-single-primary', text);
}
