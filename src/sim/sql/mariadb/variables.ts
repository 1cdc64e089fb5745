/** System variables of MariaDB, as far as somebody asks for them (knowledge base, "Server System Variables"). Semi-sync is built in. */
import type { SqlValue } from '../../sql-session.ts';
import { readOnlyWrite } from '../read-only-variable.ts';
import {
  byName,
  flagVariable,
  numberVariable,
  ofSessions,
  type SystemVariable,
  switchVariable,
  textVariable,
  writable,
  writableAtOnce,
} from '../system-variable.ts';
import { COMMON_VARIABLES } from '../variables.ts';

const SQL_MODE = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION';

const MUST_STOP = 1198;

const DAY_SECONDS = 86_400;

/** Of `wait_timeout`. Nobody is idle for so long here, and nobody is sent away for it. */
const IDLE_SECONDS = 28_800;

const SEMI_SYNC: readonly SystemVariable[] = [
  writableAtOnce(
    flagVariable('rpl_semi_sync_master_enabled', ({ server }) => Number(server.running.semiSync.isEnabled)),
    (value, { server }) => server.running.semiSync.setEnabled(value === 1),
  ),
  writableAtOnce(
    numberVariable('rpl_semi_sync_master_timeout', ({ server }) => server.running.semiSync.settings.timeoutMillis),
    (value, { server }) => {
      server.running.semiSync.settings.timeoutMillis = Number(value);
    },
  ),
  writableAtOnce(
    flagVariable('rpl_semi_sync_slave_enabled', ({ server }) => Number(server.running.acknowledges)),
    (value, { server }) => {
      server.running.acknowledges = value === 1;
    },
  ),
  textVariable('rpl_semi_sync_master_wait_point', 'AFTER_COMMIT'),
];

/** Of binary logs: two names of one value. */
const [EXPIRE_SECONDS, EXPIRE_DAYS] = ['binlog_expire_logs_seconds', 'expire_logs_days'];

const expireAfter = (globals: Map<string, SqlValue>, days: number): void => {
  globals.set(EXPIRE_DAYS, days).set(EXPIRE_SECONDS, Math.round(days * DAY_SECONDS));
};

const EXPIRY: readonly SystemVariable[] = [
  writableAtOnce(numberVariable(EXPIRE_SECONDS, 0), (value, { globals }) =>
    expireAfter(globals, Number(value) / DAY_SECONDS),
  ),
  writableAtOnce(numberVariable(EXPIRE_DAYS, 0), (value, { globals }) => expireAfter(globals, Number(value))),
];

export const VARIABLES = byName([
  ...COMMON_VARIABLES,
  ...SEMI_SYNC,
  ...EXPIRY,
  switchVariable('event_scheduler', 'OFF'),
  writable(
    flagVariable('read_only', ({ server }) => Number(server.running.gate.level !== 'off')),
    readOnlyWrite((value) => (value === 1 ? 'read-only' : 'off')),
  ),
  textVariable('version_comment', 'Debian 12'),
  flagVariable('log_slave_updates', ({ server }) => Number(server.options.logReplicaUpdates)),
  numberVariable('gtid_domain_id', 0),
  textVariable('gtid_binlog_pos', ({ server }) => server.history.gtids.text('binlog')),
  textVariable('gtid_slave_pos', ({ server }) => server.history.gtids.text('replicated')),
  textVariable('gtid_current_pos', ({ server }) => server.history.gtids.text('executed')),
  flagVariable('gtid_strict_mode', ({ server }) => Number(server.options.gtidStrictMode)),
  writable(
    numberVariable('sql_slave_skip_counter', ({ server }) => server.running.applier.skipCounter),
    (value, on, done) => {
      const { applier } = on.server.running;
      if (applier.state === 'running') {
        done(on.family.messages.replicaCommand(MUST_STOP));
        return;
      }
      applier.skipNext(Number(value));
      done(null);
    },
  ),
  numberVariable('slave_net_timeout', ({ server }) => server.options.replicaNetTimeoutMillis / 1000),
  ofSessions(flagVariable('sql_log_bin', 1)),
  ofSessions(textVariable('sql_mode', SQL_MODE)),
  ofSessions(numberVariable('lock_wait_timeout', DAY_SECONDS)),
  ofSessions(numberVariable('wait_timeout', IDLE_SECONDS)),
]);
