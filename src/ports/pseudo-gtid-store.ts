/**
 * The backend as the memory of clusters into which pseudo-GTID is injected (spec/topology-operations.md 4.2; `cluster_injected_pseudo_gtid`).
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';

/** Times are kept in whole seconds. */
export interface PseudoGtidStore {
  /** One row a cluster: the latest injection counts. */
  recordInjection(clusterName: ClusterName, at: UnixMillis): Promise<void>;
  /** When each was last recorded, by cluster name. */
  loadInjections(): Promise<ReadonlyMap<ClusterName, UnixMillis>>;
  /** Clusters into which nothing was injected since; tells how many. */
  deleteInjectionsOlderThan(oldest: UnixMillis): Promise<number>;
}
