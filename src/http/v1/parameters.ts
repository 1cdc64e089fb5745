/**
 * Parameters with a grammar of their own (spec/http-api.md 1.5): pages, durations, ids.
 */
import { type Seconds, seconds } from '../../model/brand.ts';

/** Anything but a non-negative integer means the first page; never an error. */
export function pageNumber(text: string): number {
  if (!/^\d+$/.test(text)) return 0;
  const page = Number(text);
  return Number.isSafeInteger(page) ? page : 0;
}

/** A positive id, or null: then listings show their first page instead. */
export function positiveId(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

export type ParsedInteger =
  | { readonly kind: 'ok'; readonly value: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** An integer that must be one; the wording is the contract's (4.2). */
export function requiredInteger(text: string): ParsedInteger {
  if (!/^[+-]?\d+$/.test(text))
    return { kind: 'refused', reason: `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax` };
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    return { kind: 'refused', reason: `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range` };
  return { kind: 'ok', value };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** What a downtime without a duration, or with none of it, lasts. */
export const DEFAULT_DOWNTIME: Seconds = seconds(600);

/** A thousand years: beyond any sense, and well inside what a date can hold. */
const DURATION_SECONDS_MAX = 1000 * 366 * 86_400;

export type ParsedDuration =
  | { readonly kind: 'ok'; readonly value: Seconds }
  | { readonly kind: 'refused'; readonly reason: string };

/** Digits and one unit of `s`, `m`, `h`, `d`, `w`; '' and 0 mean the default of ten minutes. */
export function downtimeDuration(text: string): ParsedDuration {
  if (text === '') return { kind: 'ok', value: DEFAULT_DOWNTIME };
  const match = /^(\d+)([smhdw])$/.exec(text);
  const total = Number(match?.[1]) * (UNIT_SECONDS[match?.[2] ?? ''] ?? Number.NaN);
  if (Number.isNaN(total) || total > DURATION_SECONDS_MAX)
    return { kind: 'refused', reason: `Cannot parse simple time: ${text}` };
  return { kind: 'ok', value: total === 0 ? DEFAULT_DOWNTIME : seconds(total) };
}
