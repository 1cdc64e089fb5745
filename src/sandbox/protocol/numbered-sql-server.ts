import type { SessionOptions, SqlServer } from '../../sim/sql-session.ts';

/**
 * What a pretended server needs besides to be reached by sockets. The greeting tells the client the number of its session before the client has said who
 * it is, thus before the session can be opened; and by that number another session may end it later (KILL).
 */
export interface NumberedSqlServer extends SqlServer {
  /** The next session number. One that was taken for a client that then did not log in is not used again, as on a real server. */
  takeSessionId(): number;
  /** `id` was taken before: the session must have it. */
  openSession(options: SessionOptions & { readonly id: number }): ReturnType<SqlServer['openSession']>;
}
