/**
 * What stands between an analysis and a recovery, as values: the same gates hold a recovery back and explain why (spec/recovery.md 1.3).
 */
import { type ActingProof, actingProof, proofText } from '../analysis/acting-proof.ts';
import { actionability, recoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { blockingRecovery } from './registration.ts';

export type GateName =
  | 'routine'
  | 'leadership'
  | 'downtime'
  | 'other-work'
  | 'global-switch'
  | 'cluster-filter'
  | 'proof'
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
}

const gate = (name: GateName, closed: string | null, open: string, opensAt: UnixMillis | null = null): Gate =>
  closed === null ? { name, isOpen: true, text: open, opensAt: null } : { name, isOpen: false, text: closed, opensAt };

/** Whether the topology bears the entry out, as it is known now. */
export function proofNow(entry: AnalysisEntry, { known, clock }: Pick<RecoveryPorts, 'known' | 'clock'>): ActingProof {
  const witnesses = [entry.key, ...entry.replicas].flatMap((key) => known.get(key) ?? []);
  return actingProof(entry, witnesses, clock.now());
}

/**
 * Those that a person's order passes and that ask for nothing but the present: the switch, the filters, the proof, and for how long it has been so
 * (`lastedMillis`). In their order.
 */
export async function policyGates(
  entry: AnalysisEntry,
  ports: RecoveryPorts,
  lastedMillis: number,
): Promise<readonly Gate[]> {
  const isDisabled = await ports.store.recoveriesDisabled();
  const proof = proofNow(entry, ports);
  return [
    gate('global-switch', isDisabled ? 'recoveries are disabled globally' : null, 'recoveries are enabled'),
    gate(
      'cluster-filter',
      entry.cluster.hasAutomatedMasterRecovery ? null : 'the cluster is not in RecoverMasterClusterFilters',
      'RecoverMasterClusterFilters has the cluster',
    ),
    // A8: acting needs proof. The code follows the contract; a connected receiver that hears something says that the source lives.
    gate('proof', proof.kind === 'proven' ? null : `not proven dead: ${proofText(proof)}`, proofText(proof)),
    minimumTime(entry, ports, lastedMillis),
  ];
}

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
}

/** All of them. */
export async function allGates(
  entry: AnalysisEntry,
  ports: RecoveryPorts,
  { busyWith, lastedMillis }: ForPeople,
): Promise<readonly Gate[]> {
  const { code } = entry;
  const isHandled = actionability(code) === 'actionable' && recoveryRoutine(code) === 'dead-primary';
  const blocking = await blockingRecovery(entry, ports);
  const { recoveryBlockSeconds, noop } = ports.policy();
  return [
    gate('routine', isHandled ? null : `there is no recovery for ${code}`, `${code} is recovered`),
    gate('leadership', ports.mayBegin() ? null : 'this node does not lead', 'this node leads'),
    gate('downtime', entry.isSkippableDueToDowntime ? 'downtimed' : null, 'not downtimed', entry.downtimeEnd),
    gate('other-work', busyWith === '' ? null : `busy with ${busyWith}`, 'nothing is under way in the cluster'),
    ...(await policyGates(entry, ports, lastedMillis)),
    gate(
      'recent-recovery',
      blocking?.text ?? null,
      'no recovery of the cluster is in its active period',
      blocking === null ? null : unixMillis(blocking.by.start + recoveryBlockSeconds * 1_000),
    ),
    gate('no-op', noop ? 'this process was started with --noop' : null, 'servers are told'),
  ];
}
