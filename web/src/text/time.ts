/** Points in time and durations as people read them. Pure: now is an argument. */

/** A point in time and whether its fraction of a second is known: many records of the contract have whole seconds only. */
export interface Instant {
  readonly millis: number;
  readonly precise: boolean;
}

/**
 * A contract timestamp, `YYYY-MM-DD HH:MM:SS` or RFC 3339, taken as UTC when it names no zone (spec/http-api.md 3.1).
 * Null for '' and for what is no timestamp.
 */
export function parseTimestamp(text: string): Instant | null {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!parts) return null;
  const fraction = parts[3] ?? '';
  const millis = Date.parse(`${parts[1]}T${parts[2]}${fraction.slice(0, 4)}${parts[4] ?? 'Z'}`);
  return Number.isNaN(millis) ? null : { millis, precise: fraction !== '' };
}

/** A recovery's UID begins with its start in unix nanoseconds (spec/http-api.md 3.6). */
export function startOfUid(uid: string): Instant | null {
  const digits = /^(\d{19}):/.exec(uid)?.[1];
  return digits ? { millis: Number(BigInt(digits) / 1000n) / 1000, precise: true } : null;
}

/** `0 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: two units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return twoUnits(whole, 3600, 'h', 60, 'min');
  return twoUnits(whole, 86_400, 'd', 3600, 'h');
}

function twoUnits(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % big) / small);
  return `${Math.floor(seconds / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** `just now`, `12 s ago`, `3 min ago`: one unit, for glancing. A clock ahead of ours counts as now. */
export function ago(millis: number, now: number): string {
  const seconds = Math.floor((now - millis) / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `2026-11-23 04:37:32 UTC`: the zone that server logs are usually in. */
export function utc(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `04:37:32.939` in UTC, for lists of one night. */
export function clock(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(11, 23);
}

/** `0.34 s`; with whole seconds only: `< 1 s`, `≈ 1 s`. Claims no precision that the record does not have. */
export function elapsed(from: Instant, to: Instant): string {
  if (from.precise && to.precise) {
    const millis = Math.max(0, to.millis - from.millis);
    return millis < 59_950 ? `${(millis / 1000).toFixed(2)} s` : duration(millis / 1000);
  }
  const seconds = Math.max(0, Math.floor(to.millis / 1000) - Math.floor(from.millis / 1000));
  return seconds === 0 ? '< 1 s' : `≈ ${duration(seconds)}`;
}

/** Offset of a step from the start of its recovery: `+0.12 s`, or `+1 s` where only whole seconds are known. */
export function offset(from: Instant, to: Instant): string {
  if (from.precise && to.precise) return `+${(Math.max(0, to.millis - from.millis) / 1000).toFixed(2)} s`;
  return `+${Math.max(0, Math.floor(to.millis / 1000) - Math.floor(from.millis / 1000))} s`;
}

/** `1 server`, `3 servers`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
