/**
 * Last analysis of each server (spec/failure-detection.md 11.3).
 */
import { keyId } from '../../model/instance-key.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';

type AnalysisLog = Pick<ObservationStore, 'recordAnalysis'>;

export const analysisLog = (engine: MemoryEngine): AnalysisLog => ({
  /** The first analysis of a server is no change. */
  recordAnalysis: (key, code) =>
    engine.write(({ lastAnalyses }) => {
      const last = lastAnalyses.get(keyId(key));
      lastAnalyses.set(keyId(key), code);
      return last !== undefined && last !== code;
    }),
});
