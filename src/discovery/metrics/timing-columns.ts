/**
 * Single discoveries one by one, and the same as columns: a quarter of a million of them are counted and sorted as columns in the time it would take
 * to make objects of them.
 */
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';

/** One live read of one server, just ended. */
export interface DiscoveryTiming {
  readonly key: InstanceKey;
  /** What it took to put the answer into the picture, from which the backend is written behind. */
  readonly backendMillis: number;
  /** What the server took to answer, or not to. */
  readonly instanceMillis: number;
  readonly totalMillis: number;
  /** Null: it went well. */
  readonly error: string | null;
}

/** A timing with the time at which it ended. */
export interface DiscoveryRecord extends DiscoveryTiming {
  readonly at: UnixMillis;
}

/** The n-th entry of each column belongs to the n-th discovery; oldest first. */
export interface TimingColumns {
  /** Milliseconds by the clock that the owner says. */
  readonly at: Float64Array;
  readonly backendMillis: Float64Array;
  readonly instanceMillis: Float64Array;
  readonly totalMillis: Float64Array;
  readonly keys: readonly InstanceKey[];
  readonly errors: readonly (string | null)[];
}

/** `at` in wall time. */
export function recordsOf(columns: TimingColumns): DiscoveryRecord[] {
  return columns.keys.map((key, index) => ({
    key,
    at: unixMillis(columns.at[index] ?? 0),
    backendMillis: columns.backendMillis[index] ?? 0,
    instanceMillis: columns.instanceMillis[index] ?? 0,
    totalMillis: columns.totalMillis[index] ?? 0,
    error: columns.errors[index] ?? null,
  }));
}
