/**
 * Values into statements, on our side: everything here comes from servers, configuration or people and is hostile (security by default).
 */

/**
 * A string literal that cannot be left, whatever is in it and whatever the session's `sql_mode`: the quote is doubled, never escaped, since
 * with NO_BACKSLASH_ESCAPES an escaped quote ends the literal. The backslash is doubled too, which such a session would take for two:
 * `COMMAND_SESSION_SQL` must have been sent before, for the value to be right.
 */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Makes the session read literals as `literal` writes them; the other modes stay. */
const BACKSLASH_ESCAPES_SQL = "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')";

/**
 * How long a command may wait on the server for locks of others, seconds. Shorter than the shortest deadline of a command that takes any: a wait
 * that nobody awaits any more would end in its effect, whenever the lock is freed (D12: a demotion given up, and read-only minutes later).
 * Switching to read-only waits twice, for tables and for commits.
 */
const LOCK_WAIT_SECONDS = 2;

/** How sessions for commands begin: literals are read as `literal` writes them, and waits for locks end by themselves. No privilege needed. */
export const COMMAND_SESSION_SQL = `${BACKSLASH_ESCAPES_SQL}, SESSION lock_wait_timeout = ${LOCK_WAIT_SECONDS}`;

/** One row while the session is there. Own sessions are shown and may be ended without any privilege. */
export const findSessionSql = (id: number): string =>
  `SELECT ID, HOST FROM information_schema.processlist WHERE ID = ${integer(id)}`;

export const endSessionSql = (id: number): string => `KILL ${integer(id)}`;

/** As the list of statements shows the two. */
export const END_SESSION_STATEMENT = 'SELECT ID, HOST FROM information_schema.processlist WHERE ID = …; KILL …';

/** As CHANGE takes it: seconds with milliseconds behind the point, which it does not know finer. */
export const heartbeatSeconds = (periodMillis: number): string => String(Number(integer(periodMillis)) / 1000);

/** A name of a global variable, with the component before it that has brought it. Anything else would end the name and go on as SQL. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?$/;

/** Variables that take numbers refuse them in quotes (1232). */
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;

/** `SET GLOBAL` of a variable that people have named. Throws on what is no name: such ones are refused where the configuration is read. */
export function setGlobalVariable(name: string, value: string): string {
  if (!VARIABLE_NAME.test(name)) throw new Error(`not the name of a variable: ${name}`);
  return `SET GLOBAL ${name} = ${NUMBER.test(value) ? value : literal(value)}`;
}

/** As the list of statements shows it. */
export const SET_VARIABLE_STATEMENT = 'SET GLOBAL <name> = …';

/** An integer that goes into a statement unquoted. Throws on anything else: a plan with such a value is a broken invariant. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not an integer: ${value}`);
  return String(value);
}
