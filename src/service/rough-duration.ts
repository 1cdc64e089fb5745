/** Durations for people. */

const MILLIS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;

/** Below so many seconds a tenth of one matters. */
const TENTHS_BELOW_SECONDS = 10;
/** Two of the larger unit, and the smaller one still matters. */
const SMALLER_MATTERS = 2;

/** `0.3 s`, `42 s`, `90 s`, `12 min`, `5 h`, `412 days`. Takes milliseconds; those of the past are none. */
export function roughDuration(millis: number): string {
  const seconds = Math.max(0, millis) / MILLIS_PER_SECOND;
  if (seconds < TENTHS_BELOW_SECONDS) return `${seconds.toFixed(1)} s`;
  if (seconds < SMALLER_MATTERS * SECONDS_PER_MINUTE) return `${Math.round(seconds)} s`;
  const minutes = seconds / SECONDS_PER_MINUTE;
  if (minutes < SMALLER_MATTERS * MINUTES_PER_HOUR) return `${Math.round(minutes)} min`;
  const hours = minutes / MINUTES_PER_HOUR;
  if (hours < SMALLER_MATTERS * HOURS_PER_DAY) return `${Math.round(hours)} h`;
  return `${Math.round(hours / HOURS_PER_DAY)} days`;
}
