/** What MariaDB knows as a source: its own place in the binary log, and who replicates from it (knowledge base, "SHOW BINLOG STATUS", "SHOW REPLICA HOSTS"). */
import type { Show, VirtualTable } from '../family-sql.ts';
import { integerColumn, textColumn } from '../statement.ts';

const binlog: VirtualTable = {
  columns: [textColumn('File'), integerColumn('Position'), textColumn('Binlog_Do_DB'), textColumn('Binlog_Ignore_DB')],
  rows({ server: { history, options } }) {
    if (!options.logBin) return [];
    const { file, position } = history.binlog.end;
    return [[file, position, '', '']];
  },
};

export const BINLOG_STATUS: readonly Show[] = [
  { ...binlog, words: ['MASTER', 'STATUS'], privileges: 'SUPER, BINLOG MONITOR' },
  { ...binlog, words: ['BINLOG', 'STATUS'], privileges: 'SUPER, BINLOG MONITOR' },
];

const logs: VirtualTable = {
  columns: [textColumn('Log_name'), integerColumn('File_size')],
  rows: ({ server: { history } }) => history.binlog.files.map(({ name, bytes }) => [name, bytes]),
};

export const BINARY_LOGS: readonly Show[] = [
  { ...logs, words: ['BINARY', 'LOGS'], privileges: 'SUPER, BINLOG MONITOR' },
  { ...logs, words: ['MASTER', 'LOGS'], privileges: 'SUPER, BINLOG MONITOR' },
];

const hosts: VirtualTable = {
  columns: [integerColumn('Server_id'), textColumn('Host'), integerColumn('Port'), integerColumn('Master_id')],
  rows: ({ server }) =>
    server.dumping.map(({ serverId, host, port }) => [serverId, host, port, server.options.serverId]),
};

export const REGISTERED_REPLICAS: readonly Show[] = [
  { ...hosts, words: ['SLAVE', 'HOSTS'], privileges: 'REPLICATION MASTER ADMIN' },
  { ...hosts, words: ['REPLICA', 'HOSTS'], privileges: 'REPLICATION MASTER ADMIN' },
];
