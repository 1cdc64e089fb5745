/** Judging an analysis entry for display: how bad it is, and what orchestrator does about it. */
import { type AutomaticAnswer, codeFacts, NO_PROBLEM, type Severity } from './analysis-codes.ts';
import type { Analysis, BlockedRecovery } from './server.ts';

/** `muted`: downtimed, known and accepted. */
export type Tone = Severity | 'muted';

export function toneOf(analysis: Analysis): Tone {
  if (analysis.isDowntimed) return 'muted';
  return analysis.code === NO_PROBLEM ? 'notice' : codeFacts(analysis.code).severity;
}

const TONE_ORDER: readonly Tone[] = ['critical', 'warning', 'notice', 'muted'];

/** Worst first; the server's own order among equals. */
export function worstFirst(analyses: readonly Analysis[]): readonly Analysis[] {
  return [...analyses].sort((a, b) => TONE_ORDER.indexOf(toneOf(a)) - TONE_ORDER.indexOf(toneOf(b)));
}

/** Entries of one cluster, worst first. An entry belongs by the cluster's name or because its server is shown on the page. */
export function analysesOfCluster(
  analyses: readonly Analysis[],
  clusterName: string,
  memberKeys: ReadonlySet<string> = new Set(),
): readonly Analysis[] {
  return worstFirst(analyses.filter((entry) => entry.clusterName === clusterName || memberKeys.has(entry.key)));
}

export interface RecoverySwitches {
  /** Null: not known yet. */
  readonly globallyEnabled: boolean | null;
  readonly blocked: readonly BlockedRecovery[];
}

/** What orchestrator does about an entry by itself, and if nothing, why not. One sentence. */
export function automaticAnswer(analysis: Analysis, switches: RecoverySwitches): string {
  const { answer } = codeFacts(analysis.code);
  if (analysis.isDowntimed) return 'Downtimed: nothing is done automatically.';
  if (answer === 'none') return 'No automatic recovery for this: a person decides.';
  if (switches.globallyEnabled === false) return 'Nothing is done: automatic recoveries are switched off globally.';
  if (!isSwitchedOn(analysis, answer)) return `Nothing is done: automatic ${answer} recovery is off for this cluster.`;
  const block = switches.blocked.find((blocked) => blocked.key === analysis.key);
  if (block)
    return `Held back by recovery #${block.blockingRecoveryId} (anti-flapping): acknowledge it to allow another.`;
  return 'Orchestrator recovers this by itself.';
}

function isSwitchedOn(analysis: Analysis, answer: AutomaticAnswer): boolean {
  return answer === 'primary' ? analysis.recoversPrimary : analysis.recoversIntermediate;
}
