/**
 * An entry in words: the lines of the command line and of the companion client (spec/failure-detection.md 11.1, cli.md 3.5).
 */
import { instanceKeyText } from '../model/instance-key.ts';
import type { AnalysisEntry } from './entry.ts';

/** The code, unless there is no problem, then the structure warnings. A code that is also a warning appears twice (contract). */
export function analysisString(entry: AnalysisEntry): string {
  const code = entry.code === 'NoProblem' ? [] : [entry.code];
  return [...code, ...entry.structureWarnings].join(', ');
}

/** `host:port (cluster name): WORD, WORD`, as `orchestrator -c replication-analysis` prints it. */
export function commandLineText(entry: AnalysisEntry): string {
  return line(entry, analysisString(entry));
}

/** The same with one word: the code, or the first structure warning when there is no problem. */
export function clientText(entry: AnalysisEntry): string {
  const word = entry.code === 'NoProblem' ? (entry.structureWarnings[0] ?? entry.code) : entry.code;
  return line(entry, word);
}

function line(entry: AnalysisEntry, words: string): string {
  return `${instanceKeyText(entry.key)} (cluster ${entry.cluster.clusterName}): ${words}`;
}

/** What hooks are told the failed server is. Contract words. */
export type HookInstanceType = 'co-master' | 'group-member' | 'master' | 'intermediate-master';

export function hookInstanceType(
  entry: Pick<AnalysisEntry, 'isCoPrimary' | 'isGroupMember' | 'isPrimary'>,
): HookInstanceType {
  if (entry.isCoPrimary) return 'co-master';
  if (entry.isGroupMember) return 'group-member';
  return entry.isPrimary ? 'master' : 'intermediate-master';
}
