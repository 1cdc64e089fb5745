/**
 * MySQL 5.6, 5.7 and 8.0 up to 8.0.21 (also Percona Server of these): the words of its statements. MySQL 5.7 reference manual, chapters 13.4
 * (replication statements) and 25.12 (performance schema); 5.6 and 8.0 by what `releases.ts` says of them.
 */
import type { Dialect, StatementFact } from '../dialect.ts';
import type { Release } from '../oracle/releases.ts';
import { probeSectionsIn, statementsIn } from '../oracle/statements.ts';
import { GROUP_VARIABLES, GTID_VARIABLES, IDENTITY_VARIABLES, OLD_SEMI_SYNC_VARIABLES } from '../oracle/variables.ts';
import type { OracleWords } from '../oracle/words.ts';

export const wordsOf = (release: Release): OracleWords => ({
  release,
  replica: 'SLAVE',
  source: 'MASTER',
  registered: 'SHOW SLAVE HOSTS',
  binlogStatus: 'SHOW MASTER STATUS',
  connections: 'information_schema.processlist',
  status: 'SHOW GLOBAL STATUS',
});

export const WANTED_VARIABLES = [
  ...IDENTITY_VARIABLES,
  'log_slave_updates',
  'master_info_repository',
  ...GTID_VARIABLES,
  ...OLD_SEMI_SYNC_VARIABLES,
  ...GROUP_VARIABLES,
] as const;

export const probeSectionsOf = (release: Release): Dialect['probeSections'] =>
  probeSectionsIn(wordsOf(release), WANTED_VARIABLES);

export const statementsOf = (release: Release): readonly StatementFact[] => statementsIn(wordsOf(release));
