/**
 * Reading what servers were called, change by change (spec/failure-detection.md 11.3).
 */
import type { UnixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';

export interface AnalysisChange {
  readonly key: InstanceKey;
  /** In whole seconds. */
  readonly at: UnixMillis;
  readonly code: string;
}

export interface AnalysisChangelogStore {
  /** By host and port, and of each server the oldest first. */
  analysisChangelog(): Promise<readonly AnalysisChange[]>;
  /** What a server is called, and since when; null: nobody has written it down. */
  lastAnalysis(key: InstanceKey): Promise<AnalysisChange | null>;
}
