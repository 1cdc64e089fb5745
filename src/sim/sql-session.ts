/**
 * A session on a pretended server, as both doors to it use it: the simulated network in the deterministic world, and sockets in a fleet that speaks the
 * MySQL protocol. SQL text in, an outcome out, now or later: some statements wait.
 */

export type SqlValue = string | number | bigint | null;

export interface SqlColumn {
  readonly name: string;
  readonly type: 'text' | 'integer';
}

export type SqlOutcome =
  | { readonly kind: 'rows'; readonly columns: readonly SqlColumn[]; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly kind: 'ok'; readonly affectedRows: number }
  | { readonly kind: 'error'; readonly number: number; readonly sqlState: string; readonly message: string };

export interface SqlSession {
  /** What `CONNECTION_ID()` gives; counted from 1 by each process of the server. */
  readonly id: number;
  /**
   * Executes one packet: one statement, or several separated by semicolons. `done` is called once, now or later, with the outcome of each statement up
   * to and including the first error. Never called once the session was closed, or the server has died.
   */
  query(sql: string, done: (outcomes: readonly SqlOutcome[]) => void): void;
  /** The client is gone. A statement that waits goes on waiting, as on a real server; what it does is not told anybody. */
  close(): void;
}

export interface SessionOptions {
  readonly user: string;
  /** As the process list shows it. */
  readonly clientHost: string;
  readonly clientPort: number;
  /** The server ends the session: it dies, is restarted, or somebody kills the session. */
  readonly onClosed: () => void;
}

/** The door of a pretended server. */
export interface SqlServer {
  readonly version: string;
  /** Refused: with what a client reads instead of the greeting's answer (too many connections, access denied). */
  openSession(
    options: SessionOptions,
  ):
    | { readonly kind: 'open'; readonly session: SqlSession }
    | { readonly kind: 'refused'; readonly error: Extract<SqlOutcome, { kind: 'error' }> };
}
