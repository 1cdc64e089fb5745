/**
 * Clusters into which pseudo-GTID is injected (spec/topology-operations.md 4.2).
 */
import type { PseudoGtidStore } from '../../ports/pseudo-gtid-store.ts';
import type { MemoryEngine } from './engine.ts';
import { compareText, deleteWhere } from './rows.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

export const pseudoGtidStore = (engine: MemoryEngine): PseudoGtidStore => ({
  recordInjection: (clusterName, at) =>
    engine.write(({ injections }) => void injections.set(clusterName, storedTime(at))),

  loadInjections: () =>
    engine.read(
      ({ injections }) =>
        new Map(
          [...injections]
            .sort(([one], [other]) => compareText(one, other))
            .map(([clusterName, at]) => [clusterName, readTimeOrZero(at)]),
        ),
    ),

  deleteInjectionsOlderThan: (oldest) =>
    engine.write(({ injections }) => deleteWhere(injections, (at) => isBefore(at, oldest))),
});
