/** `SHOW GLOBAL STATUS` and `performance_schema.global_status`, as far as somebody asks for them. */
import type { VirtualTable } from '../family-sql.ts';
import { type Asking, textColumn } from '../statement.ts';
import { semiSyncStatus, uptimeSeconds } from '../status-values.ts';

function values(on: Asking): readonly (readonly [string, string])[] {
  const semiSync = semiSyncStatus(on);
  return [
    ['Rpl_semi_sync_replica_status', semiSync.acknowledges],
    ['Rpl_semi_sync_source_clients', semiSync.clients],
    ['Rpl_semi_sync_source_status', semiSync.isOn],
    ['Rpl_semi_sync_source_wait_sessions', semiSync.waiting],
    ['Threads_connected', String(on.sessions.size)],
    ['Uptime', uptimeSeconds(on)],
  ];
}

export const STATUS_VARIABLES: VirtualTable = {
  columns: [textColumn('Variable_name'), textColumn('Value')],
  rows: (on) => values(on),
};

export const GLOBAL_STATUS: VirtualTable = {
  ...STATUS_VARIABLES,
  columns: [textColumn('VARIABLE_NAME'), textColumn('VARIABLE_VALUE')],
};
