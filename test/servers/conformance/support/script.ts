/**
 * Scripts of statements as data: run, step for step, on a real fleet and on a pretended one, and compared by what each step came to.
 *
 * In a text, `{replica}` is what the family calls a replica (`REPLICA`, `SLAVE`), `{S}` how its options of a source begin (`SOURCE`, `MASTER`), `{change}` the
 * statement that points a replica at a source. `{primary.host}`, `{primary.port}`, `{primary.uuid}`, `{primary.id}` are those of a server; `{gtid:primary:3}`
 * its third transaction; `{file:here}`, `{pos:here}` and `{pos:here+9}` a place that was remembered; `{session:primary/app}` the number of a session.
 */
import type { ServerFamily } from '../../../../src/sandbox/server-releases.ts';

/** `primary` is the source of `replica`, and of `other` where the script wants two replicas; otherwise `other` stands alone, with a history of nothing. */
export type Role = 'primary' | 'replica' | 'other';

export const ROLES: readonly Role[] = ['primary', 'replica', 'other'];

/** Nobody has an account `nobody`. */
export type User = 'orc' | 'app' | 'root' | 'nobody';

/** A server and an account, with a word behind it where there are several such sessions. Alone, the account is orchestrator's. */
export type SessionName = Role | `${Role}/${User}` | `${Role}/${User}/${string}`;

/** Null: the family has no such statement, and the step is passed over. */
export type Text = string | Readonly<Record<ServerFamily, string | null>>;

export type Step =
  /** `columns`: those of the answer that matter, in MySQL's words; without it all do. */
  | { readonly kind: 'ask'; readonly session: SessionName; readonly sql: Text; readonly columns?: readonly string[] }
  /** The script goes on before there is an answer. */
  | { readonly kind: 'send'; readonly session: SessionName; readonly sql: Text }
  /** Waits until what was sent does nothing but wait, and tells the state by which the process list calls it. */
  | { readonly kind: 'waits'; readonly session: SessionName }
  /** What was sent came to. */
  | { readonly kind: 'answer'; readonly session: SessionName }
  /** Waits until the answer has this column with this value, however written; tells nothing. */
  | {
      readonly kind: 'until';
      readonly session: SessionName;
      readonly sql: Text;
      readonly column: string;
      readonly value: Text;
    }
  /**
   * Where the binary log of a server ends now, or where its applier is in the relay log; in texts behind it `{file:name}` and `{pos:name}` are that place.
   * Tells nothing.
   */
  | { readonly kind: 'remember'; readonly role: Role; readonly name: string; readonly log: 'binary' | 'relay' }
  /** The client goes away, without waiting for anything. */
  | { readonly kind: 'leave'; readonly session: SessionName }
  /** `crash` is kill -9. Its sessions are gone; the next statement opens new ones. */
  | { readonly kind: 'crash' | 'shut-down' | 'start'; readonly role: Role }
  /** The replica has the beginning of a transaction, and the source is dead. */
  | { readonly kind: 'die-in-a-transaction' };

export interface Script {
  readonly name: string;
  /** Default: both. */
  readonly family?: ServerFamily;
  /** How many servers replicate from the primary. Default: 1. */
  readonly replicas?: 0 | 1 | 2;
  /** Of MySQL's servers. Default: `ON`. */
  readonly gtidMode?: 'OFF';
  /** Whose server id a server has besides its own; it is restarted with it. */
  readonly sameServerId?: readonly [server: Role, as: Role];
  readonly steps: readonly Step[];
}

export const ask = (session: SessionName, sql: Text, columns?: readonly string[]): Step =>
  columns === undefined ? { kind: 'ask', session, sql } : { kind: 'ask', session, sql, columns };

export const send = (session: SessionName, sql: Text): Step => ({ kind: 'send', session, sql });
export const waits = (session: SessionName): Step => ({ kind: 'waits', session });
export const answer = (session: SessionName): Step => ({ kind: 'answer', session });
export const leave = (session: SessionName): Step => ({ kind: 'leave', session });
export const remember = (role: Role, name: string, log: 'binary' | 'relay' = 'binary'): Step => ({
  kind: 'remember',
  role,
  name,
  log,
});
export const crash = (role: Role): Step => ({ kind: 'crash', role });
export const shutDown = (role: Role): Step => ({ kind: 'shut-down', role });
export const start = (role: Role): Step => ({ kind: 'start', role });

export const until = (session: SessionName, sql: Text, column: string, value: Text): Step => ({
  kind: 'until',
  session,
  sql,
  column,
  value,
});

const STATUS = 'SHOW {replica} STATUS';

/** Some columns of a replica's status, named in MySQL's words. */
export const status = (role: Role, ...columns: readonly string[]): Step => ask(role, STATUS, columns);

/** Waits until the replica says so of itself. */
export const untilStatus = (role: Role, column: string, value: Text): Step => until(role, STATUS, column, value);

/** Everything that a server has executed. */
const HISTORY: Text = {
  mysql: 'SELECT @@global.gtid_executed AS history',
  mariadb: 'SELECT @@global.gtid_current_pos AS history',
};

export const history = (role: Role): Step => ask(role, HISTORY);

/** Waits until it has executed these, written as `{gtid:primary:1-3}`. */
export const untilHistory = (role: Role, gtids: Text): Step => until(role, HISTORY, 'history', gtids);

/** The threads of a replica, and what is wrong with them. */
export const THREADS = [
  'Replica_IO_State',
  'Replica_IO_Running',
  'Replica_SQL_Running',
  'Replica_SQL_Running_State',
  'Last_IO_Errno',
  'Last_IO_Error',
  'Last_SQL_Errno',
  'Last_SQL_Error',
] as const;

/** What it has received: of its relay log since that was begun, and, MariaDB, its receiver's place. */
export const RECEIVED = ['Retrieved_Gtid_Set', 'Gtid_IO_Pos'] as const;

/** Its receiver waits for more; `Replica_IO_Running` says `Yes` some moments before. */
export const receives = (role: Role): Step =>
  untilStatus(role, 'Replica_IO_State', {
    mysql: 'Waiting for source to send event',
    mariadb: 'Waiting for master to send event',
  });

/** Its applier waits for more. */
export const hasReadAll = (role: Role): Step =>
  untilStatus(role, 'Replica_SQL_Running_State', {
    mysql: 'Replica has read all relay log; waiting for more updates',
    mariadb: 'Slave has read all relay log; waiting for more updates',
  });

/** Both threads run, and it has executed all that is in `gtids`. */
export const replicates = (role: Role, gtids?: Text): readonly Step[] => [
  receives(role),
  untilStatus(role, 'Replica_SQL_Running', 'Yes'),
  hasReadAll(role),
  ...(gtids === undefined ? [] : [untilHistory(role, gtids)]),
];
