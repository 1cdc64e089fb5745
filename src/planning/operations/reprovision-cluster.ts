/** Which cluster a server that is provisioned anew joins, and who is its primary. */
import type { ClusterName } from '../../model/brand.ts';
import type { Instance } from '../../model/instance.ts';
import { compareKeys, type InstanceKey, reattachKey, sameKey } from '../../model/instance-key.ts';
import { isSourceDetached } from '../../model/instance-status.ts';
import type { KnownTopology } from './operation-facts.ts';
import type { ReprovisionRequest } from './operation-request.ts';

type Topology = Pick<KnownTopology, 'get' | 'cluster'>;

/**
 * That of a named donor; else its own, where there are others in it; else that of whoever took its place: a primary that was replaced stands alone. Null: nobody knows.
 */
export function clusterToJoin(
  { key, donor }: Pick<ReprovisionRequest, 'key' | 'donor'>,
  topology: Topology,
  successor: InstanceKey | null,
): ClusterName | null {
  const named = (server: InstanceKey | null): ClusterName | null =>
    server === null ? null : (topology.get(server)?.clusterName ?? null);
  return donor === null ? (ownCluster(key, topology) ?? named(successor)) : named(donor);
}

/** Null: it stands alone. */
export function ownCluster(key: InstanceKey, topology: Topology): ClusterName | null {
  const instance = topology.get(key);
  if (instance === undefined) return null;
  const { clusterName, sourceKey } = instance;
  const isAlone = topology.cluster(clusterName).every((member) => sameKey(member.key, key));
  if (!isAlone) return clusterName;
  // Of a detached one the address tells where it was.
  return sourceKey !== null && isSourceDetached(instance)
    ? (topology.get(reattachKey(sourceKey))?.clusterName ?? null)
    : null;
}

/** The writable server at the top, the highest first. Null: there is none. */
export function primaryOf(name: ClusterName, topology: Topology, but: InstanceKey): Instance | null {
  const [primary = null] = topology
    .cluster(name)
    .filter((one) => !one.readOnly && (one.replicationDepth === 0 || one.isCoPrimary) && !sameKey(one.key, but))
    .sort((one, other) => one.replicationDepth - other.replicationDepth || compareKeys(one.key, other.key));
  return primary;
}
