/** What a binlog server knows as a source: how far its copy of the binary log goes, and who replicates from it. All that it says is text. */
import type { VirtualTable } from '../family-sql.ts';
import { textColumn } from '../statement.ts';

/** In the places of its source, since files and positions are the same. */
export const BINLOG_STATUS: VirtualTable = {
  columns: ['File', 'Position', 'Binlog_Do_DB', 'Binlog_Ignore_DB', 'Execute_Gtid_Set'].map(textColumn),
  rows({ server: { history } }) {
    const { file, position } = history.binlog.end;
    return [[file, String(position), '', '', '']];
  },
};

export const REGISTERED_REPLICAS: VirtualTable = {
  columns: ['Server_id', 'Host', 'Port', 'Master_id', 'Slave_UUID'].map(textColumn),
  rows: ({ server }) =>
    server.dumping.map(({ serverId, host, port, uuid }) => [
      String(serverId),
      host,
      String(port),
      String(server.options.serverId),
      uuid,
    ]),
};
