/**
 * How markers of pseudo-GTID are recognised (spec/topology-operations.md 4.4, 4.5; `PseudoGTIDPattern` and its like).
 */
import type { BinlogEvent } from '../../model/binlog-event.ts';

export interface MarkerRules {
  readonly isMarker: (event: BinlogEvent) => boolean;
  /** Markers like this one only ever increase, as texts. */
  readonly ascends: (text: string) => boolean;
}

export interface MarkerSettings {
  readonly pattern: string;
  readonly isFixedSubstring: boolean;
  readonly monotonicHint: string;
  /** Whether the regular expression is found in the text, in linear time: texts are of any length. */
  readonly finds: (pattern: string, text: string) => boolean;
}

/** Null: no pattern is configured, and nothing of pseudo-GTID can be done. */
export function markerRules({ pattern, isFixedSubstring, monotonicHint, finds }: MarkerSettings): MarkerRules | null {
  if (pattern === '') return null;
  const matches = isFixedSubstring
    ? (text: string): boolean => text.includes(pattern)
    : (text: string): boolean => finds(pattern, text);
  return {
    isMarker: ({ info }) => matches(info),
    ascends: (text) => monotonicHint !== '' && text.includes(monotonicHint),
  };
}
