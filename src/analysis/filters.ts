/**
 * Which entries are reported to whom (spec/failure-detection.md section 10).
 */
import type { AnalysisEntry } from './entry.ts';
import type { AnalysisPolicy } from './policy.ts';

export interface ReportHints {
  readonly includeDowntimed: boolean;
  readonly includeNoProblem: boolean;
}

/** What each caller wants to see. */
export const REPORT_HINTS = {
  commandLine: { includeDowntimed: false, includeNoProblem: false },
  api: { includeDowntimed: true, includeNoProblem: false },
  service: { includeDowntimed: true, includeNoProblem: false },
  forcedRecovery: { includeDowntimed: true, includeNoProblem: true },
} as const satisfies Record<string, ReportHints>;

export function hasProblem(entry: AnalysisEntry): boolean {
  return entry.code !== 'NoProblem' || entry.structureWarnings.length > 0;
}

/** The entries to report, in the order given. */
export function reported(
  entries: readonly AnalysisEntry[],
  policy: Pick<AnalysisPolicy, 'ignoresHostname'>,
  hints: ReportHints,
): readonly AnalysisEntry[] {
  return entries.filter(
    (entry) =>
      (hints.includeNoProblem || hasProblem(entry)) &&
      !policy.ignoresHostname(entry.key.hostname) &&
      (hints.includeDowntimed || !entry.isSkippableDueToDowntime),
  );
}
