/** System variables worth asking for, by what they tell. A server that lacks one is not asked for it. */

export const IDENTITY_VARIABLES = [
  'hostname',
  'report_host',
  'report_port',
  'port',
  'server_id',
  'server_uuid',
  'version',
  'version_comment',
  'read_only',
  'super_read_only',
  'binlog_format',
  'binlog_row_image',
  'log_bin',
] as const;

export const GTID_VARIABLES = ['gtid_mode', 'gtid_executed', 'gtid_purged'] as const;

/** Plugins from 8.0.26; the older ones can be loaded instead until 9. */
export const SEMI_SYNC_VARIABLES = [
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_source_timeout',
  'rpl_semi_sync_source_wait_for_replica_count',
  'rpl_semi_sync_replica_enabled',
] as const;

export const OLD_SEMI_SYNC_VARIABLES = [
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_timeout',
  'rpl_semi_sync_master_wait_for_slave_count',
  'rpl_semi_sync_slave_enabled',
] as const;

export const GROUP_VARIABLES = ['group_replication_group_name', 'group_replication_single_primary_mode'] as const;
