/**
 * Ending the sessions of clients on a server that is not to take writes any more, in MySQL and MariaDB alike (manuals: "KILL", "PROCESSLIST").
 */
import type { ReadThenSend } from './dialect.ts';
import { numberOf, textOf } from './row-values.ts';
import { endSessionSql } from './sql-text.ts';
import { isWriteProbe } from './write-probe.ts';

const CLIENT_SESSIONS_SQL = 'SELECT ID, USER, COMMAND, INFO FROM information_schema.processlist';

/** As the list of statements shows it; one KILL a session. */
export const END_CLIENT_SESSIONS_STATEMENT = `${CLIENT_SESSIONS_SQL}; KILL …`;

/** Receiver, applier and its workers; the event scheduler; who is about to log in, be it ourselves. */
const NOT_CLIENTS: ReadonlySet<string> = new Set(['system user', 'event_scheduler', 'unauthenticated user']);

/** Replicas fetch on: what a former primary has must be had from somewhere. */
const NOT_OF_CLIENTS: ReadonlySet<string> = new Set(['Binlog Dump', 'Binlog Dump GTID', 'Daemon', 'Killed']);

/** `Unknown thread id`: it has ended since. */
const UNKNOWN_THREAD = 1094;

export const END_CLIENT_SESSIONS: ReadThenSend = {
  reads: CLIENT_SESSIONS_SQL,
  sends: (rows, account) =>
    rows
      .filter((row) => !NOT_OF_CLIENTS.has(textOf(row, 'COMMAND')))
      .filter((row) => !NOT_CLIENTS.has(textOf(row, 'USER')))
      // Our own go on, but for a write probe that waits: read-only does not stop our account, and it would write when nobody is to write any more (G1).
      .filter((row) => textOf(row, 'USER') !== account || isWriteProbe(textOf(row, 'INFO')))
      .map((row) => endSessionSql(numberOf(row, 'ID'))),
  doneAlready: [UNKNOWN_THREAD],
};
