/** The dialect of MariaDB 10.5 and later. */
import type { Dialect } from '../dialect.ts';
import { render } from './commands.ts';
import { preflight } from './preflight.ts';
import { readProbe } from './read-probe.ts';
import { probeSections, STATEMENTS, WANTED_VARIABLES } from './statements.ts';

export const mariadb: Dialect = {
  name: 'mariadb',
  family: 'mariadb',
  wantedVariables: WANTED_VARIABLES,
  probeSections,
  readProbe,
  render,
  storedCredentialsSql: null,
  failedTransactionSql: null,
  statements: STATEMENTS,
  preflight,
};
