/**
 * What stands between an analysis and a recovery, as values: the same gates hold a recovery back and explain why (spec/recovery.md 1.3).
 */
import { type ActingProof, actingProof, proofText } from '../analysis/acting-proof.ts';
import { type Agreement, agreement, agreementText, isSettled, type NodeVote } from '../analysis/agreement.ts';
import { actionability, claimsDeath, recoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { NodeAnswer } from '../ports/other-nodes.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { blockingRecovery } from './registration.ts';
import { type ClusterFilter, ROUTINES, type Routine } from './routines.ts';

export type GateName =
  | 'maintenance'
  | 'ignored-host'
  | 'warm-up'
  | 'grace'
  | 'passing'
  | 'routine'
  | 'setting'
  | 'leadership'
  | 'downtime'
  | 'other-work'
  | 'global-switch'
  | 'cluster-filter'
  | 'proof'
  | 'agreement'
  | 'minimum-time'
  | 'recent-recovery'
  | 'no-op';

export interface Gate {
  readonly name: GateName;
  readonly isOpen: boolean;
  /** One clause: why it is closed, or what keeps it open. */
  readonly text: string;
  /** When it opens by itself; null: never, or it is open. */
  readonly opensAt: UnixMillis | null;
  /** Of the agreement: who misses the server, this node included. Absent where nobody was asked. */
  readonly agreeing?: readonly string[];
}

export const gate = (name: GateName, closed: string | null, open: string, opensAt: UnixMillis | null = null): Gate =>
  closed === null ? { name, isOpen: true, text: open, opensAt: null } : { name, isOpen: false, text: closed, opensAt };

/** Whether the topology bears the entry out, as it is known now. */
export function proofNow(entry: AnalysisEntry, { known, clock }: Pick<RecoveryPorts, 'known' | 'clock'>): ActingProof {
  const witnesses = [entry.key, ...entry.replicas].flatMap((key) => known.get(key) ?? []);
  return actingProof(entry, witnesses, clock.now());
}

/** Other nodes look once more before they answer; who has not by then does not count as heard. Milliseconds. */
export const AGREEMENT_MILLIS = 1_000;

/** A20: what the other nodes see of the accused server, asked now. Codes that claim no death need nobody's word. */
export async function agreementNow(
  { key, code }: AnalysisEntry,
  { otherNodes, identity, policy }: Pick<RecoveryPorts, 'otherNodes' | 'identity' | 'policy'>,
): Promise<Agreement> {
  const { asksOtherNodes, agreeingNodes } = policy().agreement;
  if (!claimsDeath(code) || !asksOtherNodes || otherNodes.isAlone()) return { kind: 'not-asked' };
  const self = identity.hostname;
  const votes = (answers: readonly NodeAnswer[]) => answers.map((answer) => voteOf(answer, key));
  const suffices = (answers: readonly NodeAnswer[], missing: number): boolean =>
    isSettled(self, votes(answers), missing, agreeingNodes);
  const answers = await otherNodes.ask([key], 'now', AGREEMENT_MILLIS, suffices);
  return agreement(self, votes(answers), agreeingNodes);
}

/** Of a death that is only imagined: whether the nodes that can be asked at all would be enough, did each of them miss the server. Null: nobody is asked. */
export function agreementAtBest(
  answers: readonly NodeAnswer[],
  { identity, policy }: Pick<RecoveryPorts, 'identity' | 'policy'>,
): Gate | null {
  const { asksOtherNodes, agreeingNodes } = policy().agreement;
  if (!asksOtherNodes || answers.length === 0) return null;
  const votes = answers.map(({ node, kind }): NodeVote => ({ node, kind: kind === 'seen' ? 'silent' : 'no-answer' }));
  const verdict = agreement(identity.hostname, votes, agreeingNodes);
  const text = agreementText(verdict);
  return gate('agreement', verdict.kind === 'agreed' ? null : text, 'enough nodes can be asked');
}

function voteOf(answer: NodeAnswer, key: InstanceKey): NodeVote {
  const { node } = answer;
  if (answer.kind === 'no-answer') return { node, kind: 'no-answer' };
  return { node, kind: answer.sights.find((seen) => keyId(seen.key) === keyId(key))?.sight ?? 'unknown' };
}

/** Whether it is dead, by the word of the topology and then of the other nodes. */
async function deathGates(entry: AnalysisEntry, ports: RecoveryPorts, mayAsk: boolean): Promise<readonly Gate[]> {
  const proof = proofNow(entry, ports);
  if (proof.kind === 'not-needed') return [gate('proof', null, proofText(proof))];
  // A8: acting needs proof. The code follows the contract; a connected receiver that hears something says that the source lives.
  if (proof.kind !== 'proven') return [gate('proof', `not proven dead: ${proofText(proof)}`, '')];
  if (!mayAsk) return [gate('proof', null, proofText(proof))];
  const verdict = await agreementNow(entry, ports);
  const isOpen = verdict.kind === 'agreed' || verdict.kind === 'not-asked';
  const text = agreementText(verdict);
  const agreed = gate('agreement', isOpen ? null : text, text);
  return [
    gate('proof', null, proofText(proof)),
    verdict.kind === 'agreed' ? { ...agreed, agreeing: verdict.agreeing } : agreed,
  ];
}

/**
 * Those that a person's order passes and that ask for nothing but the present: the switch, the filters, the proof, and for how long it has been so
 * (`lastedMillis`). In their order. `isPretended`: of a death that is only imagined nobody is asked for a proof.
 */
export async function policyGates(
  entry: AnalysisEntry,
  ports: RecoveryPorts,
  { lastedMillis, isPretended = false }: { readonly lastedMillis: number; readonly isPretended?: boolean },
): Promise<readonly Gate[]> {
  const isDisabled = await ports.store.recoveriesDisabled();
  const first = [
    gate('global-switch', isDisabled ? 'recoveries are disabled globally' : null, 'recoveries are enabled'),
    clusterFilter(entry),
  ];
  const last = minimumTime(entry, ports, lastedMillis);
  // What is held back anyway is no reason to have every node look at a server once a second, for as long as it is dead.
  const mayAsk = [...first, last].every(({ isOpen }) => isOpen);
  return [...first, ...(isPretended ? [] : await deathGates(entry, ports, mayAsk)), last];
}

/** B1: opted in for this kind of recovery. */
function clusterFilter({ code, cluster }: AnalysisEntry): Gate {
  const filter = filterOf(code);
  if (filter === null) return gate('cluster-filter', null, 'no filter is about it');
  const { hasAutomatedMasterRecovery, hasAutomatedIntermediateMasterRecovery } = cluster;
  const isOptedIn =
    filter === 'RecoverMasterClusterFilters' ? hasAutomatedMasterRecovery : hasAutomatedIntermediateMasterRecovery;
  return gate('cluster-filter', isOptedIn ? null : `the cluster is not in ${filter}`, `${filter} has the cluster`);
}

/** What has no recovery yet is spoken of as a primary. */
function filterOf(code: AnalysisEntry['code']): ClusterFilter | null {
  const routine = routineOf(code);
  return routine === null ? 'RecoverMasterClusterFilters' : routine.filter;
}

function routineOf(code: AnalysisEntry['code']): Routine | null {
  const name = recoveryRoutine(code);
  return name === null ? null : ROUTINES[name];
}

const downtimeText = ({ isDowntimed, areReplicasDowntimed }: AnalysisEntry): string | null => {
  if (isDowntimed) return 'downtimed';
  return areReplicasDowntimed ? 'all its replicas are downtimed' : null;
};

/** A22: what comes and goes faster than it must last is never acted on. */
function minimumTime({ cluster, code }: AnalysisEntry, { policy, clock }: RecoveryPorts, lastedMillis: number): Gate {
  const needed = policy().minimumSeconds(cluster, code) * 1_000;
  const isOpen = lastedMillis >= needed;
  const closed = `it must last ${needed / 1_000} s (MinimumSecondsBeforeRecovery)`;
  const opensAt = isOpen ? null : unixMillis(clock.now() + needed - lastedMillis);
  return gate(
    'minimum-time',
    isOpen ? null : closed,
    needed === 0 ? 'nothing is waited for' : 'it has lasted',
    opensAt,
  );
}

export interface ForPeople {
  /** What is under way in the cluster; '' for nothing. */
  readonly busyWith: string;
  /** How long the entry has been what it is. */
  readonly lastedMillis: number;
  readonly isPretended?: boolean;
  /** Whether the node that would act leads. */
  readonly leader: Gate;
}

/** All of them, but for those that only the service itself knows. */
export async function allGates(
  entry: AnalysisEntry,
  ports: RecoveryPorts,
  { busyWith, leader, ...asked }: ForPeople,
): Promise<readonly Gate[]> {
  const { code } = entry;
  const routine = actionability(code) === 'actionable' ? routineOf(code) : null;
  const blocking = await blockingRecovery(entry, ports);
  const { recoveryBlockSeconds, noop } = ports.policy();
  return [
    gate('routine', routine === null ? `there is no recovery for ${code}` : null, `${code} is recovered`),
    gate('setting', routine?.switchedOff(ports.policy()) ?? null, 'no setting switches it off'),
    leader,
    gate('downtime', downtimeText(entry), 'not downtimed', entry.downtimeEnd),
    gate('other-work', busyWith === '' ? null : `busy with ${busyWith}`, 'nothing is under way in the cluster'),
    ...(await policyGates(entry, ports, asked)),
    gate(
      'recent-recovery',
      blocking?.text ?? null,
      'no recovery of the cluster is in its active period',
      // One that has not ended blocks for as long as it goes on.
      blocking === null || blocking.by.end === null
        ? null
        : unixMillis(blocking.by.start + recoveryBlockSeconds * 1_000),
    ),
    gate('no-op', noop ? 'this process was started with --noop' : null, 'servers are told'),
  ];
}
