/**
 * How every session with the backend server is set, whatever the server's own settings are.
 */
import { LOCK_WAIT_SECONDS } from './busy.ts';
import { IDLE_MILLIS } from './pool.ts';

/** Nothing is cut, rounded to a bound or replaced behind our back: what a column cannot hold is an error. */
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/** Old databases hold zero dates, and a table with one in it refuses every change of its columns otherwise (spec/backend-schema.md 2). */
const DEPLOYMENT_SQL_MODE = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/**
 * A session from which nothing is heard for so long is ended by the server, with its transaction: a process that was stopped in the middle of one must
 * not hold locks for the eight hours that servers allow. The pool uses no connection that has been idle for half of it.
 */
const SESSION_IDLE_SECONDS = (2 * IDLE_MILLIS) / 1000;

/** How long a change of the schema waits until nobody uses the table any more; the server's own limit is a year. */
const SCHEMA_LOCK_WAIT_SECONDS = 30;

/**
 * - UTC: TIMESTAMP columns are written and shown in the session's time zone.
 * - `names` although the driver asks for it when it connects: a server may be told not to listen (`skip-character-set-client-handshake`).
 * - Serializable: the repositories read and then write what follows from it, as on SQLite, where transactions are serial.
 */
export const SESSION_SQL = [
  `set names utf8mb4, time_zone = '+00:00', sql_mode = '${SQL_MODE}', autocommit = 1`,
  `set session innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, lock_wait_timeout = ${SCHEMA_LOCK_WAIT_SECONDS}, ` +
    `wait_timeout = ${SESSION_IDLE_SECONDS}`,
  'set session transaction isolation level serializable',
].join('; ');

export const DEPLOYMENT_SESSION_SQL = `set sql_mode = '${DEPLOYMENT_SQL_MODE}'`;
