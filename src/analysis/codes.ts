/**
 * The analysis codes and structure warnings of the contract, and what is known of each (spec/failure-detection.md 7-9, 12.2).
 * Codes are contract words and keep the old vocabulary; texts are what people read on pages and in hooks.
 */

/** Structure warnings in the order in which they are listed (spec section 9). */
export const STRUCTURE_WARNINGS = [
  'NoLoggingReplicasStructureWarning',
  'NoFailoverSupportStructureWarning',
  'StatementAndMixedLoggingReplicasStructureWarning',
  'StatementAndRowLoggingReplicasStructureWarning',
  'MixedAndRowLoggingReplicasStructureWarning',
  'MultipleMajorVersionsLoggingReplicasStructureWarning',
  'DifferentGTIDModesStructureWarning',
  'ErrantGTIDStructureWarning',
  'NoWriteableMasterStructureWarning',
  'NotEnoughValidSemiSyncReplicasStructureWarning',
] as const;

export type StructureWarning = (typeof STRUCTURE_WARNINGS)[number];

/** The 31 analysis codes. `MasterWithoutReplicas` is defined by the contract and never produced. */
export const ANALYSIS_CODES = [
  'NoProblem',
  'DeadMasterWithoutReplicas',
  'DeadMaster',
  'DeadMasterAndReplicas',
  'DeadMasterAndSomeReplicas',
  'UnreachableMasterWithLaggingReplicas',
  'UnreachableMaster',
  'MasterSingleReplicaNotReplicating',
  'MasterSingleReplicaDead',
  'AllMasterReplicasNotReplicating',
  'AllMasterReplicasNotReplicatingOrDead',
  'LockedSemiSyncMasterHypothesis',
  'LockedSemiSyncMaster',
  'MasterWithTooManySemiSyncReplicas',
  'MasterWithoutReplicas',
  'DeadCoMaster',
  'DeadCoMasterAndSomeReplicas',
  'UnreachableCoMaster',
  'AllCoMasterReplicasNotReplicating',
  'DeadIntermediateMaster',
  'DeadIntermediateMasterWithSingleReplica',
  'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
  'DeadIntermediateMasterAndSomeReplicas',
  'DeadIntermediateMasterAndReplicas',
  'UnreachableIntermediateMasterWithLaggingReplicas',
  'UnreachableIntermediateMaster',
  'AllIntermediateMasterReplicasFailingToConnectOrDead',
  'AllIntermediateMasterReplicasNotReplicating',
  'FirstTierReplicaFailingToConnectToMaster',
  'BinlogServerFailingToConnectToMaster',
  'DeadReplicationGroupMemberWithReplicas',
] as const;

export type AnalysisCode = (typeof ANALYSIS_CODES)[number];

/** Codes that the contract does not have; each is produced only where a key of our own asks for it. */
export const OWN_CODES = ['MasterCannotCommit'] as const;

/** What the analysis of an entry can be: one structure warning doubles as a code (ladder line 10). */
export type EntryCode = AnalysisCode | (typeof OWN_CODES)[number] | 'NoWriteableMasterStructureWarning';

/** `actionable`: has a recovery routine. `registered-only`: the detection is registered and its hooks run. `none`: a log line. */
export type Actionability = 'actionable' | 'registered-only' | 'none';

/** Which recovery answers an actionable code (spec 12.2; the recoveries themselves: spec/recovery.md). */
export type RecoveryRoutine =
  | 'dead-primary'
  | 'dead-co-primary'
  | 'dead-intermediate-primary'
  | 'dead-group-member'
  | 'locked-semi-sync'
  | 'too-many-semi-sync-replicas'
  | 'non-writeable-primary';

interface CodeFacts {
  /** One English sentence; '' for no problem. Clients show it as it is. */
  readonly description: string;
  readonly answer: RecoveryRoutine | 'registered-only' | 'none';
  /** Says that a server is dead: acting on it needs proof (see acting-proof.ts). */
  readonly claimsDeath?: true;
  /** The pages for failures highlight it (spec 11.2). */
  readonly isHighlighted?: true;
  /** Concerns the replicas only, so that downtime of all of them mutes it (spec section 10, step 4). */
  readonly isMutedByDowntimedReplicas?: true;
}

const FACTS: Readonly<Record<EntryCode, CodeFacts>> = {
  NoProblem: { description: '', answer: 'none' },
  DeadMasterWithoutReplicas: {
    description: 'Master cannot be reached by orchestrator and has no replica',
    answer: 'none',
    claimsDeath: true,
    isHighlighted: true,
  },
  DeadMaster: {
    description: 'Master cannot be reached by orchestrator and none of its replicas is replicating',
    answer: 'dead-primary',
    claimsDeath: true,
    isHighlighted: true,
  },
  DeadMasterAndReplicas: {
    // The contract gives it the wording of DeadMaster, though in truth nobody is reachable at all.
    description: 'Master cannot be reached by orchestrator and none of its replicas is replicating',
    answer: 'registered-only',
    claimsDeath: true,
    isHighlighted: true,
  },
  DeadMasterAndSomeReplicas: {
    description:
      'Master cannot be reached by orchestrator, nor can some of its replicas, and none of the others is replicating',
    answer: 'dead-primary',
    claimsDeath: true,
    isHighlighted: true,
  },
  UnreachableMasterWithLaggingReplicas: {
    description: 'Master cannot be reached by orchestrator and all of its replicas are lagging',
    answer: 'registered-only',
    isHighlighted: true,
  },
  UnreachableMaster: {
    description:
      'Master cannot be reached by orchestrator but has replicas that replicate, so this may be a network problem',
    answer: 'registered-only',
    isHighlighted: true,
  },
  MasterSingleReplicaNotReplicating: {
    description: 'Master is reachable but its single replica is not replicating',
    answer: 'none',
  },
  MasterSingleReplicaDead: {
    description: 'Master is reachable but its single replica is dead',
    answer: 'none',
    isMutedByDowntimedReplicas: true,
  },
  AllMasterReplicasNotReplicating: {
    description: 'Master is reachable but none of its replicas is replicating',
    answer: 'registered-only',
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  AllMasterReplicasNotReplicatingOrDead: {
    description: 'Master is reachable but none of its replicas is replicating',
    answer: 'registered-only',
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  LockedSemiSyncMasterHypothesis: {
    description: 'Semi-sync master gets too few acknowledgements and may be locked; more samples are needed',
    answer: 'none',
  },
  LockedSemiSyncMaster: {
    description: 'Semi-sync master gets too few acknowledgements and is locked',
    answer: 'locked-semi-sync',
    isHighlighted: true,
  },
  MasterWithTooManySemiSyncReplicas: {
    description: 'Semi-sync master has more semi-sync replicas than it is meant to have',
    answer: 'too-many-semi-sync-replicas',
  },
  MasterWithoutReplicas: { description: 'Master has no replica', answer: 'none' },
  DeadCoMaster: {
    description: 'Co-master cannot be reached by orchestrator and none of its replicas is replicating',
    answer: 'dead-co-primary',
    claimsDeath: true,
    isHighlighted: true,
  },
  DeadCoMasterAndSomeReplicas: {
    description:
      'Co-master cannot be reached by orchestrator, nor can some of its replicas, and none of the others is replicating',
    answer: 'dead-co-primary',
    claimsDeath: true,
    isHighlighted: true,
  },
  UnreachableCoMaster: {
    description:
      'Co-master cannot be reached by orchestrator but has replicas that replicate, so this may be a network problem',
    answer: 'none',
  },
  AllCoMasterReplicasNotReplicating: {
    description: 'Co-master is reachable but none of its replicas is replicating',
    answer: 'none',
    isMutedByDowntimedReplicas: true,
  },
  DeadIntermediateMaster: {
    description: 'Intermediate master cannot be reached by orchestrator and none of its replicas is replicating',
    answer: 'dead-intermediate-primary',
    claimsDeath: true,
    isHighlighted: true,
  },
  DeadIntermediateMasterWithSingleReplica: {
    description: 'Intermediate master cannot be reached by orchestrator and its single replica is not replicating',
    answer: 'none',
    claimsDeath: true,
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  DeadIntermediateMasterWithSingleReplicaFailingToConnect: {
    description: 'Intermediate master cannot be reached by orchestrator and its single replica fails to connect to it',
    answer: 'dead-intermediate-primary',
    claimsDeath: true,
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  DeadIntermediateMasterAndSomeReplicas: {
    description:
      'Intermediate master cannot be reached by orchestrator, nor can some of its replicas, and none of the others is replicating',
    answer: 'dead-intermediate-primary',
    claimsDeath: true,
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  DeadIntermediateMasterAndReplicas: {
    description: 'Intermediate master cannot be reached by orchestrator, nor can any of its replicas',
    answer: 'registered-only',
    claimsDeath: true,
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  UnreachableIntermediateMasterWithLaggingReplicas: {
    description: 'Intermediate master cannot be reached by orchestrator and all of its replicas are lagging',
    answer: 'registered-only',
    isHighlighted: true,
  },
  UnreachableIntermediateMaster: {
    description:
      'Intermediate master cannot be reached by orchestrator but has replicas that replicate, so this may be a network problem',
    answer: 'none',
    isHighlighted: true,
  },
  AllIntermediateMasterReplicasFailingToConnectOrDead: {
    description: 'Intermediate master is reachable but every reachable replica of it fails to connect to it',
    answer: 'dead-intermediate-primary',
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  AllIntermediateMasterReplicasNotReplicating: {
    description: 'Intermediate master is reachable but none of its reachable replicas is replicating',
    answer: 'none',
    isHighlighted: true,
    isMutedByDowntimedReplicas: true,
  },
  FirstTierReplicaFailingToConnectToMaster: {
    description: 'First-tier replica cannot connect to the topology master',
    answer: 'none',
  },
  BinlogServerFailingToConnectToMaster: {
    description: 'Binlog server cannot connect to its master',
    answer: 'none',
    isHighlighted: true,
  },
  DeadReplicationGroupMemberWithReplicas: {
    description: 'Group member cannot be reached by orchestrator and none of its reachable replicas is replicating',
    answer: 'dead-group-member',
    claimsDeath: true,
  },
  NoWriteableMasterStructureWarning: {
    description: 'Master with replicas is read-only',
    answer: 'non-writeable-primary',
  },
  MasterCannotCommit: {
    description: 'Master is reachable but does not commit what is written to it',
    answer: 'registered-only',
    isHighlighted: true,
  },
};

/** The sentence people read; '' for `NoProblem`. */
export function description(code: EntryCode): string {
  return FACTS[code].description;
}

/** Of a code as it was stored, by whichever version: one that nobody knows has no recovery. */
export function storedRecoveryRoutine(code: string): RecoveryRoutine | null {
  const facts: CodeFacts | undefined = Object.hasOwn(FACTS, code) ? FACTS[code as EntryCode] : undefined;
  return facts === undefined || facts.answer === 'registered-only' || facts.answer === 'none' ? null : facts.answer;
}

/** The recovery that answers this code, or null. */
export function recoveryRoutine(code: EntryCode): RecoveryRoutine | null {
  const { answer } = FACTS[code];
  return answer === 'registered-only' || answer === 'none' ? null : answer;
}

/**
 * Whether a code leads to a recovery, to a registered detection only, or to nothing (spec 8.1 last column, 12.2).
 * Within the grace period that an emergency restart of receivers opens for the server, the codes that such a restart can itself provoke are registered
 * only: replicas that just connect anew must not look like those of a dead source. The contract has three of them; what holds for a primary holds for
 * every other source.
 */
export function actionability(code: EntryCode, isInGracePeriod = false): Actionability {
  const { answer } = FACTS[code];
  if (answer === 'registered-only' || answer === 'none') return answer;
  return isInGracePeriod && (claimsDeath(code) || code === 'LockedSemiSyncMaster') ? 'registered-only' : 'actionable';
}

/** Whether the code says that the server is dead (and not merely unreachable, locked or without replicating replicas). */
export function claimsDeath(code: EntryCode): boolean {
  return FACTS[code].claimsDeath === true;
}

/** Whether the pages for failures highlight the code (spec 11.2). */
export function isHighlighted(code: EntryCode): boolean {
  return FACTS[code].isHighlighted === true;
}

/** Whether downtime of every replica mutes the code, because it concerns the replicas only (spec section 10, step 4). */
export function isMutedByDowntimedReplicas(code: EntryCode): boolean {
  return FACTS[code].isMutedByDowntimedReplicas === true;
}
