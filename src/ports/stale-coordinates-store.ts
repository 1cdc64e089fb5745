/**
 * The backend as the memory of primaries that were suspected to be locked (spec/failure-detection.md 12.1).
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { UnixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';

/** Where the binary log of a primary stood, and since when it has stood there. */
export interface StaleBinlogCoordinates {
  readonly key: InstanceKey;
  readonly coordinates: BinlogCoordinates;
  readonly firstSeen: UnixMillis;
}

export interface StaleCoordinatesStore {
  /** By host, port. */
  loadStaleCoordinates(): Promise<readonly StaleBinlogCoordinates[]>;
}
