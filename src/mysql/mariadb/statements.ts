/**
 * MariaDB 10.5 and later: every statement we may send, with why and with which privilege (MariaDB knowledge base, "Replication Commands").
 */
import { END_CLIENT_SESSIONS_STATEMENT } from '../client-sessions.ts';
import type { Capabilities, ProbeSection, StatementFact } from '../dialect.ts';
import { MARKER_STATEMENTS } from '../inject-marker.ts';
import { onServer } from '../privileges.ts';
import { SEMI_SYNC_SOURCE_STATEMENT } from '../semi-sync-source.ts';
import { SESSION_STATEMENTS } from '../session-statements.ts';
import { SET_VARIABLE_STATEMENT } from '../sql-text.ts';
import { WRITE_PROBE_STATEMENTS } from '../write-probe.ts';
import { OPERATION_STATEMENTS } from './operation-statements.ts';

export const WANTED_VARIABLES = [
  'hostname',
  'report_host',
  'report_port',
  'port',
  'server_id',
  'version',
  'version_comment',
  'read_only',
  'binlog_format',
  'binlog_row_image',
  'log_bin',
  'log_slave_updates',
  'gtid_domain_id',
  'gtid_binlog_pos',
  'gtid_slave_pos',
  'gtid_current_pos',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_timeout',
  'rpl_semi_sync_slave_enabled',
] as const;

const STATUS_SQL = `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM information_schema.global_status WHERE VARIABLE_NAME IN ('UPTIME', 'RPL_SEMI_SYNC_MASTER_STATUS', 'RPL_SEMI_SYNC_MASTER_CLIENTS', 'RPL_SEMI_SYNC_SLAVE_STATUS')`;

const DUMPING_SQL = `SELECT USER AS user, HOST AS host FROM information_schema.processlist WHERE COMMAND = 'Binlog Dump'`;

/** The probe: one packet, one round trip. */
export function probeSections(capabilities: Capabilities): readonly ProbeSection[] {
  const variables = WANTED_VARIABLES.filter((name) => capabilities.has(name)).map(
    (name) => `@@global.${name} AS ${name}`,
  );
  return [
    { name: 'variables', sql: `SELECT ${variables.join(', ')}`, essential: true },
    // SHOW ALL SLAVES STATUS, unlike SHOW SLAVE STATUS, has the heartbeat counter and names the connection.
    { name: 'replication', sql: 'SHOW ALL SLAVES STATUS', essential: true },
    { name: 'binlog', sql: 'SHOW MASTER STATUS', essential: false },
    { name: 'status', sql: STATUS_SQL, essential: false },
    { name: 'registered', sql: 'SHOW SLAVE HOSTS', essential: false },
    { name: 'dumping', sql: DUMPING_SQL, essential: false },
  ];
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
    purpose: 'identity, version, read-only, binary log and GTID positions',
    privileges: [],
    changes: false,
  },
  {
    name: 'replication',
    sql: 'SHOW ALL SLAVES STATUS',
    purpose:
      'source, receiver, applier and heartbeats of each connection; before 10.5.9 REPLICATION SLAVE ADMIN allows it',
    privileges: onServer('SLAVE MONITOR'),
    changes: false,
  },
  {
    name: 'binlog',
    sql: 'SHOW MASTER STATUS',
    purpose: 'own binary log position',
    privileges: onServer('BINLOG MONITOR'),
    changes: false,
  },
  { name: 'status', sql: STATUS_SQL, purpose: 'uptime and semi-sync state', privileges: [], changes: false },
  {
    name: 'registered',
    sql: 'SHOW SLAVE HOSTS',
    purpose: 'replicas that registered with report_host',
    privileges: onServer('REPLICATION MASTER ADMIN'),
    changes: false,
  },
  {
    name: 'dumping',
    sql: DUMPING_SQL,
    purpose: 'replicas by their connections',
    privileges: onServer('PROCESS'),
    changes: false,
  },
  ...SESSION_STATEMENTS,
  ...WRITE_PROBE_STATEMENTS,
  ...MARKER_STATEMENTS,
  {
    name: 'stop-receiver',
    sql: 'STOP SLAVE IO_THREAD',
    purpose: 'freeze what was received before a successor is chosen',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'start-receiver',
    sql: 'START SLAVE IO_THREAD',
    purpose: 'undo of the former',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'start-applier',
    sql: 'START SLAVE SQL_THREAD',
    purpose: 'let a relay log be applied',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'stop-replication',
    sql: 'STOP SLAVE',
    purpose: 'stop both threads',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'stop-every-channel',
    sql: 'STOP ALL SLAVES',
    purpose: 'stop both threads of every source at once, of a server that has several',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'start-replication',
    sql: 'START SLAVE',
    purpose: 'start both threads',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'forget-source',
    sql: 'RESET SLAVE ALL',
    purpose: 'a promoted server must never follow its old source again (E5)',
    privileges: onServer('RELOAD'),
    changes: true,
  },
  {
    name: 'follow',
    sql: 'CHANGE MASTER TO MASTER_HOST = …, MASTER_PORT = …, …',
    purpose: 'point a replica at its source',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'detach-source',
    sql: 'CHANGE MASTER TO MASTER_HOST = …',
    purpose: 'a lost replica must not look like a good one (D7)',
    privileges: onServer('REPLICATION SLAVE ADMIN'),
    changes: true,
  },
  {
    name: 'read-only',
    sql: 'SET GLOBAL read_only = …',
    purpose: 'one writer at a time',
    privileges: onServer('READ_ONLY ADMIN'),
    changes: true,
  },
  {
    name: 'end-sessions',
    sql: END_CLIENT_SESSIONS_STATEMENT,
    purpose: 'a replaced primary that came back serves nobody; where this is refused, its clients keep it (G3)',
    privileges: onServer('PROCESS', 'CONNECTION ADMIN'),
    changes: true,
  },
  {
    name: 'set-semi-sync-source',
    sql: SEMI_SYNC_SOURCE_STATEMENT,
    purpose:
      'after the former: commits that wait for acknowledgements keep a replaced primary from being read-only (G4)',
    privileges: onServer('REPLICATION MASTER ADMIN'),
    changes: true,
  },
  {
    name: 'set-variable',
    sql: SET_VARIABLE_STATEMENT,
    purpose:
      'PrimaryVariables and ReplicaVariables: what a server is to have as a primary or as its replica (E4); grant it apart if you want this, or BINLOG ADMIN where the variables are of the binary log alone',
    privileges: onServer('SUPER'),
    changes: true,
    whenConfigured: true,
    grantedApart: true,
  },
  {
    name: 'wait-for-gtid',
    sql: 'SELECT MASTER_GTID_WAIT(<position>, <seconds>)',
    purpose: 'wait until what was received is applied',
    privileges: [],
    changes: false,
  },
  {
    name: 'credentials',
    sql: 'the configured ReplicationCredentialsQuery',
    purpose: 'replication account for a demoted primary; no statement of MariaDB shows it',
    privileges: [],
    changes: false,
  },
  ...OPERATION_STATEMENTS,
];
