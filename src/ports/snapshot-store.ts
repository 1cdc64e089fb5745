/**
 * The backend as the memory of past topologies (`database_instance_topology_history`). A snapshot is the whole topology at one second; none is ever
 * deleted (spec/backend-schema.md 5).
 */
import type { UnixMillis } from '../model/brand.ts';
import type { SnapshotServer } from '../model/topology-snapshot.ts';

export interface SnapshotStore {
  /** In one transaction. Replaces a snapshot of the same second: two mixed would show a topology that never was. */
  saveSnapshot(servers: readonly SnapshotServer[], at: UnixMillis): Promise<void>;
  /** Time of the newest one that is not later; null when there is none. */
  newestSnapshot(notLaterThan: UnixMillis): Promise<UnixMillis | null>;
  /** All there are, oldest first. */
  snapshotTimes(): Promise<readonly UnixMillis[]>;
  /** By host, port; none when there is no snapshot of that second. */
  snapshotServers(at: UnixMillis): Promise<readonly SnapshotServer[]>;
}
