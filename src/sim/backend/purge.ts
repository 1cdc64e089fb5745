/**
 * Deletes history beyond its keeping time (spec/backend-schema.md 5, "Purge").
 */
import type { Backend } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { isBefore } from './timestamp.ts';

export const purging = (engine: MemoryEngine): Pick<Backend, 'purge'> => ({
  purge: ({ auditOlderThan, recoveriesOlderThan, changelogOlderThan }) =>
    engine.write((tables) => {
      tables.audit = tables.audit.filter((row) => !isBefore(row.at, auditOlderThan));
      tables.analysisChanges = tables.analysisChanges.filter((row) => !isBefore(row.at, changelogOlderThan));
      tables.recoveries = tables.recoveries.filter((row) => !isBefore(row.start, recoveriesOlderThan));
      tables.detections = tables.detections.filter((row) => !isBefore(row.start, recoveriesOlderThan));
      tables.steps = tables.steps.filter((row) => !isBefore(row.at, recoveriesOlderThan));
      tables.journal = tables.journal.filter((entry) => entry.at >= recoveriesOlderThan);
    }),
});
