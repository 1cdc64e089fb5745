/**
 * What is wrong with a topology before anything fails (spec/failure-detection.md section 9; A18).
 * Independent of the ladder, of reachability and of each other; evaluated for every analysed server, group members too.
 */
import type { Aggregates } from './aggregates.ts';
import type { StructureWarning } from './codes.ts';

interface WarningRule {
  readonly warning: StructureWarning;
  readonly when: (facts: Aggregates) => boolean;
}

const RULES: readonly WarningRule[] = [
  {
    warning: 'NoLoggingReplicasStructureWarning',
    when: (x) => x.isPrimary && x.countLogging === 0 && x.countReplicas > 1,
  },
  {
    warning: 'NoFailoverSupportStructureWarning',
    when: (x) => x.isPrimary && x.countReplicas > 1 && !canRepoint(x),
  },
  {
    warning: 'StatementAndMixedLoggingReplicasStructureWarning',
    when: (x) => x.isPrimary && x.countStatementLogging > 0 && x.countMixedLogging > 0,
  },
  {
    warning: 'StatementAndRowLoggingReplicasStructureWarning',
    when: (x) => x.isPrimary && x.countStatementLogging > 0 && x.countRowLogging > 0,
  },
  {
    warning: 'MixedAndRowLoggingReplicasStructureWarning',
    when: (x) => x.isPrimary && x.countMixedLogging > 0 && x.countRowLogging > 0,
  },
  {
    warning: 'MultipleMajorVersionsLoggingReplicasStructureWarning',
    when: (x) => x.isPrimary && x.countDistinctMajorVersionsLogging > 1,
  },
  {
    warning: 'DifferentGTIDModesStructureWarning',
    when: (x) => x.countReplicas > 0 && (x.gtidMode !== x.minGtidMode || x.gtidMode !== x.maxGtidMode),
  },
  // Told of the source of the errant replica, as the one below which something is wrong.
  { warning: 'ErrantGTIDStructureWarning', when: (x) => x.maxGtidErrant !== '' },
  { warning: 'NoWriteableMasterStructureWarning', when: (x) => x.isPrimary && x.isReadOnly },
  // Semi-sync is wanted but has already fallen back to asynchronous.
  {
    warning: 'NotEnoughValidSemiSyncReplicasStructureWarning',
    when: (x) =>
      x.isPrimary &&
      x.semiSyncEnabled &&
      !x.semiSyncStatus &&
      x.semiSyncWaitForReplicaCount > 0 &&
      x.semiSyncClients < x.semiSyncWaitForReplicaCount,
  },
];

/** The warnings that hold, in the contract's order. */
export function structureWarnings(facts: Aggregates): readonly StructureWarning[] {
  return RULES.filter((rule) => rule.when(facts)).map((rule) => rule.warning);
}

/** A way to tell where a replica continues under another source. */
function canRepoint(x: Aggregates): boolean {
  return x.isAllOracleGtid || x.isAllMariadbGtid || x.isAllBinlogServers || x.isUsingPseudoGtid;
}
