/**
 * Writes down once a minute where all servers stand in their logs, so that searches for pseudo-GTID know where to begin (spec/topology-operations.md 4.3).
 */
import type { Leadership } from '../coordination/leadership.ts';
import { unixMillis } from '../model/brand.ts';
import { hasCoordinates } from '../model/coordinates-history.ts';
import type { Topology } from '../model/topology.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoordinatesHistoryStore } from '../ports/coordinates-history-store.ts';

export interface CoordinatesHistoryParts {
  readonly topology: Pick<Topology, 'all'>;
  readonly store: Pick<CoordinatesHistoryStore, 'recordCoordinates'>;
  readonly leadership: Pick<Leadership, 'isLeader'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A row is kept so long. */
const KEEP_MILLIS = 4 * 60_000;

/** By the leader alone: two nodes on one backend would each write every row. */
export async function recordCoordinates({
  topology,
  store,
  leadership,
  clock,
}: CoordinatesHistoryParts): Promise<void> {
  if (!leadership.isLeader()) return;
  const now = clock.now();
  const servers = [...topology.all()].filter(hasCoordinates);
  await store.recordCoordinates(servers, now, unixMillis(now - KEEP_MILLIS));
}
