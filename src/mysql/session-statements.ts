/**
 * What is sent about our own sessions, alike in both families.
 */
import type { StatementFact } from './dialect.ts';
import { CLAIM_SQL, HOLDER_STATEMENT, RELEASE_SQL } from './server-claim.ts';
import { COMMAND_SESSION_SQL, END_SESSION_STATEMENT } from './sql-text.ts';

export const SESSION_STATEMENTS: readonly StatementFact[] = [
  {
    name: 'command-session',
    sql: COMMAND_SESSION_SQL,
    purpose:
      'what quoted texts in the commands of this connection mean, and how long they may wait for locks of others',
    privileges: [],
    changes: false,
  },
  {
    name: 'end-session',
    sql: END_SESSION_STATEMENT,
    purpose: 'end a session of our own whose command got no answer, so that it cannot take effect later',
    privileges: [],
    changes: false,
  },
  {
    name: 'claim-server',
    sql: CLAIM_SQL,
    purpose: 'keep other orchestrators from changing the server while this one does',
    privileges: [],
    changes: false,
  },
  {
    name: 'claim-holder',
    sql: HOLDER_STATEMENT,
    purpose: 'who else is about to change the server; of other accounts only with PROCESS',
    privileges: [],
    changes: false,
  },
  {
    name: 'release-server',
    sql: RELEASE_SQL,
    purpose: 'others may change the server again',
    privileges: [],
    changes: false,
  },
];
