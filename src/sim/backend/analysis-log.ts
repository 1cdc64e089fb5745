/**
 * Last analysis of each server, and the log of its changes (spec/failure-detection.md 11.3).
 */
import { compareKeys, type InstanceKey, keyId } from '../../model/instance-key.ts';
import type { AnalysisChangelogStore } from '../../ports/analysis-changelog-store.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';
import { readTimeOrZero, type StoredTime, storedTime } from './timestamp.ts';

export interface AnalysisChangeRow {
  readonly key: InstanceKey;
  readonly at: StoredTime;
  readonly code: string;
}

type AnalysisLog = Pick<ObservationStore, 'recordAnalysis'> & AnalysisChangelogStore;

export const analysisLog = (engine: MemoryEngine): AnalysisLog => ({
  /** The first analysis of a server is no change. */
  recordAnalysis: (key, code, at) =>
    engine.write((tables) => {
      const last = tables.lastAnalyses.get(keyId(key));
      if (last?.code === code) return false;
      tables.lastAnalyses.set(keyId(key), { key, at: storedTime(at), code });
      if (last === undefined) return false;
      tables.analysisChanges = [...tables.analysisChanges, { key, at: storedTime(at), code }];
      return true;
    }),
  lastAnalysis: (key) =>
    engine.read(({ lastAnalyses }) => {
      const last = lastAnalyses.get(keyId(key));
      return last === undefined ? null : { key, at: readTimeOrZero(last.at), code: last.code };
    }),
  analysisChangelog: () =>
    engine.read(({ analysisChanges }) =>
      analysisChanges
        .toSorted((one, other) => compareKeys(one.key, other.key))
        .map(({ key, at, code }) => ({ key, at: readTimeOrZero(at), code })),
    ),
});
