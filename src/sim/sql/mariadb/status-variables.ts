/** `SHOW GLOBAL STATUS` and `information_schema.global_status`, as far as somebody asks for them. */
import type { VirtualTable } from '../family-sql.ts';
import { type Asking, textColumn } from '../statement.ts';
import { semiSyncStatus, uptimeSeconds } from '../status-values.ts';

function values(on: Asking): readonly (readonly [string, string])[] {
  const semiSync = semiSyncStatus(on);
  return [
    ['Rpl_semi_sync_master_clients', semiSync.clients],
    ['Rpl_semi_sync_master_status', semiSync.isOn],
    ['Rpl_semi_sync_master_wait_sessions', semiSync.waiting],
    ['Rpl_semi_sync_slave_status', semiSync.acknowledges],
    ['Threads_connected', String(on.sessions.size)],
    ['Uptime', uptimeSeconds(on)],
  ];
}

export const STATUS_VARIABLES: VirtualTable = {
  columns: [textColumn('Variable_name'), textColumn('Value')],
  rows: (on) => values(on),
};

/** Names in capitals. */
export const GLOBAL_STATUS: VirtualTable = {
  columns: [textColumn('VARIABLE_NAME'), textColumn('VARIABLE_VALUE')],
  rows: (on) => values(on).map(([name, value]) => [name.toUpperCase(), value]),
};
