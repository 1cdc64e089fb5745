/** The dialects of MySQL from 8.0.22 to 8.3. */
import type { Dialect } from '../dialect.ts';
import { cloneSectionsOf } from '../oracle/clone.ts';
import { changingReleases, type Release } from '../oracle/releases.ts';
import { CREDENTIALS_SQL, failedTransactionSqlOf } from '../oracle/statements.ts';
import { healOf, renderOf, rescueOf } from './commands.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, statementsOf, WANTED_VARIABLES } from './statements.ts';

export const mysql80 = (release: Release): Dialect => ({
  name: 'mysql-80',
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
export const MYSQL_80_RELEASES = changingReleases([8, 0, 22], [8, 4, 0]);
