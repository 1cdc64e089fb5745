/** The words in which releases of MySQL differ. A dialect is these words; the sentences are in this folder. */
import type { Release } from './releases.ts';

export interface OracleWords {
  /** Finer differences go by its abilities. */
  readonly release: Release;
  /** In START, STOP, RESET and SHOW … STATUS; from 8.0.22 the columns of the latter have new names too. */
  readonly replica: 'REPLICA' | 'SLAVE';
  /** In the statement that points a replica at its source, and in its options. */
  readonly source: 'SOURCE' | 'MASTER';
  readonly registered: 'SHOW REPLICAS' | 'SHOW SLAVE HOSTS';
  readonly binlogStatus: 'SHOW BINARY LOG STATUS' | 'SHOW MASTER STATUS';
  /** Where connections are seen: older servers often run without performance schema, whose table is empty then. */
  readonly connections: 'performance_schema.threads' | 'information_schema.processlist';
  /** Where status variables are: 5.6 has no such table. */
  readonly status: 'performance_schema.global_status' | 'SHOW GLOBAL STATUS';
}

/** How the statement begins that points a replica at its source. */
export const changeVerb = (words: OracleWords): string =>
  words.source === 'SOURCE' ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO';

/** In the names of the columns of the replication status (spec/discovery.md 9.4). */
export interface ColumnWords {
  readonly replica: 'Replica' | 'Slave';
  readonly source: 'Source' | 'Master';
}
