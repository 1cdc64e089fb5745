/** What a server keeps for one session besides what it is doing. */
import type { SqlValue } from '../sql-session.ts';
import type { Privilege } from './accounts.ts';

export interface SessionState {
  readonly id: number;
  readonly user: string;
  readonly clientHost: string;
  readonly clientPort: number;
  readonly privilege: Privilege;
  /** Of `USE`; null: none is selected. */
  schema: string | null;
  /** Between `BEGIN` and its end. */
  isInTransaction: boolean;
  /** A transaction had the GTID that `gtid_next` names. */
  isGtidUsed: boolean;
  /** What the statement before has changed; -1: it gave rows, or failed. */
  rowCount: number;
  /** System variables that were set for this session, by lower-case name. */
  readonly variables: Map<string, SqlValue>;
  /** `@name`, by lower-case name. */
  readonly userVariables: Map<string, SqlValue>;
  /** What `GET_LOCK` has given it, by lower-case name: how often it has taken each. */
  readonly namedLocks: Map<string, number>;
}
