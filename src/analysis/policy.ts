/**
 * The settings that analysis obeys, under the names of their configuration keys, already read and checked.
 */
import type { ClusterName, Seconds } from '../model/brand.ts';

/** What the cluster filters of the configuration look at (spec/configuration.md 1.9). */
export interface NamedCluster {
  readonly clusterName: ClusterName;
  /** Equals the cluster name when there is no alias. */
  readonly clusterAlias: string;
}

export interface AnalysisPolicy {
  readonly instancePollSeconds: Seconds;
  readonly reasonableInstanceCheckSeconds: Seconds;
  readonly reasonableReplicationLagSeconds: Seconds;
  /** 0: as long as `reasonableReplicationLagSeconds`. */
  readonly reasonableLockedSemiSyncMasterSeconds: Seconds;
  readonly enforceExactSemiSyncReplicas: boolean;
  readonly recoverNonWriteableMaster: boolean;
  readonly reduceReplicationAnalysisCount: boolean;
  /** `RecoveryIgnoreHostnameFilters` as a predicate; gets the host without its port. */
  readonly ignoresHostname: (hostname: string) => boolean;
  /** `RecoverMasterClusterFilters` as a predicate. */
  readonly hasAutomatedMasterRecovery: (cluster: NamedCluster) => boolean;
  /** `RecoverIntermediateMasterClusterFilters` as a predicate. */
  readonly hasAutomatedIntermediateMasterRecovery: (cluster: NamedCluster) => boolean;
}
