/**
 * How long something took, as the contract's texts have it, such as the steps of a recovery: `412ns`, `3.53607ms`, `1.5s`, `1m2.5s`
 * (recorded in spec/examples/api/audit-recovery-steps.txt).
 */
import type { Millis } from './brand.ts';

const NANOS_PER_MICRO = 1_000;
const NANOS_PER_MILLI = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** In the largest unit below a second, else in hours, minutes and seconds; no trailing zeros behind the point. */
export function durationText(duration: Millis): string {
  const nanos = Math.round(duration * NANOS_PER_MILLI);
  if (nanos === 0) return '0s';
  if (nanos < NANOS_PER_MICRO) return `${nanos}ns`;
  if (nanos < NANOS_PER_MILLI) return `${nanos / NANOS_PER_MICRO}µs`;
  if (nanos < NANOS_PER_SECOND) return `${nanos / NANOS_PER_MILLI}ms`;
  const wholeMinutes = Math.floor(nanos / NANOS_PER_SECOND / SECONDS_PER_MINUTE);
  const seconds = (nanos - wholeMinutes * SECONDS_PER_MINUTE * NANOS_PER_SECOND) / NANOS_PER_SECOND;
  const hours = Math.floor(wholeMinutes / MINUTES_PER_HOUR);
  const minutes = wholeMinutes % MINUTES_PER_HOUR;
  return `${hours > 0 ? `${hours}h` : ''}${wholeMinutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
