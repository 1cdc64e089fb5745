/**
 * The text of a marker of pseudo-GTID (spec/topology-operations.md 4.2).
 */
import type { UnixMillis } from '../../model/brand.ts';

export interface MarkerParts {
  readonly at: UnixMillis;
  readonly serverId: number;
  /** 16 hex digits that nobody else draws. */
  readonly random: string;
}

const NUMBER_DIGITS = 8;
const MILLIS_PER_SECOND = 1000;

/** `_asc:TTTTTTTT:SSSSSSSS:RRRRRRRRRRRRRRRR`: the time leads, so that texts ascend. */
export function markerText({ at, serverId, random }: MarkerParts): string {
  return `_asc:${hex(Math.floor(at / MILLIS_PER_SECOND))}:${hex(serverId)}:${random.toLowerCase()}`;
}

const hex = (number: number): string => Math.max(0, number).toString(16).padStart(NUMBER_DIGITS, '0');
