/**
 * The backend as the memory of where servers stood a few minutes ago (spec/topology-operations.md 4.3; `database_instance_coordinates_history`). Searches in
 * binary logs begin there; which row is the right one is said in `model/coordinates-history.ts`.
 */
import type { UnixMillis } from '../model/brand.ts';
import type { RecordedCoordinates, ServerCoordinates } from '../model/coordinates-history.ts';
import type { InstanceKey } from '../model/instance-key.ts';

/** Times are kept in whole seconds. */
export interface CoordinatesHistoryStore {
  /** In one transaction: what was recorded before `keepSince` goes, a row of each of these servers comes. */
  recordCoordinates(servers: readonly ServerCoordinates[], at: UnixMillis, keepSince: UnixMillis): Promise<void>;
  /** Of one server, the newest first. */
  loadCoordinatesHistory(key: InstanceKey): Promise<readonly RecordedCoordinates[]>;
  /** The relay logs of the past are no place to search any more: the server has another source. */
  blankRelayCoordinates(key: InstanceKey): Promise<void>;
}
