/**
 * What an analysis code means to the person who is paged: words, how bad, and whether orchestrator acts on it by itself
 * (spec/failure-detection.md 8 and 9, spec/http-api.md 3.5).
 */

export type Severity = 'critical' | 'warning' | 'notice';

/** Which automatic recovery answers a code: switched on per cluster, for primaries and for intermediate primaries apart. */
export type AutomaticAnswer = 'primary' | 'intermediate' | 'none';

export interface CodeFacts {
  readonly words: string;
  readonly severity: Severity;
  readonly answer: AutomaticAnswer;
}

const code = (words: string, severity: Severity, answer: AutomaticAnswer = 'none'): CodeFacts => ({
  words,
  severity,
  answer,
});

const CODES: Readonly<Record<string, CodeFacts>> = {
  DeadMasterWithoutReplicas: code('Dead primary, and it has no replicas', 'critical'),
  DeadMaster: code('Primary is dead', 'critical', 'primary'),
  DeadMasterAndReplicas: code('Primary and all its replicas are unreachable', 'critical'),
  DeadMasterAndSomeReplicas: code('Primary and some replicas are dead', 'critical', 'primary'),
  UnreachableMasterWithLaggingReplicas: code('Primary does not answer, all replicas lag', 'critical'),
  UnreachableMaster: code('Primary does not answer, but replicas still hear it', 'critical'),
  LockedSemiSyncMaster: code('Primary waits for semi-sync acknowledgements that do not come', 'critical', 'primary'),
  LockedSemiSyncMasterHypothesis: code('Primary may be waiting for semi-sync acknowledgements', 'warning'),
  MasterWithTooManySemiSyncReplicas: code('More semi-sync replicas than wanted', 'critical', 'primary'),
  NoWriteableMasterStructureWarning: code('Primary is read-only', 'critical', 'primary'),
  MasterSingleReplicaNotReplicating: code('The only replica does not replicate', 'warning'),
  MasterSingleReplicaDead: code('The only replica is dead', 'warning'),
  AllMasterReplicasNotReplicating: code('No replica of the primary replicates', 'critical'),
  AllMasterReplicasNotReplicatingOrDead: code('No replica of the primary replicates, some are dead', 'critical'),
  MasterWithoutReplicas: code('Primary has no replicas', 'notice'),
  DeadCoMaster: code('Co-primary is dead', 'critical', 'primary'),
  DeadCoMasterAndSomeReplicas: code('Co-primary and some replicas are dead', 'critical', 'primary'),
  UnreachableCoMaster: code('Co-primary does not answer, but replicas still hear it', 'warning'),
  AllCoMasterReplicasNotReplicating: code('No replica of the co-primary replicates', 'warning'),
  DeadIntermediateMasterWithSingleReplicaFailingToConnect: code(
    'Intermediate primary is dead, its only replica cannot connect',
    'critical',
    'intermediate',
  ),
  DeadIntermediateMasterWithSingleReplica: code('Intermediate primary is dead, its only replica is cut off', 'warning'),
  DeadIntermediateMaster: code('Intermediate primary is dead', 'critical', 'intermediate'),
  DeadIntermediateMasterAndSomeReplicas: code(
    'Intermediate primary and some replicas are dead',
    'critical',
    'intermediate',
  ),
  DeadIntermediateMasterAndReplicas: code('Intermediate primary and all its replicas are unreachable', 'critical'),
  UnreachableIntermediateMasterWithLaggingReplicas: code(
    'Intermediate primary does not answer, all replicas lag',
    'warning',
  ),
  UnreachableIntermediateMaster: code('Intermediate primary does not answer, but replicas still hear it', 'warning'),
  AllIntermediateMasterReplicasFailingToConnectOrDead: code(
    'No replica can connect to the intermediate primary',
    'critical',
    'intermediate',
  ),
  AllIntermediateMasterReplicasNotReplicating: code('No replica of the intermediate primary replicates', 'warning'),
  BinlogServerFailingToConnectToMaster: code('Binlog server cannot connect to the primary', 'warning'),
  FirstTierReplicaFailingToConnectToMaster: code('Replica cannot connect to the primary', 'warning'),
  DeadReplicationGroupMemberWithReplicas: code('Group member with replicas is dead', 'critical', 'intermediate'),
};

const STRUCTURE: Readonly<Record<string, string>> = {
  NoLoggingReplicasStructureWarning: 'No replica logs what it applies: none could be promoted with others below it',
  NoFailoverSupportStructureWarning: 'No GTID and nothing else that a failover could use to move replicas',
  StatementAndMixedLoggingReplicasStructureWarning: 'Replicas mix statement and mixed binary log formats',
  StatementAndRowLoggingReplicasStructureWarning: 'Replicas mix statement and row binary log formats',
  MixedAndRowLoggingReplicasStructureWarning: 'Replicas mix mixed and row binary log formats',
  MultipleMajorVersionsLoggingReplicasStructureWarning: 'Replicas have different major versions',
  DifferentGTIDModesStructureWarning: 'GTID mode differs between primary and replicas',
  ErrantGTIDStructureWarning: 'A replica has transactions that its source does not have',
  NoWriteableMasterStructureWarning: 'Primary is read-only: nobody can write',
  NotEnoughValidSemiSyncReplicasStructureWarning: 'Semi-sync is wanted but has fallen back to asynchronous',
};

/** Facts of a code. An unknown one is shown as it is, as a warning: a newer server must not look healthy to an older page. */
export function codeFacts(analysisCode: string): CodeFacts {
  return (
    (Object.hasOwn(CODES, analysisCode) ? CODES[analysisCode] : undefined) ?? {
      words: analysisCode,
      severity: 'warning',
      answer: 'none',
    }
  );
}

export function structureWords(warning: string): string {
  return (Object.hasOwn(STRUCTURE, warning) ? STRUCTURE[warning] : undefined) ?? warning;
}

export const NO_PROBLEM = 'NoProblem';
