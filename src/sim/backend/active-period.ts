/**
 * Closing the active period of a detection or a recovery: rows of one server closed within one second each get a second of their own,
 * as the unique key of the SQL backends demands (spec/backend-schema.md 7, weak point 5).
 */
import type { UnixMillis } from '../../model/brand.ts';
import { unixSeconds } from './timestamp.ts';

/** The second of `now`, or the first after it that none of `rows` took. */
export function firstFreeSecond(rows: readonly { readonly endUnixSeconds: number }[], now: UnixMillis): number {
  const taken = new Set(rows.map((row) => row.endUnixSeconds));
  let second = unixSeconds(now);
  while (taken.has(second)) second += 1;
  return second;
}
