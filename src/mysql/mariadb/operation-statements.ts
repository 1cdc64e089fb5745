/**
 * MariaDB 10.5 and later: what operations send that people order (spec/topology-operations.md 3.4 to 3.10), with why and with which privilege. No recovery
 * needs any of it.
 */
import type { StatementFact } from '../dialect.ts';
import { onServer } from '../privileges.ts';
import { PSEUDO_GTID_FACT } from '../pseudo-gtid-statement.ts';
import { SEMI_SYNC_REPLICA_STATEMENT } from '../semi-sync-replica.ts';

const threads = onServer('REPLICATION SLAVE ADMIN');

const FACTS: readonly StatementFact[] = [
  {
    name: 'binary-logs',
    sql: 'SHOW BINARY LOGS',
    purpose: 'which binary logs there are, to search them and to say what may be deleted',
    privileges: onServer('BINLOG MONITOR'),
    changes: false,
  },
  {
    name: 'binlog-events',
    sql: 'SHOW BINLOG EVENTS IN … FROM … LIMIT …',
    purpose: 'where a transaction or a pseudo-GTID stands in a binary log; a page at a time',
    privileges: onServer('BINLOG MONITOR'),
    changes: false,
  },
  {
    name: 'relaylog-events',
    sql: 'SHOW RELAYLOG EVENTS IN … FROM … LIMIT …,…',
    purpose: 'the same in a relay log, of a replica that does not write what it replicates to its own',
    privileges: onServer('SLAVE MONITOR'),
    changes: false,
  },
  {
    name: 'stop-applier',
    sql: 'STOP SLAVE SQL_THREAD',
    purpose: 'stop where it stands, to change how far it stays behind or to skip a transaction',
    privileges: threads,
    changes: true,
  },
  {
    name: 'start-until',
    sql: 'START SLAVE UNTIL MASTER_LOG_FILE = …, MASTER_LOG_POS = …',
    purpose: 'bring siblings to the same place before one is put below the other',
    privileges: threads,
    changes: true,
  },
  {
    name: 'wait-for-position',
    sql: 'SELECT MASTER_POS_WAIT(…)',
    purpose: 'wait until a place in its source’s binary log is applied',
    privileges: [],
    changes: false,
  },
  {
    name: 'set-delay',
    sql: 'CHANGE MASTER TO MASTER_DELAY = …',
    purpose: 'how far a replica stays behind',
    privileges: threads,
    changes: true,
  },
  {
    name: 'change-credentials',
    sql: 'CHANGE MASTER TO MASTER_USER = …, MASTER_PASSWORD = …',
    purpose: 'the account that it replicates with',
    privileges: threads,
    changes: true,
  },
  {
    name: 'skip-event',
    sql: 'SET GLOBAL sql_slave_skip_counter = 1',
    purpose:
      'pass over what the applier cannot apply, without GTID; SUPER is not among the grants below: grant it apart if you want this',
    privileges: onServer('SUPER'),
    changes: true,
    grantedApart: true,
  },
  {
    name: 'set-semi-sync-replica',
    sql: SEMI_SYNC_REPLICA_STATEMENT,
    purpose: 'who acknowledges; a running receiver is stopped and started',
    privileges: threads,
    changes: true,
  },
  {
    name: 'reset-binary-logs',
    sql: 'RESET MASTER',
    purpose: 'a replica forgets transactions that nobody else has',
    privileges: onServer('RELOAD'),
    changes: true,
  },
  {
    name: 'flush-binary-logs',
    sql: 'FLUSH BINARY LOGS',
    purpose: 'begin a new binary log',
    privileges: onServer('RELOAD'),
    changes: true,
  },
  {
    name: 'purge-binary-logs',
    sql: 'PURGE BINARY LOGS TO …',
    purpose: 'delete binary logs that every replica has applied',
    privileges: onServer('BINLOG ADMIN'),
    changes: true,
  },
  {
    name: 'kill-query',
    sql: 'KILL QUERY …',
    purpose: 'end a statement that somebody runs',
    privileges: onServer('CONNECTION ADMIN'),
    changes: true,
  },
  PSEUDO_GTID_FACT,
];

export const OPERATION_STATEMENTS = FACTS.map((fact): StatementFact => ({ ...fact, forOperations: true }));
