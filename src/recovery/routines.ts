/** Which recovery answers which analysis, and what holds it back (spec/recovery.md 1.2). */
import { type RecoveryRoutine, storedRecoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { recoverDeadCoPrimary } from './dead-co-primary.ts';
import { recoverDeadPrimary } from './dead-primary.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { recoverDeadGroupMember } from './repairs/dead-group-member.ts';
import { nobodyAbove, recoverDeadIntermediatePrimary } from './repairs/dead-intermediate-primary.ts';
import { replicasAreHeld } from './repairs/held-replicas.ts';
import { recoverNonWritablePrimary, writableRefusal } from './repairs/non-writable-primary.ts';
import { recoverLockedSemiSync, recoverTooManySemiSyncReplicas, SWITCHED_OFF } from './repairs/semi-sync.ts';
import type { Attempt } from './run-recovery.ts';

export type ClusterFilter = 'RecoverMasterClusterFilters' | 'RecoverIntermediateMasterClusterFilters';

export interface Routine {
  readonly recover: Attempt;
  /** Another server becomes the primary. Else it is a repair: it gives way to such a recovery, and never holds one up. */
  readonly changesPrimary: boolean;
  /** That must have the cluster; null: no filter is about it. */
  readonly filter: ClusterFilter | null;
  /** Which settings switch it off now; null: it is on. */
  readonly switchedOff: (policy: RecoveryPolicy) => string | null;
  /** Why it cannot do anything for now, asked before it is recorded; null: it can. */
  readonly notYet: (entry: AnalysisEntry, ports: RecoveryPorts) => Promise<string | null>;
  /** Of its lines in the general audit (spec/recovery.md 9.4). Null: it has none, its steps tell all. */
  readonly auditType: string | null;
  /** Anti-flapping holds a person's order back as well. */
  readonly isAlwaysHeldBack: boolean;
}

const always = (): null => null;
const atOnce = async (): Promise<null> => null;

export const ROUTINES: Readonly<Record<RecoveryRoutine, Routine>> = {
  'dead-primary': {
    recover: recoverDeadPrimary,
    changesPrimary: true,
    filter: 'RecoverMasterClusterFilters',
    switchedOff: always,
    notYet: atOnce,
    auditType: 'recover-dead-master',
    isAlwaysHeldBack: false,
  },
  'dead-co-primary': {
    recover: recoverDeadCoPrimary,
    changesPrimary: true,
    filter: 'RecoverMasterClusterFilters',
    switchedOff: always,
    notYet: atOnce,
    auditType: 'recover-dead-co-master',
    isAlwaysHeldBack: false,
  },
  'dead-intermediate-primary': {
    recover: recoverDeadIntermediatePrimary,
    changesPrimary: false,
    filter: 'RecoverIntermediateMasterClusterFilters',
    switchedOff: always,
    notYet: async (entry, ports) => (await nobodyAbove(entry, ports)) ?? replicasAreHeld(entry, ports),
    auditType: 'recover-dead-intermediate-master',
    isAlwaysHeldBack: false,
  },
  'dead-group-member': {
    recover: recoverDeadGroupMember,
    changesPrimary: false,
    filter: 'RecoverIntermediateMasterClusterFilters',
    switchedOff: always,
    notYet: replicasAreHeld,
    auditType: 'recover-dead-replication-group-member-with-replicas',
    isAlwaysHeldBack: false,
  },
  'non-writeable-primary': {
    recover: recoverNonWritablePrimary,
    changesPrimary: false,
    filter: null,
    // What has restarted read-only is called so only where its cluster's primary is recovered (`analysisEntry`).
    switchedOff: ({ recoversNonWriteablePrimary, recoversRestartedPrimary }) =>
      recoversNonWriteablePrimary || recoversRestartedPrimary ? null : 'RecoverNonWriteableMaster is not set',
    notYet: writableRefusal,
    auditType: 'recover-non-writeable-master',
    isAlwaysHeldBack: true,
  },
  'locked-semi-sync': {
    recover: recoverLockedSemiSync,
    changesPrimary: false,
    filter: null,
    // 12.2 #9: where nothing would be done there is no record that blocks others.
    switchedOff: ({ semiSyncMode }) => (semiSyncMode === null ? SWITCHED_OFF : null),
    notYet: atOnce,
    auditType: null,
    isAlwaysHeldBack: true,
  },
  'too-many-semi-sync-replicas': {
    recover: recoverTooManySemiSyncReplicas,
    changesPrimary: false,
    filter: null,
    switchedOff: ({ semiSyncMode }) => (semiSyncMode === 'exact' ? null : 'EnforceExactSemiSyncReplicas is not set'),
    notYet: atOnce,
    auditType: null,
    isAlwaysHeldBack: true,
  },
};

/** Replicas of a server that is no primary are brought elsewhere. */
export function isAboutReplicas(code: string): boolean {
  const routine = storedRecoveryRoutine(code);
  return routine !== null && ROUTINES[routine].filter === 'RecoverIntermediateMasterClusterFilters';
}

/** Of a recovery as it was recorded, by whichever version. Codes that nobody knows count as changes of the primary: they hold back what may be dangerous. */
export function isRepair(code: string): boolean {
  const routine = storedRecoveryRoutine(code);
  return routine !== null && !ROUTINES[routine].changesPrimary;
}
