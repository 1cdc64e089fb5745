/**
 * MySQL 8.0 from 8.0.22 to 8.3 (also Percona Server of these): the words of its statements. MySQL 8.0 reference manual, chapters 13.4
 * (replication statements) and 29.12 (performance schema).
 */
import type { Dialect, StatementFact } from '../dialect.ts';
import { hasAbility, type Release } from '../oracle/releases.ts';
import { probeSectionsIn, statementsIn } from '../oracle/statements.ts';
import {
  GROUP_VARIABLES,
  GTID_VARIABLES,
  IDENTITY_VARIABLES,
  OLD_SEMI_SYNC_VARIABLES,
  SEMI_SYNC_VARIABLES,
} from '../oracle/variables.ts';
import type { OracleWords } from '../oracle/words.ts';

/** 8.0.22 has the new words everywhere but in CHANGE, which follows in 8.0.23; SHOW BINARY LOG STATUS is from 8.2, when the older word was deprecated. */
export const wordsOf = (release: Release): OracleWords => ({
  release,
  replica: 'REPLICA',
  source: hasAbility(release, 'changeSource') ? 'SOURCE' : 'MASTER',
  registered: 'SHOW REPLICAS',
  binlogStatus: hasAbility(release, 'binaryLogStatus') ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
  connections: 'performance_schema.threads',
  status: 'performance_schema.global_status',
});

/** Names of variables changed in 8.0.26, after those of the statements: both are asked for, as far as they exist. */
export const WANTED_VARIABLES = [
  ...IDENTITY_VARIABLES,
  'log_replica_updates',
  'log_slave_updates',
  'master_info_repository',
  ...GTID_VARIABLES,
  ...SEMI_SYNC_VARIABLES,
  ...OLD_SEMI_SYNC_VARIABLES,
  ...GROUP_VARIABLES,
] as const;

export const probeSectionsOf = (release: Release): Dialect['probeSections'] =>
  probeSectionsIn(wordsOf(release), WANTED_VARIABLES);

export const statementsOf = (release: Release): readonly StatementFact[] => statementsIn(wordsOf(release));
