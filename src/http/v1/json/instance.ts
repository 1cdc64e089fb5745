/**
 * The Instance of the contract (spec/http-api.md 3.3), field for field in its order. Old names and misspellings are part of the interface.
 *
 * Answers of live reads and of stored ones are made alike: everything is filled in (3.3 allows it).
 */
import type { UnixMillis } from '../../../model/brand.ts';
import type { Downtime } from '../../../model/decisions.ts';
import type { Instance, ReplicationTls, SemiSync, ThreadState } from '../../../model/instance.ts';
import {
  isDetached,
  isDowntimeActive,
  isLastCheckValid,
  isRecentlyChecked,
  isSourceDetached,
  isUpToDate,
  type StatusSettings,
  secondsSinceLastSeen,
} from '../../../model/instance-status.ts';
import { instanceProblems } from '../../../model/instance-status-problems.ts';
import { parseServerVersion } from '../../../model/server-version.ts';
import type { InstanceView } from '../../../service/calls.ts';
import { exactInteger, type JsonObject } from './json.ts';
import { coordinatesJson, keyJson, keysJson, nanosJson, nullBoolJson, nullIntJson, timestampJson } from './scalars.ts';

/** What status depends on besides the instance itself. */
export interface InstanceJsonContext {
  readonly now: UnixMillis;
  readonly settings: StatusSettings;
}

export function instanceJson(view: InstanceView, context: InstanceJsonContext): JsonObject {
  const { instance } = view;
  return {
    ...identityFields(instance),
    ...replicationFields(instance),
    ...gtidAndLagFields(instance),
    ...placeFields(instance),
    ...semiSyncFields(instance.semiSync),
    ...freshnessFields(instance, context),
    ...decisionFields(view, context),
    ...tlsFields(instance.allowTls, instance.replicationTls),
    Problems: instanceProblems(instance, context.now, context.settings),
    LastDiscoveryLatency: instance.lastDiscoveryLatencyNanos,
    ...groupFields(instance),
    // An internal object of the reference that leaks; decoders expect it to be there (3.3).
    QSP: {},
  };
}

const THREAD_STATES: Readonly<Record<ThreadState, number>> = { none: -1, stopped: 0, running: 1, other: 2 };

function identityFields(instance: Instance): JsonObject {
  return {
    Key: keyJson(instance.key),
    InstanceAlias: instance.instanceAlias,
    Uptime: instance.uptimeSeconds,
    ServerID: instance.serverId,
    ServerUUID: instance.serverUuid,
    Version: instance.version,
    VersionComment: instance.versionComment,
    FlavorName: parseServerVersion(instance.version, instance.versionComment).flavor,
    ReadOnly: instance.readOnly,
    Binlog_format: instance.binlogFormat,
    BinlogRowImage: instance.binlogRowImage,
    LogBinEnabled: instance.logBinEnabled,
    LogSlaveUpdatesEnabled: instance.logReplicaUpdatesEnabled,
    LogReplicationUpdatesEnabled: instance.logReplicaUpdatesEnabled,
    SelfBinlogCoordinates: coordinatesJson(instance.selfCoordinates),
  };
}

function replicationFields(instance: Instance): JsonObject {
  return {
    MasterKey: keyJson(instance.sourceKey),
    MasterUUID: instance.sourceUuid,
    AncestryUUID: instance.ancestryUuid,
    IsDetachedMaster: isSourceDetached(instance),
    Slave_SQL_Running: instance.applierRunning,
    ReplicationSQLThreadRuning: instance.applierRunning,
    Slave_IO_Running: instance.receiverRunning,
    ReplicationIOThreadRuning: instance.receiverRunning,
    ReplicationSQLThreadState: THREAD_STATES[instance.applierState],
    ReplicationIOThreadState: THREAD_STATES[instance.receiverState],
    HasReplicationFilters: instance.hasReplicationFilters,
    GTIDMode: instance.gtidMode,
    SupportsOracleGTID: instance.supportsOracleGtid,
    UsingOracleGTID: instance.usingOracleGtid,
    UsingMariaDBGTID: instance.usingMariadbGtid,
    UsingPseudoGTID: instance.usingPseudoGtid,
    ReadBinlogCoordinates: coordinatesJson(instance.readCoordinates),
    ExecBinlogCoordinates: coordinatesJson(instance.execCoordinates),
    IsDetached: isDetached(instance),
    RelaylogCoordinates: coordinatesJson(instance.relayLogCoordinates),
    LastSQLError: instance.lastSqlError,
    LastIOError: instance.lastIoError,
  };
}

function gtidAndLagFields(instance: Instance): JsonObject {
  return {
    SecondsBehindMaster: nullIntJson(instance.secondsBehindSource),
    SQLDelay: instance.sqlDelaySeconds,
    ExecutedGtidSet: instance.executedGtidSet,
    GtidPurged: instance.gtidPurged,
    GtidErrant: instance.gtidErrant,
    SlaveLagSeconds: nullIntJson(instance.replicationLagSeconds),
    ReplicationLagSeconds: nullIntJson(instance.replicationLagSeconds),
  };
}

function placeFields(instance: Instance): JsonObject {
  const replicas = keysJson(instance.replicas);
  return {
    SlaveHosts: replicas,
    Replicas: replicas,
    ClusterName: instance.clusterName,
    SuggestedClusterAlias: instance.suggestedClusterAlias,
    DataCenter: instance.dataCenter,
    Region: instance.region,
    PhysicalEnvironment: instance.physicalEnvironment,
    ReplicationDepth: instance.replicationDepth,
    IsCoMaster: instance.isCoPrimary,
    HasReplicationCredentials: instance.hasReplicationCredentials,
    ReplicationCredentialsAvailable: instance.replicationCredentialsAvailable,
  };
}

function semiSyncFields(semiSync: SemiSync): JsonObject {
  return {
    SemiSyncAvailable: semiSync.available,
    SemiSyncPriority: semiSync.priority,
    SemiSyncMasterPluginNewVersion: semiSync.sourcePluginModern,
    SemiSyncReplicaPluginNewVersion: semiSync.replicaPluginModern,
    SemiSyncMasterEnabled: semiSync.sourceEnabled,
    SemiSyncReplicaEnabled: semiSync.replicaEnabled,
    SemiSyncMasterTimeout: exactInteger(semiSync.sourceTimeoutMillis),
    SemiSyncMasterWaitForReplicaCount: semiSync.sourceWaitForReplicaCount,
    SemiSyncMasterStatus: semiSync.sourceStatus,
    SemiSyncMasterClients: semiSync.sourceClients,
    SemiSyncReplicaStatus: semiSync.replicaStatus,
  };
}

function freshnessFields(instance: Instance, { now, settings }: InstanceJsonContext): JsonObject {
  return {
    LastSeenTimestamp: timestampJson(instance.lastSeen),
    IsLastCheckValid: isLastCheckValid(instance),
    IsUpToDate: isUpToDate(instance, now, settings),
    IsRecentlyChecked: isRecentlyChecked(instance, now, settings),
    SecondsSinceLastSeen: nullIntJson(secondsSinceLastSeen(instance, now)),
    // Counted by host agents, which this version does not serve.
    CountMySQLSnapshots: 0,
  };
}

function decisionFields(
  { candidate, downtime, virtualName = '' }: InstanceView,
  { now }: InstanceJsonContext,
): JsonObject {
  const rule = candidate?.rule ?? 'neutral';
  return {
    IsCandidate: rule === 'must' || rule === 'prefer',
    PromotionRule: rule,
    ...downtimeFields(isDowntimeActive(downtime, now) ? downtime : null, now),
    UnresolvedHostname: virtualName,
  };
}

function downtimeFields(downtime: Downtime | null, now: UnixMillis): JsonObject {
  return {
    IsDowntimed: downtime !== null,
    DowntimeReason: downtime?.reason ?? '',
    DowntimeOwner: downtime?.owner ?? '',
    DowntimeEndTimestamp: timestampJson(downtime?.end ?? null),
    ElapsedDowntime: downtime === null ? 0 : nanosJson(Math.max(0, now - downtime.begin)),
  };
}

function tlsFields(allowTls: boolean, tls: ReplicationTls): JsonObject {
  return {
    AllowTLS: allowTls,
    ReplicationSSLCAFile: tls.caFile,
    ReplicationSSLCAPath: tls.caPath,
    ReplicationSSLCert: tls.certificate,
    ReplicationSSLCipher: tls.cipher,
    ReplicationSSLCRLFile: tls.crlFile,
    ReplicationSSLCRLPath: tls.crlPath,
    ReplicationSSLKey: tls.key,
    ReplicationSSLVerifyServerCert: nullBoolJson(tls.verifyServerCertificate),
    ReplicationTLSVersion: tls.tlsVersion,
    ReplicationTLSCiphersuites: tls.tlsCiphersuites,
    ReplicationSourcePublicKeyPath: tls.sourcePublicKeyPath,
    ReplicationGetSourcePublicKey: nullBoolJson(tls.getSourcePublicKey),
  };
}

function groupFields({ group }: Instance): JsonObject {
  return {
    ReplicationGroupName: group.name,
    ReplicationGroupIsSinglePrimary: group.isSinglePrimary,
    ReplicationGroupMemberState: group.memberState,
    ReplicationGroupMemberRole: group.memberRole,
    ReplicationGroupMembers: keysJson(group.members),
    ReplicationGroupPrimaryInstanceKey: keyJson(group.primaryKey),
  };
}
