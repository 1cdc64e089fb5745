/**
 * Snapshots of the whole topology, by order and by the clock (`SnapshotTopologiesIntervalHours`).
 */
import type { Settings } from '../config/settings.ts';
import type { Leadership } from '../coordination/leadership.ts';
import type { Topology } from '../model/topology.ts';
import { snapshotServerOf } from '../model/topology-snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';

export interface SnapshotParts {
  readonly topology: Topology;
  readonly store: SnapshotStore;
  readonly leadership: Leadership;
  readonly settings: () => Pick<Settings, 'SnapshotTopologiesIntervalHours'>;
  readonly clock: Clock;
}

const HOUR_MILLIS = 3_600_000;

/** Writes down the topology as it is known now; tells how many servers that are. */
export async function takeSnapshot({ topology, store, clock }: SnapshotParts): Promise<number> {
  const servers = [...topology.all()].map(snapshotServerOf);
  await store.saveSnapshot(servers, clock.now());
  return servers.length;
}

/**
 * To be called every minute or so. Due by the age of the newest snapshot there is, not by how long this process has been running: a node that is
 * restarted every day, or leaders that take turns, would else never come to take one.
 */
export async function takeSnapshotWhenDue(parts: SnapshotParts): Promise<void> {
  const { leadership, store, settings, clock } = parts;
  const hours = settings().SnapshotTopologiesIntervalHours;
  if (hours <= 0 || !leadership.isLeader()) return;
  const newest = await store.newestSnapshot(clock.now());
  if (newest === null || clock.now() - newest >= hours * HOUR_MILLIS) await takeSnapshot(parts);
}
