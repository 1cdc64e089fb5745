/**
 * Time as the contract's timestamp columns hold it: `YYYY-MM-DD HH:MM:SS`, UTC, whole seconds (spec/backend-schema.md 1.1).
 */
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import { NEVER_TEXT } from './schema/column.ts';

const MILLIS_PER_SECOND = 1000;

/** Everything up to this moment means "never". */
const NEVER = Date.UTC(1971, 0, 1);

/** 0001-01-01 to 9999-12-31: outside of it the text form would change shape and no longer compare as text. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

/** The text for a column; fractions of a second are cut off. */
export function timestampText(at: UnixMillis): string {
  const bounded = Math.min(Math.max(at, EARLIEST), LATEST);
  return new Date(bounded).toISOString().slice(0, 19).replace('T', ' ');
}

/** Like `timestampText`; never is a value too. */
export const timestampTextOrNever = (at: UnixMillis | null): string => (at === null ? NEVER_TEXT : timestampText(at));

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|\+00:00)?)?$/;

/**
 * Reads a timestamp column in which 1971 means "never", as it does in those that may not be null. Null: never (null, empty, year 1, up to 1971, or no
 * timestamp at all).
 */
export function parseTimestamp(value: unknown): UnixMillis | null {
  const at = parseMoment(value);
  return at === null || at <= NEVER ? null : at;
}

/**
 * Reads a timestamp column in which null means "never", and 1971 is a time like any other: `last_seen`. Accepts the forms that databases restored from a
 * snapshot of the reference hold (trap 3.2.6): a `T` between, a `Z` behind, fractions. Null: null, empty, year 1, or no timestamp at all.
 */
export function parseMoment(value: unknown): UnixMillis | null {
  if (typeof value !== 'string') return null;
  const match = FORM.exec(value);
  if (match === null) return null;
  const part = (index: number): number => Number(match[index] ?? 0);
  const fraction = Math.trunc(Number(`0.${match[7] ?? 0}`) * MILLIS_PER_SECOND);
  const at = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6), fraction);
  // Date.UTC reads years 0 to 99 as 1900 to 1999: '0001-01-01', the reference's "never", would become 1901.
  return part(1) < 100 ? null : unixMillis(at);
}

/** Whole seconds since 1970, for the `..._unixtime` columns. */
export const unixSeconds = (at: UnixMillis): number => Math.floor(at / MILLIS_PER_SECOND);
