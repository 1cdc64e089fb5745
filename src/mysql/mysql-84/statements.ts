/**
 * MySQL 8.4 and 9.x (also Percona Server of these): the words of its statements. MySQL 8.4 reference manual, chapters 15.4 (replication
 * statements) and 29.12 (performance schema).
 */
import { failedTransactionSqlOf, probeSectionsIn, statementsIn } from '../oracle/statements.ts';
import {
  GROUP_VARIABLES,
  GTID_VARIABLES,
  IDENTITY_VARIABLES,
  OLD_SEMI_SYNC_VARIABLES,
  SEMI_SYNC_VARIABLES,
} from '../oracle/variables.ts';
import type { OracleWords } from '../oracle/words.ts';

export const WORDS: OracleWords = {
  release: [8, 4, 0],
  replica: 'REPLICA',
  source: 'SOURCE',
  registered: 'SHOW REPLICAS',
  binlogStatus: 'SHOW BINARY LOG STATUS',
  connections: 'performance_schema.threads',
  status: 'performance_schema.global_status',
};

export const FAILED_TRANSACTION_SQL = failedTransactionSqlOf(WORDS.release);

export const WANTED_VARIABLES = [
  ...IDENTITY_VARIABLES,
  'log_replica_updates',
  ...GTID_VARIABLES,
  ...SEMI_SYNC_VARIABLES,
  ...OLD_SEMI_SYNC_VARIABLES,
  ...GROUP_VARIABLES,
] as const;

export const probeSections = probeSectionsIn(WORDS, WANTED_VARIABLES);

export const STATEMENTS = statementsIn(WORDS);
