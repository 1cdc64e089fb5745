/** JSON of instances, clusters and analyses (spec/http-api.md 3.3-3.5) → the pages' words. */
import type { Analysis, ClusterInfo, NodeHealth, Server, ThreadState } from '../model/server.ts';
import {
  coordinatesOf,
  flagOf,
  type JsonObject,
  keyOf,
  listOf,
  nullableNumberOf,
  numberOf,
  objectOf,
  textOf,
  textsOf,
  unquoted,
} from './json.ts';

const THREAD_STATES: Readonly<Record<number, ThreadState>> = { [-1]: 'none', 0: 'stopped', 1: 'running', 2: 'other' };

/** A server, or null for something without host and port. */
export function readServer(json: unknown): Server | null {
  const record = objectOf(json);
  const key = keyOf(record.Key);
  if (key === null) return null;
  return {
    key,
    ...identity(record),
    ...replication(record),
    ...logs(record),
    ...observation(record),
    promotionRule: textOf(record.PromotionRule),
    problems: textsOf(record.Problems),
    groupName: textOf(record.ReplicationGroupName),
    groupRole: textOf(record.ReplicationGroupMemberRole),
    groupState: textOf(record.ReplicationGroupMemberState),
  };
}

export function readServers(json: unknown): readonly Server[] {
  return listOf(json)
    .map(readServer)
    .filter((server): server is Server => server !== null);
}

function identity(record: JsonObject) {
  return {
    alias: textOf(record.InstanceAlias),
    clusterName: textOf(record.ClusterName),
    suggestedClusterAlias: textOf(record.SuggestedClusterAlias),
    version: textOf(record.Version),
    flavor: textOf(record.FlavorName),
    versionComment: textOf(record.VersionComment),
    serverId: numberOf(record.ServerID),
    serverUuid: textOf(record.ServerUUID),
    uptimeSeconds: numberOf(record.Uptime),
    dataCenter: textOf(record.DataCenter),
    region: textOf(record.Region),
    environment: textOf(record.PhysicalEnvironment),
    readOnly: flagOf(record.ReadOnly),
  };
}

function replication(record: JsonObject) {
  return {
    sourceKey: keyOf(record.MasterKey),
    isCoPrimary: flagOf(record.IsCoMaster),
    receiver: threadState(record.ReplicationIOThreadState),
    applier: threadState(record.ReplicationSQLThreadState),
    receiverError: unquoted(record.LastIOError),
    applierError: unquoted(record.LastSQLError),
    lagSeconds: nullableNumberOf(record.ReplicationLagSeconds),
    delaySeconds: numberOf(record.SQLDelay),
    usesGtid: usesGtid(record),
    gtidMode: textOf(record.GTIDMode),
    executedGtidSet: textOf(record.ExecutedGtidSet),
    purgedGtidSet: textOf(record.GtidPurged),
    errantGtidSet: textOf(record.GtidErrant),
    semiSync: {
      sourceEnabled: flagOf(record.SemiSyncMasterEnabled),
      sourceStatus: flagOf(record.SemiSyncMasterStatus),
      sourceClients: numberOf(record.SemiSyncMasterClients),
      sourceWaitFor: numberOf(record.SemiSyncMasterWaitForReplicaCount),
      replicaEnabled: flagOf(record.SemiSyncReplicaEnabled),
      replicaStatus: flagOf(record.SemiSyncReplicaStatus),
    },
  };
}

/** A primary has no replication of its own that could use GTID: there the mode tells. */
function usesGtid(record: JsonObject): Server['usesGtid'] {
  if (flagOf(record.UsingMariaDBGTID)) return 'mariadb';
  return flagOf(record.UsingOracleGTID) || flagOf(record.SupportsOracleGTID) ? 'oracle' : null;
}

function logs(record: JsonObject) {
  return {
    binlogFormat: textOf(record.Binlog_format),
    binlogEnabled: flagOf(record.LogBinEnabled),
    logsReplicaUpdates: flagOf(record.LogReplicationUpdatesEnabled),
    binlogPosition: coordinatesOf(record.SelfBinlogCoordinates),
  };
}

function observation(record: JsonObject) {
  return {
    isLastCheckValid: flagOf(record.IsLastCheckValid),
    isRecentlyChecked: flagOf(record.IsRecentlyChecked),
    secondsSinceLastSeen: nullableNumberOf(record.SecondsSinceLastSeen),
    lastSeen: textOf(record.LastSeenTimestamp),
    downtime: flagOf(record.IsDowntimed)
      ? {
          reason: textOf(record.DowntimeReason),
          owner: textOf(record.DowntimeOwner),
          until: textOf(record.DowntimeEndTimestamp),
        }
      : null,
  };
}

function threadState(value: unknown): ThreadState {
  return (typeof value === 'number' ? THREAD_STATES[value] : undefined) ?? 'none';
}

export function readClusterInfo(json: unknown): ClusterInfo {
  const record = objectOf(json);
  const name = textOf(record.ClusterName);
  return {
    name,
    alias: textOf(record.ClusterAlias) || name,
    domain: textOf(record.ClusterDomain),
    countServers: numberOf(record.CountInstances),
    recoversPrimary: flagOf(record.HasAutomatedMasterRecovery),
    recoversIntermediate: flagOf(record.HasAutomatedIntermediateMasterRecovery),
  };
}

export function readClusterInfos(json: unknown): readonly ClusterInfo[] {
  return listOf(json)
    .map(readClusterInfo)
    .filter((cluster) => cluster.name !== '');
}

export function readAnalyses(json: unknown): readonly Analysis[] {
  return listOf(json).flatMap((item) => {
    const record = objectOf(item);
    const key = keyOf(record.AnalyzedInstanceKey);
    if (key === null) return [];
    const cluster = readClusterInfo(record.ClusterDetails);
    return [
      {
        key,
        clusterName: cluster.name,
        clusterAlias: cluster.alias,
        recoversPrimary: cluster.recoversPrimary,
        recoversIntermediate: cluster.recoversIntermediate,
        code: textOf(record.Analysis),
        description: textOf(record.Description),
        structure: textsOf(record.StructureAnalysis),
        isDowntimed: flagOf(record.IsDowntimed) || flagOf(record.SkippableDueToDowntime),
        countReplicas: numberOf(record.CountReplicas),
        countReplicatingReplicas: numberOf(record.CountValidReplicatingReplicas),
      },
    ];
  });
}

export function readHealth(json: unknown): NodeHealth {
  const record = objectOf(json);
  return {
    healthy: flagOf(record.Healthy),
    hostname: textOf(record.Hostname),
    isActiveNode: flagOf(record.IsActiveNode),
  };
}
