/**
 * Time as the timestamp columns of the SQL backends give it back: whole seconds, and "never" for everything before 1971
 * (spec/backend-schema.md 1.1). A simulation that kept milliseconds here would never see the ties within one second that real nodes see.
 */
import { type Brand, type UnixMillis, unixMillis } from '../../model/brand.ts';

/** A moment as it lies on the disk. Apart from `UnixMillis`, so that none is stored or given out without being cut or read. */
export type StoredTime = Brand<number, 'StoredTime'>;

const MILLIS_PER_SECOND = 1000;

/** Everything up to this moment means "never". */
const NEVER = Date.UTC(1971, 0, 1);

/** 0001-01-01 to 9999-12-31, what the columns can hold. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_000;

/** Cut to the second, always downwards. Throws for what is no time at all, as writing it as text does. */
export function storedTime(at: UnixMillis): StoredTime {
  if (Number.isNaN(at)) throw new RangeError('Invalid time value');
  const second = Math.floor(Math.trunc(at) / MILLIS_PER_SECOND) * MILLIS_PER_SECOND;
  return Math.min(Math.max(second, EARLIEST), LATEST) as StoredTime;
}

/** The columns hold earlier years, and nobody means a time by them. */
const FIRST_YEAR = Date.UTC(100, 0, 1);

/** Null: never. For the column in which 1971 is a time like any other, `last_seen`. */
export const readMoment = (stored: StoredTime | null): UnixMillis | null =>
  stored === null || stored < FIRST_YEAR ? null : unixMillis(stored);

/** Null: never. */
export const readTime = (stored: StoredTime | null): UnixMillis | null =>
  stored === null || stored <= NEVER ? null : unixMillis(stored);

/** For columns that always have a time: never reads as 1970. */
export const readTimeOrZero = (stored: StoredTime): UnixMillis => readTime(stored) ?? unixMillis(0);

/** Both sides cut to the second, as the columns compare: within one second nothing is before anything. */
export const isBefore = (stored: StoredTime, at: UnixMillis): boolean => stored < storedTime(at);

/** Whole seconds since 1970. */
export const unixSeconds = (at: UnixMillis): number => Math.floor(at / MILLIS_PER_SECOND);
