/**
 * What analysis looks at: a plain value, made by whoever holds the topology (the running node, or a command that read the
 * backend), so that both come to the same answer.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Downtime } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isDowntimeActive } from '../model/instance-status.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';

/** Binary log coordinates at which a primary was suspected to be locked, and since when it has stood there. */
export interface StaleCoordinates {
  readonly coordinates: BinlogCoordinates;
  readonly firstSeen: UnixMillis;
}

/** How a cluster is called; what is missing falls back to its name. */
export interface ClusterNames {
  readonly alias?: string;
  readonly domain?: string;
}

/** A write to a primary that does not come to an end, or that the server refuses: what people are told of it. */
export interface StuckWrite {
  readonly text: string;
}

export interface ClusterPicture {
  /** The servers to analyse and every server that replicates from one of them, of whatever cluster. */
  readonly instances: readonly Instance[];
  /** Analyse the servers of this cluster only; null: all. */
  readonly clusterName: ClusterName | null;
  /** Name under which replicas know the host; itself when it resolves to nothing else. */
  readonly resolve: (hostname: string) => string;
  /** Ended ones may be in it; they count for nothing. */
  readonly downtimes: ReadonlyMap<KeyId, Downtime>;
  /** Servers under maintenance: not analysed, though still somebody's replicas. */
  readonly maintenance: ReadonlySet<KeyId>;
  readonly staleCoordinates: ReadonlyMap<KeyId, StaleCoordinates>;
  /** Servers that were seen not to commit (A11); empty where nobody tries. */
  readonly stuckWrites: ReadonlyMap<KeyId, StuckWrite>;
  /** Primaries that are read-only for no other reason than that they were started anew (A23); empty where these are left as they are. */
  readonly restartedReadOnly: ReadonlySet<KeyId>;
  readonly clusters: ReadonlyMap<ClusterName, ClusterNames>;
  /** The node that looks. */
  readonly observer: NodeIdentity;
}

/**
 * Replicas by the source they claim (spec section 2): not by the source's own list, which an unreachable source cannot give.
 * A detached replica (`//host`) claims no source.
 */
export function replicasBySource(instances: readonly Instance[]): ReadonlyMap<KeyId, readonly Instance[]> {
  const bySource = new Map<KeyId, Instance[]>();
  for (const instance of instances) {
    if (instance.sourceKey === null) continue;
    const source = keyId(instance.sourceKey);
    const siblings = bySource.get(source);
    if (siblings === undefined) bySource.set(source, [instance]);
    else siblings.push(instance);
  }
  return bySource;
}

/** The key under which a server's replicas name it as their source. */
export function keyAsSource(instance: Instance, resolve: ClusterPicture['resolve']): InstanceKey {
  return { ...instance.key, hostname: resolve(instance.key.hostname) };
}

/** The downtime of a server that has not ended, or null. */
export function activeDowntime(picture: ClusterPicture, key: InstanceKey, now: UnixMillis): Downtime | null {
  const downtime = picture.downtimes.get(keyId(key));
  return downtime !== undefined && isDowntimeActive(downtime, now) ? downtime : null;
}
