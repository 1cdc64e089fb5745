/** The dialect of MySQL 8.4 and later. */
import type { Dialect } from '../dialect.ts';
import { cloneSectionsOf } from '../oracle/clone.ts';
import { rescueIn } from '../oracle/rescue.ts';
import { CREDENTIALS_SQL } from '../oracle/statements.ts';
import { heal, render } from './commands.ts';
import { preflight } from './preflight.ts';
import { readProbe } from './read-probe.ts';
import { FAILED_TRANSACTION_SQL, probeSections, STATEMENTS, WANTED_VARIABLES, WORDS } from './statements.ts';

export const mysql84: Dialect = {
  name: 'mysql-84',
  family: 'mysql',
  wantedVariables: WANTED_VARIABLES,
  probeSections,
  readProbe,
  render,
  heal,
  storedCredentialsSql: CREDENTIALS_SQL,
  failedTransactionSql: FAILED_TRANSACTION_SQL,
  ...cloneSectionsOf(WORDS.release),
  ...rescueIn(WORDS),
  statements: STATEMENTS,
  preflight,
};
