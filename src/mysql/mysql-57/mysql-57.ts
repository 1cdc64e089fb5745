/** The dialects of MySQL 5.6, 5.7 and 8.0 up to 8.0.21. */
import type { Dialect } from '../dialect.ts';
import { cloneSectionsOf } from '../oracle/clone.ts';
import { changingReleases, type Release } from '../oracle/releases.ts';
import { CREDENTIALS_SQL, failedTransactionSqlOf } from '../oracle/statements.ts';
import { healOf, renderOf, rescueOf } from './commands.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, statementsOf, WANTED_VARIABLES } from './statements.ts';

export const mysql57 = (release: Release): Dialect => ({
  name: 'mysql-57',
  family: 'mysql',
  wantedVariables: WANTED_VARIABLES,
  probeSections: probeSectionsOf(release),
  readProbe,
  render: renderOf(release),
  heal: healOf(release),
  storedCredentialsSql: CREDENTIALS_SQL,
  failedTransactionSql: failedTransactionSqlOf(release),
  ...cloneSectionsOf(release),
  ...rescueOf(release),
  statements: statementsOf(release),
});

/** Releases with words of their own, newest first. */
export const MYSQL_57_RELEASES = changingReleases([5, 6, 0], [8, 0, 22]);
