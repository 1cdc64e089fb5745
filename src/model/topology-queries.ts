/**
 * Questions about the picture that several doors ask: who is the primary, which servers match a text.
 * spec/discovery.md 21, spec/http-api.md 4.4.
 */
import type { ClusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { instanceKeyText } from './instance-key.ts';
import type { Topology } from './topology.ts';
import { compareByPosition, compareByPrimacy } from './topology-order.ts';

/** At the top of its cluster: depth 0, or one of two co-primaries. */
const isAtTop = (instance: Instance): boolean => instance.replicationDepth === 0 || instance.isCoPrimary;

/** The primary of a cluster: at its top, a writable one first. Undefined: no such cluster. A read-only primary counts. */
export function clusterPrimary(topology: Topology, name: ClusterName): Instance | undefined {
  return topology.cluster(name).filter(isAtTop).sort(compareByPrimacy)[0];
}

/** Every writable server at the top of a cluster: more than one is a split. */
export function writablePrimariesOf(topology: Topology, name: ClusterName): Instance[] {
  return topology.cluster(name).filter((instance) => isAtTop(instance) && !instance.readOnly);
}

/** The writable server at the top of a cluster. Undefined: none is writable, or no such cluster. */
export function writablePrimary(topology: Topology, name: ClusterName): Instance | undefined {
  const primary = clusterPrimary(topology, name);
  return primary?.readOnly === false ? primary : undefined;
}

/** One writable primary a cluster, ordered by cluster name; clusters without one are absent. */
export function writablePrimaries(topology: Topology): Instance[] {
  return topology
    .clusterNames()
    .map((name) => writablePrimary(topology, name))
    .filter((primary) => primary !== undefined);
}

/**
 * Servers that a typed text finds: part of host name, `host:port`, cluster name, version, version comment or suggested alias,
 * or the whole of server id or port. Case does not matter, blanks around do not either; '' finds all.
 */
export function searchInstances(instances: Iterable<Instance>, text: string): Instance[] {
  const wanted = text.trim().toLowerCase();
  return [...instances].filter((instance) => matchesText(instance, wanted)).sort(compareByPosition);
}

function matchesText(instance: Instance, wanted: string): boolean {
  const parts = [
    instanceKeyText(instance.key),
    instance.clusterName,
    instance.version,
    instance.versionComment,
    instance.suggestedClusterAlias,
  ];
  if (parts.some((part) => part.toLowerCase().includes(wanted))) return true;
  return String(instance.serverId) === wanted || String(instance.key.port) === wanted;
}

/** Servers whose `host:port` matches, anywhere in it. */
export function findInstances(instances: Iterable<Instance>, pattern: RegExp): Instance[] {
  return [...instances]
    .filter((instance) => instanceKeyText(instance.key).search(pattern) >= 0)
    .sort(compareByPosition);
}
