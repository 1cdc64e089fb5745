/** The server that a planned switchover takes over from. */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
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

/** Of two that replicate from each other the one that takes writes: whose death is a matter of concern (A15). */
export function onePrimaryOrWriter(topology: Topology, clusterName: ClusterName): Outcome<Instance> {
  const coPrimaries = topology.cluster(clusterName).filter(({ isCoPrimary }) => isCoPrimary);
  if (coPrimaries.length === 0) return onePrimary(topology, clusterName);
  const writers = coPrimaries.filter(({ readOnly }) => !readOnly);
  const [writer] = writers;
  if (writer !== undefined && writers.length === 1) return ok(writer);
  const names = coPrimaries.map(({ key }) => instanceKeyText(key)).join(' and ');
  const state = writers.length === 0 ? 'neither takes' : 'both take';
  return refused(
    'no-single-primary',
    `${names} replicate from each other, and ${state} writes: which of them would die?`,
  );
}
