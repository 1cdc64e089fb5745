/**
 * A statement that was read, and what it needs to be run.
 */
import type { PretendServer } from '../server/pretend-server.ts';
import type { SqlColumn, SqlOutcome, SqlValue } from '../sql-session.ts';
import type { FamilySql } from './family-sql.ts';
import type { SessionState } from './session-state.ts';

/** What another session sees of one, and may do to it. */
export interface LiveSession {
  readonly state: SessionState;
  readonly command: 'Sleep' | 'Query' | 'Killed';
  /** What it does or waits for; '' when it sleeps. */
  readonly doing: string;
  /** Text of the statement that it runs; null when it sleeps. */
  readonly text: string | null;
  /** Since when, milliseconds of the world. */
  readonly since: number;
  kill(what: 'connection' | 'query'): void;
}

/** Where a value is asked for. */
export interface Asking {
  readonly server: PretendServer;
  readonly family: FamilySql;
  readonly session: SessionState;
  /** Global values that somebody has set: of variables of which sessions have their own, what a new session begins with. */
  readonly globals: Map<string, SqlValue>;
  /** Of the server, this one included. */
  readonly sessions: ReadonlyMap<number, LiveSession>;
}

export interface Execution extends Asking {
  /** The statement's own text. */
  readonly text: string;
  /** To be called once, now or later. */
  done(outcome: SqlOutcome): void;
  /**
   * It does not end at once. `state` is for the process list; `interrupt` is called when somebody kills it: true says that it is given up, so that
   * `done` will not be called any more; false, that it goes on.
   */
  waits(state: () => string, interrupt: () => boolean): void;
}

export type Statement = (on: Execution) => void;

export const OK: SqlOutcome = { kind: 'ok', affectedRows: 0 };

export const affected = (affectedRows: number): SqlOutcome => ({ kind: 'ok', affectedRows });

export const rowsOutcome = (
  columns: readonly SqlColumn[],
  rows: readonly (readonly SqlValue[])[],
): Extract<SqlOutcome, { kind: 'rows' }> => ({ kind: 'rows', columns, rows });

export const textColumn = (name: string): SqlColumn => ({ name, type: 'text' });
export const integerColumn = (name: string): SqlColumn => ({ name, type: 'integer' });
