/**
 * Moments as people write and read them: of the past, UTC unless they say otherwise.
 */
import { type UnixMillis, unixMillis } from './brand.ts';

export type MomentParse =
  | { readonly kind: 'ok'; readonly at: UnixMillis }
  /** One clear line. */
  | { readonly kind: 'refused'; readonly reason: string };

const MILLIS_PER_SECOND = 1000;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const AGO = /^(\d{1,9})([smhdw])$/;
/** Fewer digits could be a date without its hyphens, more are milliseconds. */
const UNIX_SECONDS = /^\d{10}$/;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?\s?(Z|UTC|[+-]\d{2}:\d{2})?$/;

const FORMS = 'give YYYY-MM-DD HH:MM:SS (UTC), a Unix time, or how long ago, such as 2h or 3d';

/**
 * Reads `2026-03-01`, `2026-03-01 12:30`, `2026-03-01T12:30:59+02:00`, ten digits of Unix time, or `3d` for three days ago. Refuses what is none of
 * these, dates that no calendar has, and the future.
 */
export function parsePastMoment(text: string, now: UnixMillis): MomentParse {
  if (text === '') return { kind: 'refused', reason: `No time was said: ${FORMS}` };
  const at = millisOf(text, now);
  if (at === null || at < 0) return { kind: 'refused', reason: `Cannot read the time ${text}: ${FORMS}` };
  if (at > now) return { kind: 'refused', reason: `The time ${text} is in the future: it is ${momentText(now)}` };
  return { kind: 'ok', at: unixMillis(at) };
}

/** `2026-03-01 12:30:59 UTC`. */
export function momentText(at: UnixMillis): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function millisOf(text: string, now: UnixMillis): number | null {
  const ago = AGO.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (UNIT_SECONDS[ago[2] ?? ''] ?? 0) * MILLIS_PER_SECOND;
  if (UNIX_SECONDS.test(text)) return Number(text) * MILLIS_PER_SECOND;
  const parts = DATE.exec(text);
  return parts === null ? null : millisOfDate(parts);
}

function millisOfDate([, date = '', time = '00:00', secs = ':00', zone = 'Z']: RegExpExecArray): number | null {
  const midnight = new Date(`${date}T00:00:00Z`);
  // 2026-02-30 would quietly become the second of March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null;
  const at = Date.parse(`${date}T${time}${secs}${zone === 'UTC' ? 'Z' : zone}`);
  return Number.isNaN(at) ? null : at;
}
