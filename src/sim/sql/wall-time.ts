/**
 * Times of a pretended server's wall clock, as MySQL writes them (UTC, six decimals). Nobody's clock is off but the node's.
 */
import { WORLD_BEGINS } from '../pretend-clock.ts';

/** What MySQL shows where a time was never set. */
const NEVER = '0000-00-00 00:00:00.000000';

const MICROS_PER_MILLI = 1_000;

/** Null: never. */
export function timeText(worldMillis: number | null): string {
  if (worldMillis === null) return NEVER;
  const whole = Math.floor(worldMillis);
  const micros = Math.floor((worldMillis - whole) * MICROS_PER_MILLI);
  const text = new Date(WORLD_BEGINS + whole).toISOString().replace('T', ' ').replace('Z', '');
  return `${text}${String(micros).padStart(3, '0')}`;
}

/** `UNIX_TIMESTAMP(text)`, in millionths of a second exactly; 0: never. */
export function unixSeconds(text: string): string {
  if (text === NEVER) return '0.000000';
  const seconds = Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) / 1000;
  return `${seconds}${text.slice(19)}`;
}
