/** System variables of MySQL, as far as somebody asks for them (manual 7.1.8, 19.1.6). The modern semi-sync plugins are loaded. */
import { gtidSetText } from '../../../model/gtid-set-text.ts';
import { OracleState } from '../../server/oracle-gtid-state.ts';
import type { PretendServer } from '../../server/pretend-server.ts';
import type { ReadOnlyLevel } from '../../server/write-gate.ts';
import type { SqlValue } from '../../sql-session.ts';
import { AUTOMATIC, setGtidNext } from '../gtid-next.ts';
import { setGtidPurged } from '../gtid-purged.ts';
import { readOnlyWrite } from '../read-only-variable.ts';
import {
  byName,
  flagVariable,
  numberVariable,
  ofSessions,
  type SystemVariable,
  settable,
  switchVariable,
  textVariable,
  writable,
  writableAtOnce,
} from '../system-variable.ts';
import { COMMON_VARIABLES } from '../variables.ts';
import { gtidSetLines } from './gtid-set-lines.ts';

const SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

const YEAR_SECONDS = 31_536_000;

/** Of binary logs. */
const EXPIRE_SECONDS = 2_592_000;

/** Of `wait_timeout`. Nobody is idle for so long here, and nobody is sent away for it. */
const IDLE_SECONDS = 28_800;

/** Clearing `read_only` clears both; setting it leaves the stronger one as it is. */
const readOnlyTarget = (value: SqlValue, now: ReadOnlyLevel): ReadOnlyLevel => {
  if (value === 0) return 'off';
  return now === 'super-read-only' ? now : 'read-only';
};

const superReadOnlyTarget = (value: SqlValue, now: ReadOnlyLevel): ReadOnlyLevel => {
  if (value === 1) return 'super-read-only';
  return now === 'super-read-only' ? 'read-only' : now;
};

const READ_ONLY: readonly SystemVariable[] = [
  writable(
    flagVariable('read_only', ({ server }) => Number(server.running.gate.level !== 'off')),
    readOnlyWrite(readOnlyTarget),
  ),
  writable(
    flagVariable('super_read_only', ({ server }) => Number(server.running.gate.level === 'super-read-only')),
    readOnlyWrite(superReadOnlyTarget),
  ),
];

const SEMI_SYNC: readonly SystemVariable[] = [
  writableAtOnce(
    flagVariable('rpl_semi_sync_source_enabled', ({ server }) => Number(server.running.semiSync.isEnabled)),
    (value, { server }) => server.running.semiSync.setEnabled(value === 1),
  ),
  writableAtOnce(
    numberVariable('rpl_semi_sync_source_timeout', ({ server }) => server.running.semiSync.settings.timeoutMillis),
    (value, { server }) => {
      server.running.semiSync.settings.timeoutMillis = Number(value);
    },
  ),
  writableAtOnce(
    numberVariable(
      'rpl_semi_sync_source_wait_for_replica_count',
      ({ server }) => server.running.semiSync.settings.waitCount,
    ),
    (value, { server }) => server.running.semiSync.setWaitCount(Number(value)),
  ),
  writableAtOnce(
    flagVariable('rpl_semi_sync_replica_enabled', ({ server }) => Number(server.running.acknowledges)),
    (value, { server }) => {
      server.running.acknowledges = value === 1;
    },
  ),
  textVariable('rpl_semi_sync_source_wait_point', 'AFTER_SYNC'),
];

const purgedText = ({ history }: PretendServer): string =>
  history.gtids instanceof OracleState ? gtidSetText(history.gtids.purged) : '';

export const VARIABLES = byName([
  ...COMMON_VARIABLES,
  ...READ_ONLY,
  ...SEMI_SYNC,
  textVariable('version_comment', '(Debian)'),
  textVariable('server_uuid', ({ server }) => server.options.uuid),
  flagVariable('log_replica_updates', ({ server }) => Number(server.options.logReplicaUpdates)),
  flagVariable('log_slave_updates', ({ server }) => Number(server.options.logReplicaUpdates)),
  textVariable('gtid_mode', ({ server }) => server.options.gtidMode),
  textVariable('gtid_executed', ({ server }) => gtidSetLines(server.history.gtids.text('executed'))),
  writable(
    textVariable('gtid_purged', ({ server }) => gtidSetLines(purgedText(server))),
    (value, on, done) => done(setGtidPurged(value, on)),
  ),
  { ...ofSessions(textVariable('gtid_next', AUTOMATIC), 'session'), refuses: setGtidNext },
  writableAtOnce(
    numberVariable('sql_replica_skip_counter', ({ server }) => server.running.applier.skipCounter),
    (value, { server }) => server.running.applier.skipNext(Number(value)),
  ),
  switchVariable('event_scheduler', 'ON'),
  settable(numberVariable('binlog_expire_logs_seconds', EXPIRE_SECONDS)),
  flagVariable('relay_log_recovery', ({ server }) => Number(server.options.relayLogRecovery)),
  numberVariable('replica_net_timeout', ({ server }) => server.options.replicaNetTimeoutMillis / 1000),
  ofSessions(flagVariable('sql_log_bin', 1), 'session'),
  ofSessions(textVariable('sql_mode', SQL_MODE)),
  ofSessions(textVariable('session_track_gtids', 'OFF')),
  // Also without the plugin, and with no effect then: nobody is in a group.
  ofSessions(textVariable('group_replication_consistency', 'BEFORE_ON_PRIMARY_FAILOVER')),
  ofSessions(numberVariable('lock_wait_timeout', YEAR_SECONDS)),
  ofSessions(numberVariable('wait_timeout', IDLE_SECONDS)),
]);
