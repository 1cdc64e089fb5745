/** What MariaDB knows as a source: its own place in the binary log, and who replicates from it (knowledge base, "SHOW BINLOG STATUS", "SHOW REPLICA HOSTS"). */
import { BINLOG_FILE, binlogPosition } from '../../server/binlog-position.ts';
import type { Show, VirtualTable } from '../family-sql.ts';
import { integerColumn, textColumn } from '../statement.ts';

const binlog: VirtualTable = {
  columns: [textColumn('File'), integerColumn('Position'), textColumn('Binlog_Do_DB'), textColumn('Binlog_Ignore_DB')],
  rows: ({ server: { history } }) => [[BINLOG_FILE, binlogPosition(history.log.length), '', '']],
};

export const BINLOG_STATUS: readonly Show[] = [
  { ...binlog, words: ['MASTER', 'STATUS'], privileges: 'SUPER, BINLOG MONITOR' },
  { ...binlog, words: ['BINLOG', 'STATUS'], privileges: 'SUPER, BINLOG MONITOR' },
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
