/** What MySQL knows as a source: its own place in the binary log, and who replicates from it (manual 15.7.7). */
import type { Show } from '../family-sql.ts';
import { integerColumn, textColumn } from '../statement.ts';
import { gtidSetLines } from './gtid-set-lines.ts';

export const BINLOG_STATUS: readonly Show[] = [
  {
    words: ['BINARY', 'LOG', 'STATUS'],
    privileges: 'SUPER, REPLICATION CLIENT',
    columns: [
      textColumn('File'),
      integerColumn('Position'),
      textColumn('Binlog_Do_DB'),
      textColumn('Binlog_Ignore_DB'),
      textColumn('Executed_Gtid_Set'),
    ],
    rows({ server: { history, options } }) {
      if (!options.logBin) return [];
      const { file, position } = history.binlog.end;
      return [[file, position, '', '', gtidSetLines(history.gtids.text('executed'))]];
    },
  },
];

export const BINARY_LOGS: readonly Show[] = [
  {
    words: ['BINARY', 'LOGS'],
    privileges: 'SUPER, REPLICATION CLIENT',
    columns: [textColumn('Log_name'), integerColumn('File_size'), textColumn('Encrypted')],
    rows: ({ server: { history } }) => history.binlog.files.map(({ name, bytes }) => [name, bytes, 'No']),
  },
];

export const REGISTERED_REPLICAS: readonly Show[] = [
  {
    words: ['REPLICAS'],
    privileges: 'REPLICATION SLAVE',
    columns: [
      integerColumn('Server_Id'),
      textColumn('Host'),
      integerColumn('Port'),
      integerColumn('Source_Id'),
      textColumn('Replica_UUID'),
    ],
    // Of those with the same server id, who came last (seen on 9.7).
    rows: ({ server }) =>
      [...new Map(server.dumping.map((replica) => [replica.serverId, replica])).values()].map(
        ({ serverId, host, port, uuid }) => [serverId, host, port, server.options.serverId, uuid],
      ),
  },
];
