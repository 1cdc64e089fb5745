/** The other nodes of orchestrator, before an incident: where too few of them answer no death would ever be acted on (A20). */
import type { InstanceKey } from '../model/instance-key.ts';
import type { NodeAnswer } from '../ports/other-nodes.ts';
import type { Finding } from '../preflight/finding.ts';
import { AGREEMENT_MILLIS, agreementAtBest } from '../recovery/gates.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';

export type NodesParts = Pick<RecoveryPorts, 'otherNodes' | 'identity' | 'policy'>;

/** `about`: the primary of the cluster, or any server of it where there is none. */
export async function nodeFindings(parts: NodesParts, about: InstanceKey): Promise<readonly Finding[]> {
  const { otherNodes, policy } = parts;
  if (otherNodes.isAlone() || !policy().agreement.asksOtherNodes) return [];
  const answers = await otherNodes.ask([about], 'known', AGREEMENT_MILLIS);
  const silent = answers.flatMap((answer) => (answer.kind === 'no-answer' ? `${answer.node}: ${answer.reason}` : []));
  const best = agreementAtBest(answers, parts);
  if (best?.isOpen === false) return [tooFew(about, best.text, silent)];
  const ignorant = answers.flatMap((answer) => (doesNotWatch(answer) ? answer.node : []));
  return [
    ...(silent.length > 0 ? [silentNodes(about, silent)] : []),
    ...(ignorant.length > 0 ? [blindNodes(about, ignorant)] : []),
  ];
}

const doesNotWatch = (answer: NodeAnswer): boolean =>
  answer.kind === 'seen' && !answer.sights.some(({ sight }) => sight !== 'unknown');

const tooFew = (server: InstanceKey, seen: string, silent: readonly string[]): Finding => ({
  code: 'too-few-nodes',
  severity: 'grave',
  server,
  seen,
  consequence: 'The death of a primary would be detected, and nothing would be done about it until more nodes answer.',
  remedies: [],
  advice: `Look at the nodes of FailureAnalysisPeers that do not answer (${silent.join('; ')}), or take out those that are gone for good.`,
});

const silentNodes = (server: InstanceKey, silent: readonly string[]): Finding => ({
  code: 'silent-nodes',
  severity: 'warning',
  server,
  seen: `${silent.length} of the other nodes ${silent.length === 1 ? 'does' : 'do'} not answer (${silent.join('; ')})`,
  consequence: 'The others decide whether a primary is dead; with more of them silent nothing would be done.',
  remedies: [],
  advice: '',
});

const blindNodes = (server: InstanceKey, nodes: readonly string[]): Finding => ({
  code: 'blind-nodes',
  severity: 'notice',
  server,
  seen: `${nodes.join(', ')} ${nodes.length === 1 ? 'does' : 'do'} not watch this server, or ${nodes.length === 1 ? 'has' : 'have'} not seen it`,
  consequence: 'What they see does not count when it is to be decided whether the server is dead.',
  remedies: [],
  advice: 'Have them discover the cluster.',
});
