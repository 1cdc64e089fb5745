/**
 * MySQL 8.4 and 9.x (also Percona Server of these): every statement we may send, with why and with which privilege.
 * MySQL 8.4 reference manual, chapters 15.4 (replication statements) and 29.12 (performance schema).
 */
import type { ServerVersion } from '../../model/server-version.ts';
import type { Capabilities, ProbeSection, StatementFact } from '../dialect.ts';
import { NDB_STATEMENT, ndbSections } from '../ndb.ts';
import { onServer, selectOn } from '../privileges.ts';
import { COMMAND_SESSION_SQL, END_SESSION_STATEMENT } from '../sql-text.ts';

export const WANTED_VARIABLES = [
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
  'log_replica_updates',
  'gtid_mode',
  'gtid_executed',
  'gtid_purged',
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_source_timeout',
  'rpl_semi_sync_source_wait_for_replica_count',
  'rpl_semi_sync_replica_enabled',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_timeout',
  'rpl_semi_sync_master_wait_for_slave_count',
  'rpl_semi_sync_slave_enabled',
  'group_replication_group_name',
  'group_replication_single_primary_mode',
] as const;

const STATUS_SQL = `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status WHERE VARIABLE_NAME IN ('Uptime', 'Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_replica_status', 'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients', 'Rpl_semi_sync_slave_status')`;

const RECEIVERS_SQL = `SELECT s.CHANNEL_NAME AS channel, s.COUNT_RECEIVED_HEARTBEATS AS heartbeats, s.LAST_ERROR_NUMBER AS error, s.QUEUEING_TRANSACTION AS partial, c.HEARTBEAT_INTERVAL AS period FROM performance_schema.replication_connection_status s JOIN performance_schema.replication_connection_configuration c USING (CHANNEL_NAME)`;

const DUMPING_SQL = `SELECT PROCESSLIST_USER AS user, PROCESSLIST_HOST AS host FROM performance_schema.threads WHERE PROCESSLIST_COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')`;

const GROUP_SQL = `SELECT MEMBER_ID AS id, MEMBER_HOST AS host, MEMBER_PORT AS port, MEMBER_STATE AS state, MEMBER_ROLE AS role FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'`;

/** An unknown variable, a table that is not there: no group replication, and nothing to report (spec/discovery.md 9.7). */
const NO_GROUP_REPLICATION: readonly number[] = [1193, 1146];

/** The account that a replica keeps for itself. */
export const CREDENTIALS_SQL =
  "SELECT User_name AS user, User_password AS password FROM mysql.slave_master_info WHERE User_name <> '' ORDER BY User_name DESC LIMIT 1";

/**
 * Ends the applier's coordinator without waiting. `STOP REPLICA` waits a minute for the rest of a transaction of which the relay log has the
 * beginning, also when the source is dead (seen on 9.7; D15).
 */
export const END_APPLIER_SQL = [
  "SET @applier = (SELECT t.PROCESSLIST_ID FROM performance_schema.replication_applier_status_by_coordinator c JOIN performance_schema.threads t USING (THREAD_ID) WHERE c.CHANNEL_NAME = '')",
  'KILL @applier',
] as const;

/** The probe: one packet, one round trip. */
export function probeSections(capabilities: Capabilities, version: ServerVersion): readonly ProbeSection[] {
  const variables = WANTED_VARIABLES.filter((name) => capabilities.has(name)).map(
    (name) => `@@global.${name} AS ${name}`,
  );
  const sections: ProbeSection[] = [
    { name: 'variables', sql: `SELECT ${variables.join(', ')}`, essential: true },
    { name: 'replication', sql: 'SHOW REPLICA STATUS', essential: true },
    { name: 'binlog', sql: 'SHOW BINARY LOG STATUS', essential: false },
    { name: 'status', sql: STATUS_SQL, essential: false },
    { name: 'registered', sql: 'SHOW REPLICAS', essential: false },
    { name: 'dumping', sql: DUMPING_SQL, essential: false },
    { name: 'receivers', sql: RECEIVERS_SQL, essential: false },
    ...ndbSections(version),
  ];
  if (capabilities.has('group_replication_group_name')) {
    sections.push({ name: 'group', sql: GROUP_SQL, essential: false, unsupported: NO_GROUP_REPLICATION });
  }
  return sections;
}

export const STATEMENTS: readonly StatementFact[] = [
  {
    name: 'greeting',
    sql: 'SHOW GLOBAL VARIABLES WHERE Variable_name IN (…)',
    purpose: 'which family and version it is, and which variables it has; once a connection',
    privileges: [],
    changes: false,
  },
  {
    name: 'variables',
    sql: 'SELECT @@global.<name>, …',
    purpose: 'identity, version, read-only, binary log and GTID state',
    privileges: [],
    changes: false,
  },
  {
    name: 'replication',
    sql: 'SHOW REPLICA STATUS',
    purpose: 'source, receiver and applier of each channel',
    privileges: onServer('REPLICATION CLIENT'),
    changes: false,
  },
  {
    name: 'binlog',
    sql: 'SHOW BINARY LOG STATUS',
    purpose: 'own binary log position',
    privileges: onServer('REPLICATION CLIENT'),
    changes: false,
  },
  {
    name: 'status',
    sql: STATUS_SQL,
    purpose: 'uptime and semi-sync state',
    privileges: [],
    changes: false,
  },
  {
    name: 'registered',
    sql: 'SHOW REPLICAS',
    purpose: 'replicas that registered with report_host',
    privileges: onServer('REPLICATION SLAVE'),
    changes: false,
  },
  {
    name: 'dumping',
    sql: DUMPING_SQL,
    purpose: 'replicas by their connections',
    privileges: selectOn('performance_schema.threads'),
    changes: false,
  },
  {
    name: 'receivers',
    sql: RECEIVERS_SQL,
    purpose: 'heartbeats: the proof that a source lives',
    privileges: selectOn(
      'performance_schema.replication_connection_status',
      'performance_schema.replication_connection_configuration',
    ),
    changes: false,
  },
  {
    name: 'group',
    sql: GROUP_SQL,
    purpose: 'group replication members',
    privileges: selectOn('performance_schema.replication_group_members'),
    changes: false,
  },
  NDB_STATEMENT,
  {
    name: 'command-session',
    sql: COMMAND_SESSION_SQL,
    purpose:
      'what quoted texts in the commands of this connection mean, and how long they may wait for locks of others',
    privileges: [],
    changes: false,
  },
  {
    name: 'end-session',
    sql: END_SESSION_STATEMENT,
    purpose: 'end a session of our own whose command got no answer, so that it cannot take effect later',
    privileges: [],
    changes: false,
  },
  {
    name: 'stop-receiver',
    sql: 'STOP REPLICA IO_THREAD',
    purpose: 'freeze what was received before a successor is chosen',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'start-receiver',
    sql: 'START REPLICA IO_THREAD',
    purpose: 'undo of the former',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'start-applier',
    sql: 'START REPLICA SQL_THREAD',
    purpose: 'let a relay log be applied',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'stop-replication',
    sql: 'STOP REPLICA',
    purpose: 'stop both threads',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'start-replication',
    sql: 'START REPLICA',
    purpose: 'start both threads',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'end-half-transaction',
    sql: END_APPLIER_SQL.join('; '),
    purpose:
      'a source that dies in the middle of a transaction leaves half of it; where this is refused, its successor takes writes a minute later (D15)',
    privileges: [
      ...onServer('CONNECTION_ADMIN', 'SYSTEM_USER'),
      ...selectOn('performance_schema.threads', 'performance_schema.replication_applier_status_by_coordinator'),
    ],
    changes: true,
  },
  {
    name: 'forget-source',
    sql: 'RESET REPLICA ALL',
    purpose: 'a promoted server must never follow its old source again (E5)',
    privileges: onServer('RELOAD'),
    changes: true,
  },
  {
    name: 'follow',
    sql: 'CHANGE REPLICATION SOURCE TO SOURCE_HOST = …, SOURCE_PORT = …, …',
    purpose: 'point a replica at its source',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'detach-source',
    sql: 'CHANGE REPLICATION SOURCE TO SOURCE_HOST = …',
    purpose: 'a lost replica must not look like a good one (D7)',
    privileges: onServer('REPLICATION_SLAVE_ADMIN'),
    changes: true,
  },
  {
    name: 'read-only',
    sql: 'SET GLOBAL read_only = 1',
    purpose: 'one writer at a time',
    privileges: onServer('SYSTEM_VARIABLES_ADMIN'),
    changes: true,
  },
  {
    name: 'super-read-only',
    sql: 'SET GLOBAL super_read_only = 1',
    purpose: 'the same, for privileged accounts too',
    privileges: onServer('SYSTEM_VARIABLES_ADMIN'),
    changes: true,
  },
  {
    name: 'writable',
    sql: 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0',
    purpose: 'the promoted server takes writes',
    privileges: onServer('SYSTEM_VARIABLES_ADMIN'),
    changes: true,
  },
  {
    name: 'wait-for-gtid',
    sql: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(<set>, <seconds>)',
    purpose: 'wait until what was received is applied',
    privileges: [],
    changes: false,
  },
  {
    name: 'credentials',
    sql: CREDENTIALS_SQL,
    purpose: 'replication account for a demoted primary',
    privileges: selectOn('mysql.slave_master_info'),
    changes: false,
  },
];
