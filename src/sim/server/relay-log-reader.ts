/**
 * Who takes out of the relay log what was received: an applier, which commits it here too, or a binlog server's `BinlogKeeper`.
 */
import type { Planned } from '../event-queue.ts';
import type { LogPlace } from './log-place.ts';

export type ApplierState = 'stopped' | 'running';

/** What an applier is busy with, for the process list. */
export type ApplierActivity = 'stopped' | 'waits-for-more' | 'delays' | 'applies' | 'waits-for-lock' | 'stops';

export interface RelayLogReader {
  readonly state: ApplierState;
  /** In the process list; null: it has no thread there. */
  readonly threadId: number | null;
  readonly activity: ApplierActivity;
  /** `SQL_Delay`: how long the next transaction still has to wait. */
  readonly remainingDelayMillis: number;
  /** Lag counts from when it was committed at its origin; null: nothing waits. */
  readonly oldestWaitingSince: number | null;
  readonly errorNumber: number;
  readonly errorText: string;
  /** In the source's binary log: where it was told to stop when it was last started; null: nowhere. */
  readonly until: LogPlace | null;
  /** How many transactions it is to pass over. */
  readonly skipCounter: number;
  start(): void;
  /** Does nothing to one that runs. */
  startUntil(place: LogPlace): void;
  skipNext(count: number): void;
  /** The source's binary log goes on somewhere else. */
  moved(): void;
  /** `done` when it has stopped. Returns how to wait no longer. */
  stop(done: () => void): Planned;
  /** Somebody killed its thread. */
  kill(): void;
  /** More was received. */
  wake(): void;
  clearError(): void;
  /** What it applies cannot be applied here. */
  breakDown(number: number, text: string): void;
}
