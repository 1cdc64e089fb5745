/**
 * MySQL from 5.6 on: every statement we may send, with why and with which privilege. Manuals of 5.6, 5.7, 8.0 and 8.4, chapters on replication
 * statements (13.4, 15.4) and on the performance schema.
 */
import type { ServerVersion } from '../../model/server-version.ts';
import { END_CLIENT_SESSIONS_STATEMENT } from '../client-sessions.ts';
import type { Capabilities, ProbeSection, StatementFact } from '../dialect.ts';
import { MARKER_STATEMENTS } from '../inject-marker.ts';
import { NDB_STATEMENT, ndbSections } from '../ndb.ts';
import { onServer, selectOn } from '../privileges.ts';
import { SEMI_SYNC_SOURCE_STATEMENT } from '../semi-sync-source.ts';
import { SESSION_STATEMENTS } from '../session-statements.ts';
import { literal, SET_VARIABLE_STATEMENT } from '../sql-text.ts';
import { WRITE_PROBE_STATEMENTS } from '../write-probe.ts';
import { operationStatementsIn } from './operation-statements.ts';
import { type Ability, hasAbility, type Release } from './releases.ts';
import { changeVerb, type OracleWords } from './words.ts';

/** The account that a replica keeps for itself. Empty where it keeps it in a file, as 5.6 and 5.7 do unless told otherwise. */
export const CREDENTIALS_SQL =
  "SELECT User_name AS user, User_password AS password FROM mysql.slave_master_info WHERE User_name <> '' ORDER BY User_name DESC LIMIT 1";

/**
 * The transactions with whose errors workers of the applier have stopped, of every channel; a single-threaded applier counts as a worker. Null: the release does not tell
 * (MySQL reference manual, "The replication_applier_status_by_worker Table").
 */
export function failedTransactionSqlOf(release: Release): string | null {
  if (!hasAbility(release, 'receiverTables')) return null;
  const column = hasAbility(release, 'partialTransaction') ? 'APPLYING_TRANSACTION' : 'LAST_SEEN_TRANSACTION';
  return `SELECT DISTINCT ${column} AS failed FROM performance_schema.replication_applier_status_by_worker WHERE LAST_ERROR_NUMBER <> 0 AND ${column} <> ''`;
}

/**
 * Ends the applier's coordinator without waiting. `STOP REPLICA` waits a minute for the rest of a transaction of which the relay log has the
 * beginning, also when the source is dead (seen on 9.7; D15). An applier without workers has no coordinator, and does not wait either.
 */
export const endApplierSql = (channel = ''): readonly string[] => [
  `SET @applier = (SELECT t.PROCESSLIST_ID FROM performance_schema.replication_applier_status_by_coordinator c JOIN performance_schema.threads t USING (THREAD_ID) WHERE c.CHANNEL_NAME = ${literal(channel)})`,
  'KILL @applier',
];

/** As the list of statements shows it. */
export const END_APPLIER_STATEMENT = endApplierSql('…').join('; ').replace("'…'", '…');

const GROUP_SQL = `SELECT MEMBER_ID AS id, MEMBER_HOST AS host, MEMBER_PORT AS port, MEMBER_STATE AS state, MEMBER_ROLE AS role FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'`;

/**
 * A member that was just elected lets nobody read a table until it has applied all that it has received (BEFORE_ON_PRIMARY_FAILOVER, the
 * default from 8.4 on; stricter settings make every member wait). A configured query that reads one would keep the whole probe waiting (seen on
 * 9.7), and the new primary would look dead.
 */
const GROUP_SESSION_SQL = "SET SESSION group_replication_consistency = 'EVENTUAL'";

/** An unknown variable, a table that is not there: no group replication, and nothing to report (spec/discovery.md 9.7). */
const NO_GROUP_REPLICATION: readonly number[] = [1193, 1146];

/** By where the connections are. */
const DUMPING_SQL: Readonly<Record<OracleWords['connections'], string>> = {
  'performance_schema.threads': `SELECT PROCESSLIST_USER AS user, PROCESSLIST_HOST AS host FROM performance_schema.threads WHERE PROCESSLIST_COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')`,
  'information_schema.processlist': `SELECT USER AS user, HOST AS host FROM information_schema.processlist WHERE COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')`,
};

/** By where the status variables are. Only servers that are asked the older way count heartbeats there. */
const STATUS_SQL: Readonly<Record<OracleWords['status'], string>> = {
  'performance_schema.global_status': `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status WHERE VARIABLE_NAME IN ('Uptime', 'Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_replica_status', 'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients', 'Rpl_semi_sync_slave_status')`,
  'SHOW GLOBAL STATUS': `SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients', 'Rpl_semi_sync_slave_status', 'Slave_received_heartbeats', 'Slave_heartbeat_period')`,
};

function receiversSql(hasPartialTransaction: boolean): string {
  // Both clocks are the statement's: NOW() alone means two moments in the hour that a time zone has twice.
  const signs =
    ' UNIX_TIMESTAMP(s.LAST_HEARTBEAT_TIMESTAMP) AS heartbeatAt, UNIX_TIMESTAMP(s.LAST_QUEUED_TRANSACTION_END_QUEUE_TIMESTAMP) AS queuedAt, UNIX_TIMESTAMP() AS second, MICROSECOND(NOW(6)) AS micros,';
  const partial = hasPartialTransaction ? ` s.QUEUEING_TRANSACTION AS partial,${signs}` : '';
  return `SELECT s.CHANNEL_NAME AS channel, s.COUNT_RECEIVED_HEARTBEATS AS heartbeats, s.LAST_ERROR_NUMBER AS error,${partial} c.HEARTBEAT_INTERVAL AS period FROM performance_schema.replication_connection_status s JOIN performance_schema.replication_connection_configuration c USING (CHANNEL_NAME)`;
}

/** The probe: one packet, one round trip. */
export function probeSectionsIn(
  words: OracleWords,
  wantedVariables: readonly string[],
): (capabilities: Capabilities, version: ServerVersion) => readonly ProbeSection[] {
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  return (capabilities, version) => {
    const variables = wantedVariables
      .filter((name) => capabilities.has(name))
      .map((name) => `@@global.${name} AS ${name}`);
    const sections: ProbeSection[] = [
      { name: 'variables', sql: `SELECT ${variables.join(', ')}`, essential: true },
      { name: 'replication', sql: `SHOW ${words.replica} STATUS`, essential: true },
      { name: 'binlog', sql: words.binlogStatus, essential: false },
      { name: 'status', sql: STATUS_SQL[words.status], essential: false },
      { name: 'registered', sql: words.registered, essential: false },
      { name: 'dumping', sql: DUMPING_SQL[words.connections], essential: false },
    ];
    if (has('receiverTables')) {
      sections.push({ name: 'receivers', sql: receiversSql(has('partialTransaction')), essential: false });
    }
    if (has('memberRole') && capabilities.has('group_replication_group_name')) {
      sections.push({ name: 'group', sql: GROUP_SQL, essential: false, unsupported: NO_GROUP_REPLICATION });
    }
    // The variable of the group's name comes with the plugin.
    if (has('groupConsistency') && capabilities.has('group_replication_group_name')) {
      // First, so that what comes after it in the packet is answered at once.
      sections.unshift({ name: 'group-session', sql: GROUP_SESSION_SQL, essential: false });
    }
    return [...sections, ...ndbSections(version)];
  };
}

export function statementsIn(words: OracleWords): readonly StatementFact[] {
  return [
    ...readingStatements(words),
    ...SESSION_STATEMENTS,
    ...WRITE_PROBE_STATEMENTS,
    ...MARKER_STATEMENTS,
    ...threadStatements(words),
    ...lastingStatements(words),
    ...operationStatementsIn(words),
  ];
}

function readingStatements(words: OracleWords): readonly StatementFact[] {
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const list: StatementFact[] = [
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
      sql: `SHOW ${words.replica} STATUS`,
      purpose: 'source, receiver and applier of each channel',
      privileges: onServer('REPLICATION CLIENT'),
      changes: false,
    },
    {
      name: 'binlog',
      sql: words.binlogStatus,
      purpose: 'own binary log position',
      privileges: onServer('REPLICATION CLIENT'),
      changes: false,
    },
    {
      name: 'status',
      sql: STATUS_SQL[words.status],
      purpose:
        words.status === 'SHOW GLOBAL STATUS' ? 'uptime, semi-sync state and heartbeats' : 'uptime and semi-sync state',
      privileges: [],
      changes: false,
    },
    {
      name: 'registered',
      sql: words.registered,
      purpose: 'replicas that registered with report_host',
      privileges: onServer('REPLICATION SLAVE'),
      changes: false,
    },
    {
      name: 'dumping',
      sql: DUMPING_SQL[words.connections],
      purpose: 'replicas by their connections',
      privileges:
        words.connections === 'performance_schema.threads'
          ? selectOn('performance_schema.threads')
          : onServer('PROCESS'),
      changes: false,
    },
  ];
  if (has('receiverTables')) {
    list.push({
      name: 'receivers',
      sql: receiversSql(has('partialTransaction')),
      purpose: 'heartbeats: the proof that a source lives',
      privileges: selectOn(
        'performance_schema.replication_connection_status',
        'performance_schema.replication_connection_configuration',
      ),
      changes: false,
    });
  }
  if (has('memberRole')) {
    list.push({
      name: 'group',
      sql: GROUP_SQL,
      purpose: 'group replication members',
      privileges: selectOn('performance_schema.replication_group_members'),
      changes: false,
    });
  }
  if (has('groupConsistency')) {
    list.push({
      name: 'group-session',
      sql: GROUP_SESSION_SQL,
      purpose: 'configured queries are answered by a member that has much left to apply, too',
      privileges: [],
      changes: false,
    });
  }
  return [...list, NDB_STATEMENT];
}

/** Starting, stopping and pointing. */
function threadStatements(words: OracleWords): readonly StatementFact[] {
  const { replica } = words;
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const privileges = onServer(has('dynamicPrivileges') ? 'REPLICATION_SLAVE_ADMIN' : 'SUPER');
  const list: StatementFact[] = [
    {
      name: 'stop-receiver',
      sql: `STOP ${replica} IO_THREAD`,
      purpose: 'freeze what was received before a successor is chosen',
      privileges,
      changes: true,
    },
    {
      name: 'start-receiver',
      sql: `START ${replica} IO_THREAD`,
      purpose: 'undo of the former',
      privileges,
      changes: true,
    },
    {
      name: 'start-applier',
      sql: `START ${replica} SQL_THREAD`,
      purpose: 'let a relay log be applied',
      privileges,
      changes: true,
    },
    { name: 'stop-replication', sql: `STOP ${replica}`, purpose: 'stop both threads', privileges, changes: true },
    { name: 'start-replication', sql: `START ${replica}`, purpose: 'start both threads', privileges, changes: true },
  ];
  if (has('partialTransaction')) {
    list.push({
      name: 'end-half-transaction',
      sql: END_APPLIER_STATEMENT,
      purpose:
        'a source that dies in the middle of a transaction leaves half of it; where this is refused, its successor takes writes a minute later (D15)',
      privileges: [
        ...onServer('CONNECTION_ADMIN', ...(has('systemUser') ? ['SYSTEM_USER'] : [])),
        ...selectOn('performance_schema.threads', 'performance_schema.replication_applier_status_by_coordinator'),
      ],
      changes: true,
    });
  }
  list.push(
    {
      name: 'forget-source',
      sql: `RESET ${replica} ALL`,
      purpose: 'a promoted server must never follow its old source again (E5)',
      privileges: onServer('RELOAD'),
      changes: true,
    },
    {
      name: 'follow',
      sql: `${changeVerb(words)} ${words.source}_HOST = …, ${words.source}_PORT = …, …`,
      purpose: 'point a replica at its source',
      privileges,
      changes: true,
    },
    {
      name: 'detach-source',
      sql: `${changeVerb(words)} ${words.source}_HOST = …`,
      purpose: 'a lost replica must not look like a good one (D7)',
      privileges,
      changes: true,
    },
    {
      name: 'heal',
      sql: `RESET ${replica}; START ${replica} IO_THREAD; STOP ${replica} IO_THREAD; RESET ${replica}`,
      purpose: 'where the former are refused with 1201 or 1872: the server cannot make sense of its relay logs (D13)',
      privileges: [...onServer('RELOAD'), ...privileges],
      changes: true,
    },
  );
  return list;
}

/** Who may write, and waiting. */
function lastingStatements(words: OracleWords): readonly StatementFact[] {
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const privileges = onServer(has('dynamicPrivileges') ? 'SYSTEM_VARIABLES_ADMIN' : 'SUPER');
  const failedSql = failedTransactionSqlOf(words.release);
  return [
    {
      name: 'read-only',
      sql: 'SET GLOBAL read_only = 1',
      purpose: 'one writer at a time',
      privileges,
      changes: true,
    },
    ...(has('superReadOnly')
      ? [
          {
            name: 'super-read-only',
            sql: 'SET GLOBAL super_read_only = 1',
            purpose: 'the same, for privileged accounts too',
            privileges,
            changes: true,
          },
        ]
      : []),
    {
      name: 'writable',
      sql: has('superReadOnly') ? 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0' : 'SET GLOBAL read_only = 0',
      purpose: 'the promoted server takes writes',
      privileges,
      changes: true,
    },
    {
      name: 'end-sessions',
      sql: END_CLIENT_SESSIONS_STATEMENT,
      purpose: 'a replaced primary that came back serves nobody; where this is refused, its clients keep it (G3)',
      privileges: onServer(
        'PROCESS',
        ...(has('dynamicPrivileges') ? ['CONNECTION_ADMIN'] : ['SUPER']),
        ...(has('systemUser') ? ['SYSTEM_USER'] : []),
      ),
      changes: true,
    },
    {
      name: 'set-semi-sync-source',
      sql: SEMI_SYNC_SOURCE_STATEMENT,
      purpose:
        'after the former: commits that wait for acknowledgements keep a replaced primary from being read-only (G4)',
      privileges,
      changes: true,
    },
    {
      name: 'set-variable',
      sql: SET_VARIABLE_STATEMENT,
      purpose:
        'PrimaryVariables and ReplicaVariables: what a server is to have as a primary or as its replica (E4); some variables need more',
      privileges,
      changes: true,
      whenConfigured: true,
    },
    {
      name: 'wait-for-gtid',
      sql: has('waitForExecutedSet')
        ? 'SELECT WAIT_FOR_EXECUTED_GTID_SET(<set>, <seconds>)'
        : 'SELECT IF(WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS(<set>, <seconds>) >= 0, 0, 1)',
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
    ...(failedSql === null
      ? []
      : [
          {
            name: 'failed-transaction',
            sql: failedSql,
            purpose: 'at which transaction an applier has stopped, before it is skipped',
            privileges: selectOn('performance_schema.replication_applier_status_by_worker'),
            changes: false,
          },
        ]),
  ];
}
