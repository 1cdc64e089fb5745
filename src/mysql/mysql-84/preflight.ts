/**
 * Preflight of MySQL 8.4 and later: settings that are read when somebody asks, and statements for people
 * (reference manual 15.4.2, CHANGE REPLICATION SOURCE TO; 15.7.6.1, SET PERSIST).
 */
import type { Remedy, RenderedRemedy } from '../../model/remedy.ts';
import type { ReceiverSettings, ServerSettings } from '../../model/server-settings.ts';
import type { DialectPreflight, SectionRows } from '../dialect.ts';
import { grantText, optionLines, preflightQuestions, rendered, settingsOf } from '../preflight-rows.ts';
import { selectOn } from '../privileges.ts';
import { nullableNumberOf, numberOf, textOf } from '../row-values.ts';
import { integer, literal } from '../sql-text.ts';

const SETTINGS = [
  'replica_net_timeout',
  'relay_log_recovery',
  'log_bin',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'max_connections',
  'binlog_expire_logs_seconds',
  'binlog_expire_logs_auto_purge',
];

const SETTINGS_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${SETTINGS.map((name) => `'${name}'`).join(', ')})`;

const CONNECTIONS_SQL = `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status WHERE VARIABLE_NAME IN ('Threads_connected', 'Max_used_connections')`;

/** The channels of a replication group have no host. */
const CHANNELS_SQL = `SELECT CHANNEL_NAME AS channel, HEARTBEAT_INTERVAL AS heartbeat, CONNECTION_RETRY_INTERVAL AS retry, CONNECTION_RETRY_COUNT AS retries FROM performance_schema.replication_connection_configuration WHERE HOST <> '' AND HOST <> '<NULL>'`;

function readSettings(rows: SectionRows): ServerSettings {
  const receivers = (rows.get('channels') ?? []).map(
    (row): ReceiverSettings => ({
      channel: textOf(row, 'channel'),
      heartbeatSeconds: numberOf(row, 'heartbeat'),
      connectRetrySeconds: numberOf(row, 'retry'),
      retryCount: nullableNumberOf(row, 'retries'),
    }),
  );
  return settingsOf(rows, receivers);
}

const FOLLOW = 'CHANGE REPLICATION SOURCE TO';

function renderRemedy(remedy: Remedy): RenderedRemedy {
  switch (remedy.kind) {
    case 'grant':
      return grantText(remedy);
    case 'set-variables':
      return rendered(Object.entries(remedy.variables).map(([name, value]) => persist(name, value)));
    case 'set-net-timeout':
      // A receiver takes the value when it starts.
      return rendered([
        persist('replica_net_timeout', remedy.seconds),
        ...(remedy.isReplica ? ['STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD'] : []),
      ]);
    case 'set-binlog-expiry':
      return rendered([persist('binlog_expire_logs_seconds', remedy.seconds)]);
    case 'set-server-id':
      return rendered([
        persist('server_id', remedy.serverId),
        ...(remedy.isReplica ? ['STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD'] : []),
      ]);
    case 'set-read-only':
      // Not persisted: the one that is promoted would be read-only again after a restart that nobody connects with it.
      return rendered(['SET GLOBAL super_read_only = ON'], ['super_read_only = ON']);
    case 'set-binlog-format':
      // Refused while an applier runs.
      return rendered(['STOP REPLICA SQL_THREAD', persist('binlog_format', remedy.format), 'START REPLICA SQL_THREAD']);
    case 'set-at-start':
      return rendered(
        [],
        optionLines(Object.fromEntries(remedy.variables.map((name) => [name, START_VALUES[name]]))),
        RESTART,
      );
    case 'tune-receiver':
      return tuneReceiver(remedy);
    case 'end-delay':
      // The receiver goes on: D4, without any running thread this would throw the relay log away.
      return rendered(['STOP REPLICA SQL_THREAD', `${FOLLOW} SOURCE_DELAY = 0`, 'START REPLICA SQL_THREAD']);
    case 'follow-by-gtid':
      return rendered(['STOP REPLICA', `${FOLLOW} SOURCE_AUTO_POSITION = 1`, 'START REPLICA'], [], FETCHED_AGAIN);
    case 'switch-gtid-on':
      return switchGtidOn(remedy.from);
  }
}

const persist = (name: string, value: string | number): string => `SET PERSIST ${name} = ${value}`;

const RESTART = 'The server takes this when it starts: restart a replica at a time.';

const FETCHED_AGAIN =
  'Do this while its source is well and it does not lag: what was received and is not applied yet is thrown away and fetched again.';

const START_VALUES = {
  log_bin: 'binlog',
  log_replica_updates: 'ON',
  relay_log_recovery: 'ON',
  retry_count: '',
} as const;

function tuneReceiver(remedy: Extract<Remedy, { kind: 'tune-receiver' }>): RenderedRemedy {
  const channel = remedy.channel === '' ? '' : ` FOR CHANNEL ${literal(remedy.channel)}`;
  const options: string[] = [];
  if (remedy.heartbeatSeconds !== undefined) options.push(`SOURCE_HEARTBEAT_PERIOD = ${remedy.heartbeatSeconds}`);
  if (remedy.connectRetry !== undefined) {
    const { seconds, count } = remedy.connectRetry;
    options.push(`SOURCE_CONNECT_RETRY = ${integer(seconds)}, SOURCE_RETRY_COUNT = ${integer(count)}`);
  }
  // D4: the applier goes on, so that the relay log is kept.
  return rendered(
    [
      `STOP REPLICA IO_THREAD${channel}`,
      `${FOLLOW} ${options.join(', ')}${channel}`,
      `START REPLICA IO_THREAD${channel}`,
    ],
    [],
    'Do this while its applier runs: with both threads stopped the relay log would be thrown away.',
  );
}

/** Manual 19.1.4.2. A server takes one step at a time. */
const GTID_STEPS = ['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'];

function switchGtidOn(from: string): RenderedRemedy {
  const steps = GTID_STEPS.slice(GTID_STEPS.indexOf(from) + 1).map((mode) => persist('gtid_mode', mode));
  return rendered(
    [persist('enforce_gtid_consistency', 'ON'), ...steps],
    [],
    "Each statement on every server of the cluster before the next one; before the last one wait until SHOW STATUS LIKE 'Ongoing_anonymous_transaction_count' is 0 everywhere.",
  );
}

export const preflight: DialectPreflight = {
  ...preflightQuestions({
    settings: SETTINGS_SQL,
    connections: CONNECTIONS_SQL,
    channels: { sql: CHANNELS_SQL, privileges: selectOn('performance_schema.replication_connection_configuration') },
  }),
  readSettings,
  renderRemedy,
};
