/**
 * What is sent about our own sessions, alike in both families.
 */
import type { StatementFact } from './dialect.ts';
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
];
