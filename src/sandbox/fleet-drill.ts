// Kills one primary of a pretended fleet, and measures until its cluster is well again.

import { setTimeout as pause } from 'node:timers/promises';
import type { ControlledServer } from './pretend-fleet/fleet-order.ts';
import type { PretendFleet } from './pretend-fleet/start-pretend-fleet.ts';

/** How long orchestrator may take before the drill has failed. */
const recoveryDeadlineMillis = 60_000;

const lookMillis = 5;

export interface FleetDrillResult {
  readonly failed: number;
  /** The port of the new primary; null: nobody became it. */
  readonly promoted: number | null;
  /** From the kill until another server of the cluster was writable; null: none was. */
  readonly writableAfterMillis: number | null;
  /** From the kill until every surviving server had it as its source; null: some never had. */
  readonly attachedAfterMillis: number | null;
}

/** Kills the primary of this cluster. Throws when it has none. */
export async function drillFleet(fleet: PretendFleet, cluster: number): Promise<FleetDrillResult> {
  const members = (): Promise<readonly ControlledServer[]> => fleet.serversOf(cluster);
  const failed = (await members()).find(({ isWritable }) => isWritable)?.port;
  if (failed === undefined) throw new Error(`cluster ${cluster} has no primary`);
  const startedAt = performance.now();
  const refused = await fleet.order({ kind: 'kill', port: failed });
  if (refused !== null) throw new Error(`the primary could not be killed: ${refused}`);
  let promoted: number | null = null;
  let writableAfterMillis: number | null = null;
  while (performance.now() - startedAt < recoveryDeadlineMillis) {
    const alive = (await members()).filter(({ state }) => state === 'runs');
    const elapsed = performance.now() - startedAt;
    const primary = alive.find(({ isWritable }) => isWritable);
    if (primary !== undefined) {
      promoted = primary.port;
      writableAfterMillis ??= elapsed;
      const replicas = alive.filter((server) => server !== primary);
      if (replicas.every(({ source }) => source === promoted)) {
        return { failed, promoted, writableAfterMillis, attachedAfterMillis: elapsed };
      }
    }
    await pause(lookMillis);
  }
  return { failed, promoted, writableAfterMillis, attachedAfterMillis: null };
}
