/** The SQL of MySQL 9.7. */
import type { FamilySql } from '../family-sql.ts';
import { processShows } from '../process-list.ts';
import { MESSAGES } from './messages.ts';
import { REPLICA_STATUS } from './replica-status.ts';
import { BINARY_LOGS, BINLOG_STATUS, REGISTERED_REPLICAS } from './replicas.ts';
import { STATUS_VARIABLES } from './status-variables.ts';
import { TABLES } from './tables.ts';
import { THREAD_WORDS } from './thread-words.ts';
import { VARIABLES } from './variables.ts';

export const mysqlSql: FamilySql = {
  family: 'mysql',
  messages: MESSAGES,
  privileges: {
    replicaAdmin: 'SUPER or REPLICATION_SLAVE_ADMIN',
    sqlLogBin: 'SUPER, SYSTEM_VARIABLES_ADMIN or SESSION_VARIABLES_ADMIN',
    reload: 'RELOAD',
    purgeBinlog: 'SUPER or BINLOG_ADMIN',
    binlogEvents: 'REPLICATION SLAVE',
    relayEvents: 'REPLICATION SLAVE',
    setGlobal: () => 'SUPER or SYSTEM_VARIABLES_ADMIN',
  },
  waitStates: {
    globalReadLock: 'Waiting for global read lock',
    tableLock: 'Waiting for table metadata lock',
    acknowledgement: 'Waiting for semi-sync ACK from replica',
    stopReplica: 'Killing replica',
    gtids: 'Waiting for GTID to be committed',
    place: 'Waiting for the replica SQL thread to advance position',
  },
  placeWait: 'SOURCE_POS_WAIT',
  resetBinlogWords: [['BINARY', 'LOGS', 'AND', 'GTIDS']],
  gtidWait: { name: 'WAIT_FOR_EXECUTED_GTID_SET', timedOut: 1 },
  variables: VARIABLES,
  tables: TABLES,
  statusVariables: STATUS_VARIABLES,
  shows: [
    ...REPLICA_STATUS,
    ...BINLOG_STATUS,
    ...BINARY_LOGS,
    ...REGISTERED_REPLICAS,
    ...processShows(THREAD_WORDS, []),
  ],
  replicaWords: ['REPLICA'],
  changeSource: {
    statement: ['CHANGE', 'REPLICATION', 'SOURCE', 'TO'],
    prefix: 'SOURCE_',
    options: new Set([
      ...['HOST', 'PORT', 'USER', 'PASSWORD', 'AUTO_POSITION', 'DELAY', 'SSL', 'BIND'],
      ...['CONNECT_RETRY', 'RETRY_COUNT', 'HEARTBEAT_PERIOD', 'LOG_FILE', 'LOG_POS', 'COMPRESSION_ALGORITHMS'],
      ...['SSL_CA', 'SSL_CAPATH', 'SSL_CERT', 'SSL_CIPHER', 'SSL_CRL', 'SSL_CRLPATH', 'SSL_KEY'],
      ...['SSL_VERIFY_SERVER_CERT', 'TLS_VERSION', 'TLS_CIPHERSUITES', 'PUBLIC_KEY_PATH', 'CONNECTION_AUTO_FAILOVER'],
    ]),
    unprefixed: new Map([
      ['GET_SOURCE_PUBLIC_KEY', 'GET_PUBLIC_KEY'],
      ['NETWORK_NAMESPACE', 'NETWORK_NAMESPACE'],
    ]),
  },
};
