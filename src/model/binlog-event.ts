/**
 * One event of a binary or relay log, as `SHOW BINLOG EVENTS` tells of it.
 */
import type { BinlogCoordinates } from './binlog-coordinates.ts';

export interface BinlogEvent {
  /** Where it begins, in the log it was read from. */
  readonly coordinates: BinlogCoordinates;
  /** `End_log_pos`: where it ends; of an event in a relay log, in its source's binary log. */
  readonly endPos: number;
  /** `Event_type`, such as `Query` or `Gtid`. */
  readonly type: string;
  /** Of the server that wrote it first: it stays the same in every log that the event comes to. */
  readonly serverId: number;
  readonly info: string;
}
