/**
 * The binary and relay logs of one server, as far as they are searched: names, and pages of events. Real ones are read through SQL (`src/mysql`), pretended ones in
 * the simulated world.
 */
import type { LogType } from '../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../model/binlog-event.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';

export type { BinlogEvent } from '../model/binlog-event.ts';

export type LogRead<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** The server has no such file. */
  | { readonly kind: 'no-such-file' }
  /** The file is there, and no event begins at that offset. Not every server says so: some go on with the next event. */
  | { readonly kind: 'no-such-place' }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

export interface EventPage {
  readonly file: string;
  readonly type: LogType;
  /** Byte offset at which an event begins; 0 or 4: the first. */
  readonly fromPos: number;
  /**
   * Events passed over from there: relay logs are paged by number, since `End_log_pos` tells of another log; and so is what is in one event of a binary log, which has
   * no places of its own.
   */
  readonly skip: number;
  readonly limit: number;
}

export interface BinaryLogs {
  /** Oldest first (`SHOW BINARY LOGS`). Relay logs cannot be listed. */
  files(key: InstanceKey): Promise<LogRead<readonly string[]>>;
  /** Fewer than `limit`: the file ends there, for now. */
  events(key: InstanceKey, page: EventPage): Promise<LogRead<readonly BinlogEvent[]>>;
}
