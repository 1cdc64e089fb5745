/**
 * The decision ladder: exactly one code for a server, the first line that holds (spec/failure-detection.md section 8).
 * The order is part of the meaning: a line may rely on those above it not having held.
 */
import type { Aggregates } from './aggregates.ts';
import type { EntryCode } from './codes.ts';
import type { AnalysisPolicy } from './policy.ts';

export interface LadderLine {
  /** Number in the spec's table 8.1; `group` for the one rule of 8.2, `write-probe` and `restarted` for those of ours. Two rows share line 8. */
  readonly line: number | 'group' | 'write-probe' | 'restarted';
  readonly code: EntryCode;
  readonly when: (facts: Aggregates, policy: AnalysisPolicy) => boolean;
}

export interface Conclusion {
  readonly code: EntryCode;
  /** The line that held; null: none did. */
  readonly line: LadderLine['line'] | null;
}

/** For servers that are not members of a replication group (spec 8.1). */
export const LADDER: readonly LadderLine[] = [
  { line: 1, code: 'DeadMasterWithoutReplicas', when: (x) => unreachablePrimary(x) && x.countReplicas === 0 },
  // No "has replicas" here: line 1 took the server without.
  { line: 2, code: 'DeadMaster', when: (x) => unreachablePrimary(x) && everyReplicaValid(x) && noneReplicates(x) },
  // A4: nobody answers at all, which is as likely our own network. Never acted on.
  {
    line: 3,
    code: 'DeadMasterAndReplicas',
    when: (x) => unreachablePrimary(x) && x.countReplicas > 0 && x.countValid === 0 && noneReplicates(x),
  },
  {
    line: 4,
    code: 'DeadMasterAndSomeReplicas',
    when: (x) => unreachablePrimary(x) && someReplicasValid(x) && noneReplicates(x),
  },
  { line: 5, code: 'UnreachableMasterWithLaggingReplicas', when: (x) => unreachablePrimary(x) && everyReplicaLags(x) },
  {
    line: 6,
    code: 'UnreachableMaster',
    when: (x) => unreachablePrimary(x) && !x.lastCheckPartialSuccess && x.countValid > 0 && someReplicate(x),
  },
  // A10: a server that answered in part is reported only when a replica cannot connect either.
  {
    line: 7,
    code: 'UnreachableMaster',
    when: (x) =>
      unreachablePrimary(x) &&
      x.lastCheckPartialSuccess &&
      x.countFailingToConnect > 0 &&
      x.countValid > 0 &&
      someReplicate(x),
  },
  // A12. Lines 8 and 9 do not ask whether the server is reachable (contract).
  { line: 8, code: 'LockedSemiSyncMaster', when: (x) => lacksAckers(x) && x.hasStaleCoordinates },
  { line: 8, code: 'LockedSemiSyncMasterHypothesis', when: (x) => lacksAckers(x) },
  {
    line: 9,
    code: 'MasterWithTooManySemiSyncReplicas',
    when: (x, policy) =>
      policy.enforceExactSemiSyncReplicas && semiSyncActive(x) && x.semiSyncClients > x.semiSyncWaitForReplicaCount,
  },
  // A11. Not in the contract's table: nobody tries unless a table is named for it (`WriteProbeTable`).
  { line: 'write-probe', code: 'MasterCannotCommit', when: (x) => reachablePrimary(x) && x.cannotCommit },
  // A23. Not in the contract's table either. Its replicas may try to connect once a minute only, and what they have received can be asked of them all the same.
  {
    line: 'restarted',
    code: 'NoWriteableMasterStructureWarning',
    when: (x) =>
      (x.isPrimary || x.isCoPrimary) &&
      x.lastCheckValid &&
      x.isReadOnly &&
      x.isReadOnlyByRestart &&
      x.countReplicas > 0,
  },
  {
    line: 10,
    code: 'NoWriteableMasterStructureWarning',
    when: (x, policy) => reachablePrimary(x) && x.isReadOnly && someReplicate(x) && policy.recoverNonWriteableMaster,
  },
  {
    line: 11,
    code: 'MasterSingleReplicaNotReplicating',
    when: (x) => reachablePrimary(x) && x.countReplicas === 1 && everyReplicaValid(x) && noneReplicates(x),
  },
  {
    line: 12,
    code: 'MasterSingleReplicaDead',
    when: (x) => reachablePrimary(x) && x.countReplicas === 1 && x.countValid === 0,
  },
  // A5: a replication problem of a living server.
  {
    line: 13,
    code: 'AllMasterReplicasNotReplicating',
    when: (x) => reachablePrimary(x) && x.countReplicas > 1 && everyReplicaValid(x) && noneReplicates(x),
  },
  {
    line: 14,
    code: 'AllMasterReplicasNotReplicatingOrDead',
    when: (x) => reachablePrimary(x) && x.countReplicas > 1 && someReplicasValid(x) && noneReplicates(x),
  },
  {
    line: 15,
    code: 'DeadCoMaster',
    when: (x) => unreachableCoPrimary(x) && x.countReplicas > 0 && everyReplicaValid(x) && noneReplicates(x),
  },
  {
    line: 16,
    code: 'DeadCoMasterAndSomeReplicas',
    when: (x) => unreachableCoPrimary(x) && x.countReplicas > 0 && someReplicasValid(x) && noneReplicates(x),
  },
  {
    line: 17,
    code: 'UnreachableCoMaster',
    when: (x) => unreachableCoPrimary(x) && !x.lastCheckPartialSuccess && x.countValid > 0 && someReplicate(x),
  },
  {
    line: 18,
    code: 'AllCoMasterReplicasNotReplicating',
    when: (x) => x.isCoPrimary && x.lastCheckValid && x.countReplicas > 0 && noneReplicates(x),
  },
  {
    line: 19,
    code: 'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
    when: (x) =>
      unreachableReplica(x) &&
      x.countReplicas === 1 &&
      everyReplicaValid(x) &&
      x.countFailingToConnect === x.countReplicas &&
      noneReplicates(x),
  },
  {
    line: 20,
    code: 'DeadIntermediateMasterWithSingleReplica',
    when: (x) => unreachableReplica(x) && x.countReplicas === 1 && everyReplicaValid(x) && noneReplicates(x),
  },
  {
    line: 21,
    code: 'DeadIntermediateMaster',
    when: (x) => unreachableReplica(x) && x.countReplicas > 1 && everyReplicaValid(x) && noneReplicates(x),
  },
  {
    line: 22,
    code: 'DeadIntermediateMasterAndSomeReplicas',
    when: (x) => unreachableReplica(x) && someReplicasValid(x) && noneReplicates(x),
  },
  {
    line: 23,
    code: 'DeadIntermediateMasterAndReplicas',
    when: (x) => unreachableReplica(x) && x.countReplicas > 0 && x.countValid === 0,
  },
  {
    line: 24,
    code: 'UnreachableIntermediateMasterWithLaggingReplicas',
    when: (x) => unreachableReplica(x) && everyReplicaLags(x),
  },
  {
    line: 25,
    code: 'UnreachableIntermediateMaster',
    when: (x) => unreachableReplica(x) && !x.lastCheckPartialSuccess && x.countValid > 0 && someReplicate(x),
  },
  {
    line: 26,
    code: 'AllIntermediateMasterReplicasFailingToConnectOrDead',
    when: (x) =>
      reachableReplica(x) &&
      x.countReplicas > 1 &&
      noneReplicates(x) &&
      x.countFailingToConnect > 0 &&
      x.countFailingToConnect === x.countValid,
  },
  {
    line: 27,
    code: 'AllIntermediateMasterReplicasNotReplicating',
    when: (x) => reachableReplica(x) && x.countReplicas > 0 && x.countValid > 0 && noneReplicates(x),
  },
  // A16, A17: the only lines a leaf can get.
  { line: 28, code: 'BinlogServerFailingToConnectToMaster', when: (x) => x.isBinlogServer && x.isFailingToConnect },
  {
    line: 29,
    code: 'FirstTierReplicaFailingToConnectToMaster',
    when: (x) => x.replicationDepth === 1 && x.isFailingToConnect,
  },
];

/** For members of a replication group: none of the lines above applies to them, not even to a primary (spec 8.2). */
export const GROUP_MEMBER_LADDER: readonly LadderLine[] = [
  {
    line: 'group',
    code: 'DeadReplicationGroupMemberWithReplicas',
    when: (x) => !x.lastCheckValid && x.countReplicas > 0 && noneReplicates(x),
  },
];

/** The first line that holds; `NoProblem` when none does. */
export function conclude(facts: Aggregates, policy: AnalysisPolicy): Conclusion {
  const ladder = facts.isGroupMember ? GROUP_MEMBER_LADDER : LADDER;
  const held = ladder.find((line) => line.when(facts, policy));
  return held === undefined ? { code: 'NoProblem', line: null } : { code: held.code, line: held.line };
}

function unreachablePrimary(x: Aggregates): boolean {
  return x.isPrimary && !x.lastCheckValid;
}

function reachablePrimary(x: Aggregates): boolean {
  return x.isPrimary && x.lastCheckValid;
}

function unreachableCoPrimary(x: Aggregates): boolean {
  return x.isCoPrimary && !x.lastCheckValid;
}

function unreachableReplica(x: Aggregates): boolean {
  return !x.isPrimary && !x.lastCheckValid;
}

function reachableReplica(x: Aggregates): boolean {
  return !x.isPrimary && x.lastCheckValid;
}

function everyReplicaValid(x: Aggregates): boolean {
  return x.countValid === x.countReplicas;
}

/** Some, but not all. */
function someReplicasValid(x: Aggregates): boolean {
  return x.countValid > 0 && x.countValid < x.countReplicas;
}

function noneReplicates(x: Aggregates): boolean {
  return x.countValidReplicating === 0;
}

function someReplicate(x: Aggregates): boolean {
  return x.countValidReplicating > 0;
}

/** A7: replicas delayed on purpose are no witnesses of a lag; where all are delayed, the line does not hold. */
function everyReplicaLags(x: Aggregates): boolean {
  return x.countLagging === x.countReplicas && x.countDelayed < x.countReplicas && someReplicate(x);
}

function semiSyncActive(x: Aggregates): boolean {
  return x.isPrimary && x.semiSyncEnabled && x.semiSyncStatus && x.semiSyncWaitForReplicaCount > 0;
}

function lacksAckers(x: Aggregates): boolean {
  return semiSyncActive(x) && x.semiSyncClients < x.semiSyncWaitForReplicaCount;
}
