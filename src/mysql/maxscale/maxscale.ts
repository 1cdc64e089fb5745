/** The dialect of MaxScale as a binlog server: it relays the binary log of its source and holds no data. */
import type { Dialect } from '../dialect.ts';
import { ALREADY_STOPPED, render } from './commands.ts';
import { readProbe } from './read-probe.ts';
import { probeSections, STATEMENTS } from './statements.ts';

export const maxscale: Dialect = {
  name: 'maxscale',
  family: 'maxscale',
  understandsLittle: true,
  // Nothing: it is asked in the words that it understands, and what it does not have is read as absent.
  wantedVariables: [],
  probeSections,
  readProbe,
  render,
  doneAlready: [ALREADY_STOPPED],
  storedCredentialsSql: null,
  failedTransactionSql: null,
  statements: STATEMENTS,
};
