/**
 * An instance as a row of `database_instance` and back (spec/discovery.md 18). Total in both directions: any instance can be
 * stored, any row, also one written by hand (spec/backend-schema.md 4), can be read.
 */
import type { Insertable, Selectable } from 'kysely';
import type { LogType } from '../model/binlog-coordinates.ts';
import { blankInstance, NO_GROUP, NO_SEMI_SYNC } from '../model/blank-instance.ts';
import { clusterName, serverUuid } from '../model/brand.ts';
import type { GroupReplication, Instance, SemiSync, ThreadState } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { lastCheckedInSeconds } from '../model/instance-status.ts';
import { keysToJson, parseKeyList } from './key-list.ts';
import { databaseInstance } from './schema/instance-tables.ts';
import type { Database } from './schema/schema.ts';
import { parseMoment, parseTimestamp, timestampText, timestampTextOrNever } from './timestamp.ts';

export type InstanceRow = Insertable<Database['database_instance']>;
export type StoredInstanceRow = Selectable<Database['database_instance']>;
export type InstanceColumn = keyof Database['database_instance'];

const isInstanceColumn = (name: string): name is InstanceColumn => name in databaseInstance.columns;

export const INSTANCE_COLUMNS: readonly InstanceColumn[] = Object.keys(databaseInstance.columns).filter(
  isInstanceColumn,
);

/** What a poll that found nothing new writes. */
export const TIMESTAMP_COLUMNS = [
  'last_checked',
  'last_attempted_check',
  'last_check_partial_success',
  'last_seen',
  'last_discovery_latency',
] as const satisfies readonly InstanceColumn[];

/** Of a 64-bit unsigned number a column can hold only the signed half; the server's "for ever" is beyond it. */
const MAX_STORED_INTEGER = 2n ** 63n - 1n;

const bit = (value: boolean): number => (value ? 1 : 0);
const isSet = (value: number | bigint): boolean => Number(value) !== 0;

const THREAD_NUMBERS: Readonly<Record<ThreadState, number>> = { none: -1, stopped: 0, running: 1, other: 2 };

function threadState(value: number): ThreadState {
  switch (value) {
    case -1:
      return 'none';
    case 0:
      return 'stopped';
    case 1:
      return 'running';
    default:
      return 'other';
  }
}

/** First two parts of the version; `0.0` when there are fewer (spec/discovery.md 10). */
export function majorVersion(version: string): string {
  const [major, minor] = version.split('.');
  return major === undefined || minor === undefined ? '0.0' : `${major}.${minor}`;
}

/** Row of the time columns only, in the order of `TIMESTAMP_COLUMNS`. */
export const timestampsToRow = (instance: Instance): Pick<InstanceRow, (typeof TIMESTAMP_COLUMNS)[number]> => ({
  last_checked: timestampTextOrNever(lastCheckedInSeconds(instance)),
  last_attempted_check: timestampTextOrNever(instance.lastAttemptedCheck),
  last_check_partial_success: bit(instance.lastCheckPartialSuccess),
  last_seen: instance.lastSeen === null ? null : timestampText(instance.lastSeen),
  last_discovery_latency: Math.trunc(instance.lastDiscoveryLatencyNanos),
});

const serverToRow = (instance: Instance) => ({
  hostname: instance.key.hostname,
  port: instance.key.port,
  uptime: instance.uptimeSeconds,
  server_id: instance.serverId,
  server_uuid: instance.serverUuid,
  version: instance.version,
  major_version: majorVersion(instance.version),
  version_comment: instance.versionComment,
  binlog_server: bit(instance.isBinlogServer),
  read_only: bit(instance.readOnly),
  binlog_format: instance.binlogFormat,
  binlog_row_image: instance.binlogRowImage,
  log_bin: bit(instance.logBinEnabled),
  log_slave_updates: bit(instance.logReplicaUpdatesEnabled),
  binary_log_file: instance.selfCoordinates.file,
  binary_log_pos: instance.selfCoordinates.pos,
});

const replicationToRow = (instance: Instance) => ({
  master_host: instance.sourceKey?.hostname ?? '',
  master_port: instance.sourceKey?.port ?? 0,
  slave_sql_running: bit(instance.applierRunning),
  slave_io_running: bit(instance.receiverRunning),
  replication_sql_thread_state: THREAD_NUMBERS[instance.applierState],
  replication_io_thread_state: THREAD_NUMBERS[instance.receiverState],
  has_replication_filters: bit(instance.hasReplicationFilters),
  supports_oracle_gtid: bit(instance.supportsOracleGtid),
  oracle_gtid: bit(instance.usingOracleGtid),
  master_uuid: instance.sourceUuid,
  ancestry_uuid: instance.ancestryUuid,
  executed_gtid_set: instance.executedGtidSet,
  gtid_mode: instance.gtidMode,
  gtid_purged: instance.gtidPurged,
  gtid_errant: instance.gtidErrant,
  mariadb_gtid: bit(instance.usingMariadbGtid),
  pseudo_gtid: bit(instance.usingPseudoGtid),
  master_log_file: instance.readCoordinates.file,
  read_master_log_pos: instance.readCoordinates.pos,
  relay_master_log_file: instance.execCoordinates.file,
  exec_master_log_pos: instance.execCoordinates.pos,
  relay_log_file: instance.relayLogCoordinates.file,
  relay_log_pos: instance.relayLogCoordinates.pos,
  last_sql_error: instance.lastSqlError,
  last_io_error: instance.lastIoError,
  seconds_behind_master: instance.secondsBehindSource,
  slave_lag_seconds: instance.replicationLagSeconds,
  sql_delay: instance.sqlDelaySeconds,
  replication_credentials_available: bit(instance.replicationCredentialsAvailable),
  has_replication_credentials: bit(instance.hasReplicationCredentials),
  allow_tls: bit(instance.allowTls),
});

const clusterToRow = (instance: Instance) => ({
  num_slave_hosts: instance.replicas.length,
  slave_hosts: keysToJson(instance.replicas),
  cluster_name: instance.clusterName,
  suggested_cluster_alias: instance.suggestedClusterAlias,
  data_center: instance.dataCenter,
  region: instance.region,
  physical_environment: instance.physicalEnvironment,
  instance_alias: instance.instanceAlias,
  replication_depth: instance.replicationDepth,
  is_co_master: bit(instance.isCoPrimary),
});

const semiSyncToRow = (semiSync: SemiSync) => ({
  semi_sync_enforced: semiSync.priority,
  semi_sync_available: bit(semiSync.available),
  semi_sync_master_enabled: bit(semiSync.sourceEnabled),
  semi_sync_master_timeout:
    semiSync.sourceTimeoutMillis > MAX_STORED_INTEGER ? MAX_STORED_INTEGER : semiSync.sourceTimeoutMillis,
  semi_sync_master_wait_for_slave_count: semiSync.sourceWaitForReplicaCount,
  semi_sync_replica_enabled: bit(semiSync.replicaEnabled),
  semi_sync_master_status: bit(semiSync.sourceStatus),
  semi_sync_master_clients: semiSync.sourceClients,
  semi_sync_replica_status: bit(semiSync.replicaStatus),
});

const groupToRow = (group: GroupReplication) => ({
  replication_group_name: group.name,
  replication_group_is_single_primary_mode: bit(group.isSinglePrimary),
  replication_group_member_state: group.memberState,
  replication_group_member_role: group.memberRole,
  replication_group_members: keysToJson(group.members),
  replication_group_primary_host: group.primaryKey?.hostname ?? '',
  replication_group_primary_port: group.primaryKey?.port ?? 0,
});

/** Every column of the row. Fields that are never stored (replication TLS, evidence, super_read_only, epoch) are lost. */
export function instanceToRow(instance: Instance): InstanceRow {
  return {
    ...serverToRow(instance),
    ...timestampsToRow(instance),
    ...replicationToRow(instance),
    ...clusterToRow(instance),
    ...semiSyncToRow(instance.semiSync),
    ...groupToRow(instance.group),
  };
}

const keyOrNull = (hostname: string, port: number): InstanceKey | null => (hostname === '' ? null : { hostname, port });

const coordinates = (file: string, pos: number | bigint, type: LogType) => ({ file, pos: Number(pos), type });

const numberOrNull = (value: number | bigint | null): number | null => (value === null ? null : Number(value));

const semiSyncOfRow = (row: StoredInstanceRow): SemiSync => ({
  ...NO_SEMI_SYNC,
  available: isSet(row.semi_sync_available),
  priority: row.semi_sync_enforced,
  sourceEnabled: isSet(row.semi_sync_master_enabled),
  replicaEnabled: isSet(row.semi_sync_replica_enabled),
  sourceTimeoutMillis: BigInt(row.semi_sync_master_timeout),
  sourceWaitForReplicaCount: row.semi_sync_master_wait_for_slave_count,
  sourceStatus: isSet(row.semi_sync_master_status),
  sourceClients: row.semi_sync_master_clients,
  replicaStatus: isSet(row.semi_sync_replica_status),
});

const groupOfRow = (row: StoredInstanceRow): GroupReplication => ({
  ...NO_GROUP,
  name: row.replication_group_name,
  isSinglePrimary: isSet(row.replication_group_is_single_primary_mode),
  memberState: row.replication_group_member_state,
  memberRole: row.replication_group_member_role,
  members: parseKeyList(row.replication_group_members),
  primaryKey: keyOrNull(row.replication_group_primary_host, row.replication_group_primary_port),
});

const replicationOfRow = (row: StoredInstanceRow) => ({
  sourceKey: keyOrNull(row.master_host, row.master_port),
  sourceUuid: row.master_uuid,
  ancestryUuid: row.ancestry_uuid,
  receiverRunning: isSet(row.slave_io_running),
  applierRunning: isSet(row.slave_sql_running),
  receiverState: threadState(row.replication_io_thread_state),
  applierState: threadState(row.replication_sql_thread_state),
  hasReplicationFilters: isSet(row.has_replication_filters),
  hasReplicationCredentials: isSet(row.has_replication_credentials),
  replicationCredentialsAvailable: isSet(row.replication_credentials_available),
  allowTls: isSet(row.allow_tls),
  readCoordinates: coordinates(row.master_log_file, row.read_master_log_pos, 'binary'),
  execCoordinates: coordinates(row.relay_master_log_file, row.exec_master_log_pos, 'binary'),
  relayLogCoordinates: coordinates(row.relay_log_file, row.relay_log_pos, 'relay'),
  lastSqlError: row.last_sql_error,
  lastIoError: row.last_io_error,
  secondsBehindSource: numberOrNull(row.seconds_behind_master),
  replicationLagSeconds: numberOrNull(row.slave_lag_seconds),
  sqlDelaySeconds: row.sql_delay,
  gtidMode: row.gtid_mode,
  supportsOracleGtid: isSet(row.supports_oracle_gtid),
  usingOracleGtid: isSet(row.oracle_gtid),
  usingMariadbGtid: isSet(row.mariadb_gtid),
  usingPseudoGtid: isSet(row.pseudo_gtid),
  executedGtidSet: row.executed_gtid_set,
  gtidPurged: row.gtid_purged,
  gtidErrant: row.gtid_errant,
});

/**
 * Times that are never come back as null: empty, year 1 and 1971 (trap 3.2.6). `last_seen` has null for that: a row that somebody filled with 1971 there says
 * that the server is not valid, not that nothing is known (spec/failure-detection.md 5).
 */
export function instanceOfRow(row: StoredInstanceRow): Instance {
  return {
    ...blankInstance({ hostname: row.hostname, port: row.port }),
    instanceAlias: row.instance_alias,
    uptimeSeconds: row.uptime,
    serverId: row.server_id,
    serverUuid: serverUuid(row.server_uuid),
    version: row.version,
    versionComment: row.version_comment,
    isBinlogServer: isSet(row.binlog_server),
    readOnly: isSet(row.read_only),
    binlogFormat: row.binlog_format,
    binlogRowImage: row.binlog_row_image,
    logBinEnabled: isSet(row.log_bin),
    logReplicaUpdatesEnabled: isSet(row.log_slave_updates),
    selfCoordinates: coordinates(row.binary_log_file, row.binary_log_pos, 'binary'),
    ...replicationOfRow(row),
    replicas: parseKeyList(row.slave_hosts),
    clusterName: clusterName(row.cluster_name),
    suggestedClusterAlias: row.suggested_cluster_alias,
    dataCenter: row.data_center,
    region: row.region,
    physicalEnvironment: row.physical_environment,
    replicationDepth: row.replication_depth,
    isCoPrimary: isSet(row.is_co_master),
    semiSync: semiSyncOfRow(row),
    group: groupOfRow(row),
    lastChecked: parseTimestamp(row.last_checked),
    lastAttemptedCheck: parseTimestamp(row.last_attempted_check),
    lastSeen: parseMoment(row.last_seen),
    lastCheckPartialSuccess: isSet(row.last_check_partial_success),
    lastDiscoveryLatencyNanos: row.last_discovery_latency,
  };
}
