/**
 * Durations as `--duration` has them: one number and one unit (spec/cli.md 5.5).
 */
import { type Seconds, seconds } from '../model/brand.ts';

export type SimpleTime =
  | { readonly kind: 'ok'; readonly seconds: Seconds }
  | { readonly kind: 'refused'; readonly reason: string };

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** No sign, no fraction, no blank, no combination. */
export function parseSimpleTime(text: string): SimpleTime {
  const match = /^([0-9]+)([smhdw])$/.exec(text);
  const value = Number(match?.[1]) * (SECONDS_OF[match?.[2] ?? ''] ?? Number.NaN);
  if (!Number.isSafeInteger(value)) return { kind: 'refused', reason: `Cannot parse simple time: ${text}` };
  return { kind: 'ok', seconds: seconds(value) };
}
