/** The SQL of MariaDB 10.11. */
import type { FamilySql } from '../family-sql.ts';
import { processShows } from '../process-list.ts';
import { integerColumn } from '../statement.ts';
import { MESSAGES } from './messages.ts';
import { REPLICA_STATUS } from './replica-status.ts';
import { BINARY_LOGS, BINLOG_STATUS, REGISTERED_REPLICAS } from './replicas.ts';
import { STATUS_VARIABLES } from './status-variables.ts';
import { TABLES } from './tables.ts';
import { THREAD_WORDS } from './thread-words.ts';
import { VARIABLES } from './variables.ts';

/** Variables that who looks after binary logs may set. */
const OF_BINARY_LOGS: readonly string[] = ['sync_binlog', 'binlog_expire_logs_seconds', 'expire_logs_days'];

export const mariadbSql: FamilySql = {
  family: 'mariadb',
  messages: MESSAGES,
  privileges: {
    replicaAdmin: 'SUPER, REPLICATION SLAVE ADMIN',
    sqlLogBin: 'SUPER, BINLOG ADMIN',
    reload: 'RELOAD',
    purgeBinlog: 'SUPER, BINLOG ADMIN',
    binlogEvents: 'BINLOG MONITOR',
    relayEvents: 'SLAVE MONITOR',
    setGlobal: (variable) => {
      if (variable === 'read_only') return 'READ_ONLY ADMIN';
      return OF_BINARY_LOGS.includes(variable) ? 'SUPER, BINLOG ADMIN' : 'SUPER';
    },
  },
  waitStates: {
    globalReadLock: 'Waiting for backup lock',
    tableLock: 'Waiting for table metadata lock',
    acknowledgement: 'Waiting for semi-sync ACK from slave',
    stopReplica: 'Killing slave',
    gtids: 'Waiting in MASTER_GTID_WAIT() (primary waiter)',
    place: 'Waiting for the slave SQL thread to advance position',
  },
  placeWait: 'MASTER_POS_WAIT',
  resetBinlogWords: [['MASTER']],
  gtidWait: { name: 'MASTER_GTID_WAIT', timedOut: -1 },
  variables: VARIABLES,
  tables: TABLES,
  statusVariables: STATUS_VARIABLES,
  shows: [
    ...REPLICA_STATUS,
    ...BINLOG_STATUS,
    ...BINARY_LOGS,
    ...REGISTERED_REPLICAS,
    ...processShows(THREAD_WORDS, [integerColumn('Progress')]),
  ],
  replicaWords: ['SLAVE', 'REPLICA'],
  changeSource: {
    statement: ['CHANGE', 'MASTER', 'TO'],
    prefix: 'MASTER_',
    options: new Set([
      ...['HOST', 'PORT', 'USER', 'PASSWORD', 'USE_GTID', 'DELAY', 'SSL'],
      ...['CONNECT_RETRY', 'HEARTBEAT_PERIOD', 'LOG_FILE', 'LOG_POS'],
      ...['SSL_CA', 'SSL_CAPATH', 'SSL_CERT', 'SSL_CIPHER', 'SSL_CRL', 'SSL_CRLPATH', 'SSL_KEY'],
      'SSL_VERIFY_SERVER_CERT',
    ]),
    unprefixed: new Map(),
  },
};
