/**
 * The backend as the memory of primaries that are suspected to be locked: a command that reads it comes to the same conclusion as the service
 * (spec/failure-detection.md 12.1).
 */
import type { StaleCoordinates } from '../analysis/picture.ts';
import type { InstanceKey } from '../model/instance-key.ts';

export interface StaleCoordinatesOf extends StaleCoordinates {
  readonly key: InstanceKey;
}

/** One row a server; times are kept in whole seconds. */
export interface StaleCoordinatesStore {
  saveStaleCoordinates(stale: StaleCoordinatesOf): Promise<void>;
  loadStaleCoordinates(): Promise<readonly StaleCoordinatesOf[]>;
  deleteStaleCoordinates(key: InstanceKey): Promise<void>;
}
