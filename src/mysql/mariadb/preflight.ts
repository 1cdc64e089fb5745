/**
 * Preflight of MariaDB: settings that are read when somebody asks, and statements for people (knowledge base: CHANGE MASTER TO).
 */
import type { Remedy, RenderedRemedy } from '../../model/remedy.ts';
import type { ReceiverSettings, ServerSettings } from '../../model/server-settings.ts';
import type { DialectPreflight, SectionRows } from '../dialect.ts';
import {
  grantText,
  numberIn,
  optionLines,
  preflightQuestions,
  rendered,
  settingsOf,
  variablesOf,
} from '../preflight-rows.ts';
import { onServer } from '../privileges.ts';
import { numberOf, textOf } from '../row-values.ts';
import { integer, literal } from '../sql-text.ts';

const SETTINGS = [
  'slave_net_timeout',
  'master_retry_count',
  'relay_log_recovery',
  'log_bin',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'max_connections',
  'binlog_expire_logs_seconds',
  'expire_logs_days',
];

const SETTINGS_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${SETTINGS.map((name) => `'${name}'`).join(', ')})`;

const CONNECTIONS_SQL = `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM information_schema.global_status WHERE VARIABLE_NAME IN ('THREADS_CONNECTED', 'MAX_USED_CONNECTIONS')`;

const CHANNELS_SQL = 'SHOW ALL SLAVES STATUS';

function readSettings(rows: SectionRows): ServerSettings {
  // Versions without the variable have it as an option of the server program, which nobody can ask for.
  const retryCount = numberIn(variablesOf(rows.get('settings')), 'master_retry_count');
  const receivers = (rows.get('channels') ?? []).map(
    (row): ReceiverSettings => ({
      channel: textOf(row, 'Connection_name'),
      heartbeatSeconds: numberOf(row, 'Slave_heartbeat_period'),
      connectRetrySeconds: numberOf(row, 'Connect_Retry'),
      retryCount,
    }),
  );
  return settingsOf(rows, receivers);
}

function renderRemedy(remedy: Remedy): RenderedRemedy {
  switch (remedy.kind) {
    case 'grant':
      return grantText(remedy);
    case 'set-variables':
      return setGlobal(remedy.variables);
    case 'set-net-timeout': {
      const { statements, optionFile } = setGlobal({ slave_net_timeout: remedy.seconds });
      return rendered([...statements, ...(remedy.isReplica ? RESTART_RECEIVER : [])], optionFile);
    }
    case 'set-binlog-expiry':
      return setGlobal({ expire_logs_days: Math.ceil(remedy.seconds / SECONDS_PER_DAY) });
    case 'set-server-id': {
      const { statements, optionFile } = setGlobal({ server_id: remedy.serverId });
      return rendered([...statements, ...(remedy.isReplica ? RESTART_RECEIVER : [])], optionFile);
    }
    case 'set-read-only':
      return setGlobal({ read_only: 'ON' });
    case 'set-binlog-format': {
      // A running applier keeps the format it began with.
      const { statements, optionFile } = setGlobal({ binlog_format: remedy.format });
      return rendered(['STOP SLAVE SQL_THREAD', ...statements, 'START SLAVE SQL_THREAD'], optionFile);
    }
    case 'set-at-start':
      return rendered(
        [],
        optionLines(Object.fromEntries(remedy.variables.map((name) => START_OPTIONS[name]))),
        RESTART,
      );
    case 'tune-receiver':
      return tuneReceiver(remedy);
    case 'end-delay':
      return change('', ['MASTER_DELAY = 0']);
    case 'follow-by-gtid':
      return change('', ['MASTER_USE_GTID = slave_pos']);
    case 'switch-gtid-on':
      return rendered([]);
  }
}

const SECONDS_PER_DAY = 86_400;

/** A receiver takes timeout and server id when it starts; the applier goes on. */
const RESTART_RECEIVER = ['STOP SLAVE IO_THREAD', 'START SLAVE IO_THREAD'];

const RESTART = 'The server takes this when it starts: restart a replica at a time.';

/** D4. */
const FETCHED_AGAIN =
  'Do this while its source is well and it does not lag: what was received and is not applied yet is thrown away and fetched again.';

const START_OPTIONS = {
  log_bin: ['log_bin', 'binlog'],
  log_replica_updates: ['log_slave_updates', 'ON'],
  relay_log_recovery: ['relay_log_recovery', 'ON'],
  retry_count: ['master_retry_count', '86400'],
} as const;

/** Nothing that is set on a running MariaDB outlives a restart. */
function setGlobal(variables: Readonly<Record<string, string | number>>): RenderedRemedy {
  const statements = Object.entries(variables).map(([name, value]) => `SET GLOBAL ${name} = ${value}`);
  return rendered(statements, optionLines(variables));
}

function tuneReceiver(remedy: Extract<Remedy, { kind: 'tune-receiver' }>): RenderedRemedy {
  const options: string[] = [];
  if (remedy.heartbeatSeconds !== undefined) options.push(`MASTER_HEARTBEAT_PERIOD = ${remedy.heartbeatSeconds}`);
  if (remedy.connectRetry !== undefined) options.push(`MASTER_CONNECT_RETRY = ${integer(remedy.connectRetry.seconds)}`);
  return change(remedy.channel, options);
}

function change(channel: string, options: readonly string[]): RenderedRemedy {
  const name = channel === '' ? '' : ` ${literal(channel)}`;
  return rendered(
    [`STOP SLAVE${name}`, `CHANGE MASTER${name} TO ${options.join(', ')}`, `START SLAVE${name}`],
    [],
    FETCHED_AGAIN,
  );
}

export const preflight: DialectPreflight = {
  ...preflightQuestions({
    settings: SETTINGS_SQL,
    connections: CONNECTIONS_SQL,
    channels: { sql: CHANNELS_SQL, privileges: onServer('SLAVE MONITOR') },
  }),
  readSettings,
  renderRemedy,
};
