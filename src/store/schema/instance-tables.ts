/**
 * Tables about instances (spec/backend-schema.md 5.1).
 */
import { PROMOTION_RULES } from '../../model/promotion-rule.ts';
import { bool, choice, i8, i32, i64, id, port, s, s8, text, text8, tinyText, ts, u8, u32, u64 } from './column.ts';
import { added, on, table, uniqueOn } from './table.ts';

export const databaseInstance = table(
  'database_instance',
  {
    hostname: s(128).req,
    port: port.req,
    last_checked: ts.now,
    last_attempted_check: ts.never,
    last_check_partial_success: bool.reqOrBlank,
    last_seen: ts.null,
    uptime: u32.reqOrBlank,
    server_id: u32.req,
    server_uuid: s(64).reqOrBlank,
    version: s(128).req,
    major_version: s(16).reqOrBlank,
    version_comment: s(128).is(''),
    binlog_server: bool.reqOrBlank,
    read_only: bool.reqOrBlank,
    binlog_format: s(16).req,
    binlog_row_image: s(16).reqOrBlank,
    log_bin: bool.req,
    log_slave_updates: bool.req,
    binary_log_file: s(128).req,
    binary_log_pos: u64.req,
    master_host: s(128).req,
    master_port: port.req,
    slave_sql_running: bool.req,
    slave_io_running: bool.req,
    replication_sql_thread_state: i8.is(0),
    replication_io_thread_state: i8.is(0),
    has_replication_filters: bool.reqOrBlank,
    supports_oracle_gtid: bool.reqOrBlank,
    oracle_gtid: bool.reqOrBlank,
    master_uuid: s(64).reqOrBlank,
    ancestry_uuid: text.reqOrBlank,
    executed_gtid_set: text.reqOrBlank,
    gtid_mode: s(32).reqOrBlank,
    gtid_purged: text.reqOrBlank,
    gtid_errant: text.reqOrBlank,
    mariadb_gtid: bool.reqOrBlank,
    pseudo_gtid: bool.reqOrBlank,
    master_log_file: s(128).req,
    read_master_log_pos: u64.req,
    relay_master_log_file: s(128).req,
    exec_master_log_pos: u64.req,
    relay_log_file: s(128).reqOrBlank,
    relay_log_pos: u64.reqOrBlank,
    last_sql_error: text.reqOrBlank,
    last_io_error: text.reqOrBlank,
    seconds_behind_master: u64.null,
    slave_lag_seconds: u64.null,
    sql_delay: u32.reqOrBlank,
    num_slave_hosts: u32.req,
    slave_hosts: text.req,
    cluster_name: s(128).req,
    suggested_cluster_alias: s(128).reqOrBlank,
    data_center: s(32).reqOrBlank,
    region: s(32).reqOrBlank,
    physical_environment: s(32).reqOrBlank,
    instance_alias: s(128).reqOrBlank,
    replication_depth: u8.reqOrBlank,
    is_co_master: bool.reqOrBlank,
    replication_credentials_available: bool.reqOrBlank,
    has_replication_credentials: bool.reqOrBlank,
    allow_tls: bool.reqOrBlank,
    semi_sync_enforced: u8.reqOrBlank,
    semi_sync_available: bool.is(0),
    semi_sync_master_enabled: bool.reqOrBlank,
    // The contract's SQLite type is `int`; the affinity, and so the range, is that of every integer column.
    semi_sync_master_timeout: { ...u64.is(0), sqliteType: 'int' },
    semi_sync_master_wait_for_slave_count: u32.is(0),
    semi_sync_replica_enabled: bool.reqOrBlank,
    semi_sync_master_status: bool.is(0),
    semi_sync_master_clients: u32.is(0),
    semi_sync_replica_status: bool.is(0),
    last_discovery_latency: i64.reqOrBlank,
    replication_group_name: s(64).is(''),
    replication_group_is_single_primary_mode: bool.is(1),
    replication_group_member_state: s(16).is(''),
    replication_group_member_role: s(16).is(''),
    replication_group_members: text.reqOrBlank,
    replication_group_primary_host: s(128).is(''),
    replication_group_primary_port: port.is(0),
  },
  ['hostname', 'port'],
  [
    on('cluster_name'),
    on('last_checked'),
    on('last_seen'),
    added('master_host_port_idx_database_instance', on('master_host', 'master_port')),
    on('suggested_cluster_alias'),
  ],
);

export const databaseInstanceTls = table(
  'database_instance_tls',
  { hostname: s(128).req, port: port.req, required: bool.is(0) },
  ['hostname', 'port'],
);

export const databaseInstanceTags = table(
  'database_instance_tags',
  {
    hostname: s(128).req,
    port: port.req,
    tag_name: s8(128).req,
    tag_value: s8(128).req,
    last_updated: ts.now,
  },
  ['hostname', 'port', 'tag_name'],
  [on('tag_name')],
);

export const candidateDatabaseInstance = table(
  'candidate_database_instance',
  {
    hostname: s(128).req,
    port: port.req,
    last_suggested: ts.now,
    priority: i8.is(1),
    promotion_rule: choice(PROMOTION_RULES, 'neutral'),
  },
  ['hostname', 'port'],
  [on('last_suggested')],
);

export const databaseInstanceDowntime = table(
  'database_instance_downtime',
  {
    hostname: s(128).req,
    port: port.req,
    downtime_active: i8.null,
    begin_timestamp: ts.nullableNow,
    end_timestamp: ts.null,
    owner: s8(128).req,
    reason: text8.req,
  },
  ['hostname', 'port'],
  [on('end_timestamp')],
);

export const databaseInstanceMaintenance = table(
  'database_instance_maintenance',
  {
    database_instance_maintenance_id: id(32),
    hostname: s(128).req,
    port: port.req,
    maintenance_active: i8.null,
    begin_timestamp: ts.null,
    end_timestamp: ts.null,
    owner: s8(128).req,
    reason: text8.req,
    processing_node_hostname: s(128).reqOrBlank,
    processing_node_token: s(128).reqOrBlank,
    explicitly_bounded: bool.reqOrBlank,
  },
  ['database_instance_maintenance_id'],
  [
    uniqueOn('maintenance_active', 'hostname', 'port'),
    added('active_timestamp_idx', on('maintenance_active', 'begin_timestamp')),
    added('active_end_timestamp_idx', on('maintenance_active', 'end_timestamp')),
  ],
);

export const databaseInstancePool = table(
  'database_instance_pool',
  { hostname: s(128).req, port: port.req, pool: s(128).req, registered_at: ts.never },
  ['hostname', 'port', 'pool'],
  [on('pool')],
);

export const databaseInstanceCoordinatesHistory = table(
  'database_instance_coordinates_history',
  {
    history_id: id(),
    hostname: s(128).req,
    port: port.req,
    recorded_timestamp: ts.now,
    last_seen: ts.never,
    binary_log_file: s(128).req,
    binary_log_pos: u64.req,
    relay_log_file: s(128).req,
    relay_log_pos: u64.req,
  },
  ['history_id'],
  [on('hostname', 'port', 'recorded_timestamp'), on('recorded_timestamp')],
);

export const databaseInstanceStaleBinlogCoordinates = table(
  'database_instance_stale_binlog_coordinates',
  {
    hostname: s(128).req,
    port: port.req,
    binary_log_file: s(128).req,
    binary_log_pos: u64.req,
    first_seen: ts.now,
  },
  ['hostname', 'port'],
  [on('first_seen')],
);

export const databaseInstanceTopologyHistory = table(
  'database_instance_topology_history',
  {
    snapshot_unix_timestamp: u32.req,
    hostname: s(128).req,
    port: port.req,
    master_host: s(128).req,
    master_port: port.req,
    cluster_name: tinyText.req,
    version: s(128).reqOrBlank,
  },
  ['snapshot_unix_timestamp', 'hostname', 'port'],
  [on('snapshot_unix_timestamp', 'cluster_name')],
);

export const databaseInstanceLastAnalysis = table(
  'database_instance_last_analysis',
  { hostname: s(128).req, port: port.req, analysis_timestamp: ts.now, analysis: s(128).req },
  ['hostname', 'port'],
  [on('analysis_timestamp')],
);

export const databaseInstanceAnalysisChangelog = table(
  'database_instance_analysis_changelog',
  {
    changelog_id: id(),
    hostname: s(128).req,
    port: port.req,
    analysis_timestamp: ts.now,
    analysis: s(128).req,
  },
  ['changelog_id'],
  [on('analysis_timestamp'), added('instance_timestamp_idx', on('hostname', 'port', 'analysis_timestamp'))],
);

export const databaseInstancePeerAnalysis = table(
  'database_instance_peer_analysis',
  { peer: s(128).req, hostname: s(128).req, port: port.req, analysis_timestamp: ts.now, analysis: s(128).req },
  ['peer', 'hostname', 'port'],
);

export const databaseInstanceLongRunningQueries = table(
  'database_instance_long_running_queries',
  {
    hostname: s(128).req,
    port: port.req,
    process_id: i64.req,
    process_started_at: ts.now,
    process_user: s8(16).req,
    process_host: s8(128).req,
    process_db: s8(128).req,
    process_command: s8(16).req,
    process_time_seconds: i32.req,
    process_state: s8(128).req,
    process_info: s8(1024).req,
  },
  ['hostname', 'port', 'process_id'],
  [on('process_started_at')],
);

export const databaseInstanceBinlogFilesHistory = table(
  'database_instance_binlog_files_history',
  {
    history_id: id(),
    hostname: s(128).req,
    port: port.req,
    binary_log_file: s(128).req,
    binary_log_pos: u64.req,
    first_seen: ts.now,
    last_seen: ts.never,
  },
  ['history_id'],
  [uniqueOn('hostname', 'port', 'binary_log_file'), on('last_seen')],
);

export const databaseInstanceRecentRelaylogHistory = table(
  'database_instance_recent_relaylog_history',
  {
    hostname: s(128).req,
    port: port.req,
    current_relay_log_file: s(128).req,
    current_relay_log_pos: u64.req,
    prev_relay_log_file: s(128).req,
    prev_relay_log_pos: u64.req,
    current_seen: ts.never,
    prev_seen: ts.never,
  },
  ['hostname', 'port'],
  [on('current_seen')],
);
