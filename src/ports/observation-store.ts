/**
 * The backend as the memory of observations: rows of `database_instance` and its like. Written behind, in batches;
 * the picture in memory is the truth while the node runs (architecture section 5).
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ObservationChange } from '../model/observation-queue.ts';
import type { NameStore } from './name-store.ts';

export interface ObservationStore extends NameStore {
  loadInstances(): Promise<readonly Instance[]>;
  /** Queued; a later observation of the same server replaces a queued one. Cannot fail here: write errors reject `flush`, and nothing leaves the queue. */
  queue(instance: Instance, change: ObservationChange): void;
  /** A seed: written only where no row exists (schema trap 3.2.2: must never clobber a good row). */
  seed(key: InstanceKey): Promise<void>;
  /** Writes what is queued, in one transaction. */
  flush(): Promise<void>;
  /** Deletes the row and what was derived from observing; what people decided (tags, rules, downtime) stays. False when there was none. */
  forget(key: InstanceKey): Promise<boolean>;

  /** Replace semantics on both unique keys: an alias belongs to one cluster (schema trap 3.2.1). */
  saveClusterAlias(clusterName: ClusterName, alias: string, at: UnixMillis): Promise<void>;
  loadClusterAliases(): Promise<ReadonlyMap<ClusterName, string>>;
  /** Aliases that people gave; they win. */
  loadClusterAliasOverrides(): Promise<ReadonlyMap<ClusterName, string>>;
  /** '' takes it away. */
  saveClusterAliasOverride(clusterName: ClusterName, alias: string): Promise<void>;

  /** Whether the server wants secured connections; for people who read the table. */
  saveTlsDemand(key: InstanceKey, isDemanded: boolean): Promise<void>;

  /** Last analysis per server; returns true when it changed and a changelog line was written (spec/failure-detection.md 11.3). */
  recordAnalysis(key: InstanceKey, code: string, at: UnixMillis): Promise<boolean>;
}
