/**
 * Where servers stood in their logs some minutes ago, and where a search in them had best begin (spec/topology-operations.md 4.3). Hints, nothing more: what
 * is not found from there is searched for from the start of the log.
 */
import { type BinlogCoordinates, hasNoFile, isBefore } from './binlog-coordinates.ts';
import type { UnixMillis } from './brand.ts';
import type { Instance } from './instance.ts';

export type ServerCoordinates = Pick<Instance, 'key' | 'lastSeen' | 'selfCoordinates' | 'relayLogCoordinates'>;

export interface RecordedCoordinates extends ServerCoordinates {
  readonly recordedAt: UnixMillis;
}

/** Behind the present place by this much, so that the marker in question is not missed: one is written every few seconds. */
const RECENT_MILLIS = 2 * 60_000;

/** Whether there is anything to record: a server without binary log that is no replica has no place. */
export const hasCoordinates = ({ selfCoordinates, relayLogCoordinates }: ServerCoordinates): boolean =>
  !hasNoFile(selfCoordinates) || !hasNoFile(relayLogCoordinates);

/** Where its own binary log was two minutes ago, by the newest row that is so old; null: not known. `history`: the newest first. */
export function recentSelfCoordinates(
  history: readonly RecordedCoordinates[],
  now: UnixMillis,
): BinlogCoordinates | null {
  const row = history.find(({ recordedAt }) => now - recordedAt >= RECENT_MILLIS);
  return row === undefined || hasNoFile(row.selfCoordinates) ? null : row.selfCoordinates;
}

/**
 * Where its relay log was before `current`, by the newest row that is before it; null: not known. `history`: the newest first. Compared by the numbers of
 * files: as text `relay.1000000` would be before `relay.999999`.
 */
export function previousRelayCoordinates(
  history: readonly RecordedCoordinates[],
  current: BinlogCoordinates,
): BinlogCoordinates | null {
  const row = history.find(
    ({ relayLogCoordinates }) => !hasNoFile(relayLogCoordinates) && isBefore(relayLogCoordinates, current),
  );
  return row?.relayLogCoordinates ?? null;
}
