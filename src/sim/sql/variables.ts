/** System variables that both families have. */
import { BINLOG_BASE } from '../server/binary-log.ts';
import {
  flagVariable,
  numberVariable,
  ofSessions,
  type SystemVariable,
  settable,
  textVariable,
  writableAtOnce,
} from './system-variable.ts';

export const COMMON_VARIABLES: readonly SystemVariable[] = [
  textVariable('hostname', ({ server }) => server.options.host),
  textVariable('report_host', ({ server }) => server.options.host),
  numberVariable('report_port', ({ server }) => server.options.port),
  numberVariable('port', ({ server }) => server.options.port),
  numberVariable('server_id', ({ server }) => server.options.serverId),
  textVariable('version', ({ server }) => server.options.version),
  textVariable('binlog_row_image', 'FULL'),
  textVariable('log_bin_basename', `/var/lib/mysql/${BINLOG_BASE}`),
  flagVariable('log_bin', ({ server }) => Number(server.options.logBin)),
  writableAtOnce(
    numberVariable('sync_binlog', ({ server }) => Number(server.history.syncsBinlog)),
    (value, { server }) => {
      server.history.syncsBinlog = value === 1;
    },
  ),
  settable(numberVariable('innodb_flush_log_at_trx_commit', 1)),
  ofSessions(textVariable('binlog_format', ({ server }) => server.options.binlogFormat)),
  ofSessions(flagVariable('autocommit', 1)),
  ofSessions(flagVariable('foreign_key_checks', 1)),
  ofSessions(textVariable('time_zone', 'SYSTEM')),
  ofSessions(textVariable('character_set_client', 'utf8mb4')),
  ofSessions(textVariable('session_track_system_variables', 'autocommit,character_set_client')),
  ofSessions(numberVariable('innodb_lock_wait_timeout', 50)),
  ofSessions(numberVariable('wait_timeout', 28_800)),
  ofSessions(numberVariable('interactive_timeout', 28_800)),
  ofSessions(numberVariable('net_read_timeout', 30)),
];
