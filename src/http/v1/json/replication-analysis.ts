/**
 * The ReplicationAnalysis of the contract (spec/http-api.md 3.5): complete for a present problem, nearly empty in a record of the past.
 */
import type { AnalysisEntry } from '../../../analysis/entry.ts';
import type { UnixMillis } from '../../../model/brand.ts';
import type { AnalysisDigest } from '../../../model/recovery-record.ts';
import type { AutomatedRecovery } from '../../../service/calls.ts';
import { BLANK_ANALYSIS } from './blank-analysis.ts';
import { clusterInfoJson } from './cluster-info.ts';
import type { JsonObject } from './json.ts';
import { coordinatesJson, keyJson, keysJson, timestampJson } from './scalars.ts';

/** `countInstances`: of the cluster; 0 but in the answer to a takeover (3.5, recorded `graceful-master-takeover`). */
export function replicationAnalysisJson(entry: AnalysisEntry, countInstances = 0): JsonObject {
  return {
    ...subjectFields(entry, countInstances),
    ...verdictFields(entry),
    ...replicaFields(entry),
    ...processingFields(entry),
  };
}

function subjectFields(entry: AnalysisEntry, countInstances: number): JsonObject {
  const replicas = keysJson(entry.replicas);
  return {
    AnalyzedInstanceKey: keyJson(entry.key),
    AnalyzedInstanceMasterKey: keyJson(entry.sourceKey),
    ClusterDetails: clusterInfoJson({
      clusterName: entry.cluster.clusterName,
      clusterAlias: entry.cluster.clusterAlias,
      clusterDomain: entry.cluster.clusterDomain,
      countInstances,
      hasAutomatedPrimaryRecovery: entry.cluster.hasAutomatedMasterRecovery,
      hasAutomatedIntermediatePrimaryRecovery: entry.cluster.hasAutomatedIntermediateMasterRecovery,
    }),
    AnalyzedInstanceDataCenter: entry.dataCenter,
    AnalyzedInstanceRegion: entry.region,
    AnalyzedInstancePhysicalEnvironment: entry.physicalEnvironment,
    AnalyzedInstanceBinlogCoordinates: coordinatesJson(entry.selfCoordinates),
    IsMaster: entry.isPrimary,
    IsReplicationGroupMember: entry.isGroupMember,
    IsCoMaster: entry.isCoPrimary,
    LastCheckValid: entry.lastCheckValid,
    LastCheckPartialSuccess: entry.lastCheckPartialSuccess,
    CountReplicas: entry.countReplicas,
    CountValidReplicas: entry.countValid,
    CountValidReplicatingReplicas: entry.countValidReplicating,
    CountReplicasFailingToConnectToMaster: entry.countFailingToConnect,
    CountDowntimedReplicas: entry.countDowntimed,
    ReplicationDepth: entry.replicationDepth,
    Replicas: replicas,
    SlaveHosts: replicas,
  };
}

function verdictFields(entry: AnalysisEntry): JsonObject {
  return {
    IsFailingToConnectToMaster: entry.isFailingToConnect,
    Analysis: entry.code,
    Description: entry.description,
    StructureAnalysis: entry.structureWarnings.length === 0 ? null : entry.structureWarnings,
    IsDowntimed: entry.isDowntimed,
    IsReplicasDowntimed: entry.areReplicasDowntimed,
    DowntimeEndTimestamp: timestampJson(entry.downtimeEnd),
    // Now minus end in the contract: negative while downtime lasts. `0 -` so that none is 0 and not -0.
    DowntimeRemainingSeconds: 0 - entry.downtimeRemaining,
  };
}

function replicaFields(entry: AnalysisEntry): JsonObject {
  return {
    IsBinlogServer: entry.isBinlogServer,
    PseudoGTIDImmediateTopology: entry.isUsingPseudoGtid,
    OracleGTIDImmediateTopology: entry.isAllOracleGtid,
    MariaDBGTIDImmediateTopology: entry.isAllMariadbGtid,
    BinlogServerImmediateTopology: entry.isAllBinlogServers,
    SemiSyncMasterEnabled: entry.semiSyncEnabled,
    SemiSyncMasterStatus: entry.semiSyncStatus,
    SemiSyncMasterWaitForReplicaCount: entry.semiSyncWaitForReplicaCount,
    SemiSyncMasterClients: entry.semiSyncClients,
    CountSemiSyncReplicasEnabled: entry.countSemiSyncEnabled,
    CountLoggingReplicas: entry.countLogging,
    CountStatementBasedLoggingReplicas: entry.countStatementLogging,
    CountMixedBasedLoggingReplicas: entry.countMixedLogging,
    CountRowBasedLoggingReplicas: entry.countRowLogging,
    CountDistinctMajorVersionsLoggingReplicas: entry.countDistinctMajorVersionsLogging,
    CountDelayedReplicas: entry.countDelayed,
    CountLaggingReplicas: entry.countLagging,
  };
}

function processingFields(entry: AnalysisEntry): JsonObject {
  return {
    IsActionableRecovery: entry.isActionableRecovery,
    ProcessingNodeHostname: entry.processingNode.hostname,
    ProcessingNodeToken: entry.processingNode.token,
    CountAdditionalAgreeingNodes: entry.countAdditionalAgreeingNodes,
    StartActivePeriod: timestampJson(entry.startActivePeriod),
    SkippableDueToDowntime: entry.isSkippableDueToDowntime,
    GTIDMode: entry.gtidMode,
    MinReplicaGTIDMode: entry.minGtidMode,
    MaxReplicaGTIDMode: entry.maxGtidMode,
    MaxReplicaGTIDErrant: entry.maxGtidErrant,
    CommandHint: entry.commandHint,
    IsReadOnly: entry.isReadOnly,
  };
}

/** The little that a detection or a recovery remembers (3.6); the rest is there, and empty. `startActivePeriod`: detections only. */
export function analysisDigestJson(
  digest: AnalysisDigest,
  automated: AutomatedRecovery,
  startActivePeriod: UnixMillis | null,
): JsonObject {
  const replicas = keysJson(digest.replicas);
  return {
    ...replicationAnalysisJson(BLANK_ANALYSIS),
    AnalyzedInstanceKey: keyJson(digest.key),
    ClusterDetails: clusterInfoJson({
      clusterName: digest.clusterName,
      clusterAlias: digest.clusterAlias,
      clusterDomain: '',
      countInstances: 0,
      ...automated,
    }),
    CountReplicas: digest.countReplicas,
    Replicas: replicas,
    SlaveHosts: replicas,
    Analysis: digest.code,
    StartActivePeriod: timestampJson(startActivePeriod),
  };
}
