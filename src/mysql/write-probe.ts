/**
 * Whether a primary can commit (A11): one row of a table that people have made for it is written on a connection of its own, which may wait as long as it likes.
 *
 * A server that hangs reads later what it was sent, and would execute it when somebody else is primary by then: a transaction that exists nowhere else, by our
 * doing. So the server is asked for its time first, and the statement says until when it means anything (D12).
 */
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerWire } from '../ports/server-wire.ts';
import type { Opened } from './command-connections.ts';
import type { StatementFact } from './dialect.ts';

/** `schema` and `table` are quoted here; nothing of them is trusted. */
export interface WriteProbeTable {
  readonly schema: string;
  readonly table: string;
}

export type WriteProbeResult =
  | { readonly kind: 'committed' }
  /** The server took it, and says that it cannot be written. */
  | { readonly kind: 'refused'; readonly failure: ServerFailure }
  /** Somebody else holds what it needs. */
  | { readonly kind: 'locked'; readonly why: string }
  /** Says nothing of the server: it is read-only, the table is not as it should be, the connection was lost. */
  | { readonly kind: 'unknown'; readonly why: string };

/** A statement that begins later than this by the server's clock does nothing. */
const VALID_SECONDS = 1;

/** Who waits that long waits anew. */
const WAIT_MILLIS = 3_600_000;

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const nameOf = ({ schema, table }: WriteProbeTable): string => `${quoted(schema)}.${quoted(table)}`;

/**
 * G1: what waits for a lock (`FLUSH TABLES WITH READ LOCK`, a backup, a row) began in time and would write when it is let go, be it an hour later and on a
 * server that was demoted meanwhile: read-only does not stop an account like ours.
 */
const LOCK_WAIT_SECONDS = 1;
// In UTC: when clocks are set back, an hour of local time comes twice, and the limit would be one hour off.
const SESSION_SQL = `SET SESSION autocommit = 1, time_zone = '+00:00', lock_wait_timeout = ${LOCK_WAIT_SECONDS}, innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`;
const CLOCK_SQL =
  'SELECT UNIX_TIMESTAMP(NOW(6)) AS now, @@global.read_only AS read_only, @@session.binlog_format AS log_format';

/** Looked at once the locks are had: whoever made it read-only meanwhile is obeyed (G1). Unsafe where statements are logged, and left out there. */
const UNLESS_READ_ONLY = "CONCAT(@@global.read_only) IN ('0', 'OFF')";
const inTime = (until: string): string => `UNIX_TIMESTAMP(NOW(6)) < ${until}`;
const writeSql = (table: WriteProbeTable, until: string, looks: boolean): string =>
  `UPDATE ${nameOf(table)} SET written_at = NOW(6) WHERE id = 1 AND ${inTime(until)}${looks ? ` AND ${UNLESS_READ_ONLY}` : ''}; SELECT ROW_COUNT() AS written, ${inTime(until)} AS in_time`;

/** Whether a session is executing one, by its statement in the process list. */
export const isWriteProbe = (statement: string): boolean =>
  /^UPDATE .* SET written_at = NOW\(6\) WHERE id = 1 AND UNIX_/s.test(statement);

const MICROSECOND_DIGITS = 6;

/** How people make the table: what the write probe says where there is none, and the documentation. */
export const writeProbeTableSql = (table: WriteProbeTable): readonly string[] => [
  `CREATE TABLE ${nameOf(table)} (id INT NOT NULL PRIMARY KEY, written_at DATETIME(6) NOT NULL)`,
  `INSERT INTO ${nameOf(table)} VALUES (1, NOW(6))`,
];

const SHOWN: WriteProbeTable = { schema: '…', table: '…' };

export const WRITE_PROBE_STATEMENTS: readonly StatementFact[] = [
  {
    name: 'write-probe',
    sql: `${SESSION_SQL}; ${CLOCK_SQL}; ${writeSql(SHOWN, '…', true)}`,
    purpose:
      'whether a primary can commit; only where WriteProbeTable names a table, on which UPDATE and SELECT are needed',
    privileges: [],
    changes: true,
  },
];

/** Errors that tell of the account (1044, 1045, 1142, 1143, 1226), of the table (1049, 1054, 1146, 1175, 1264, 1288, 1292, 1366, 1406, 3098), or of a server that takes no writes by its settings (1290, 1665, 1792, 1836, 1874). */
const SAYS_NOTHING: ReadonlySet<number> = new Set([
  1044, 1045, 1049, 1054, 1142, 1143, 1146, 1175, 1226, 1264, 1288, 1290, 1292, 1366, 1406, 1665, 1792, 1836, 1874,
  3098,
]);

const LOCKED_BY_OTHERS = 1205;

/** A deadlock: 1213; or somebody or a limit ended it: 1317, 1053, 3024, of MariaDB 1927, 1969. */
const OTHERS_DID: ReadonlySet<number> = new Set([1213, 1317, 1053, 3024, 1927, 1969]);

export class WriteProbe {
  readonly #open: (connectMillis: number) => Promise<Opened>;
  #wire: ServerWire | null = null;
  #closed = false;
  #underWay: Promise<WriteProbeResult> | null = null;

  constructor(open: (connectMillis: number) => Promise<Opened>) {
    this.#open = open;
  }

  /** Resolves when the server has answered, however long that takes. One at a time: who asks while one waits, waits with it. */
  write(table: WriteProbeTable, connectMillis: number): Promise<WriteProbeResult> {
    this.#underWay ??= this.#write(table, connectMillis).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #write(table: WriteProbeTable, connectMillis: number): Promise<WriteProbeResult> {
    const wire = await this.#connected(connectMillis);
    if (!('ask' in wire)) return unknown(wire);
    const clock = await wire.ask(CLOCK_SQL, connectMillis);
    if (clock.kind === 'failed') return unknown(clock.failure);
    const [row] = clock.results[0] ?? [];
    // A word on MariaDB 12; ON, NO_LOCK and the like are no 0 either.
    if (!['0', 'OFF'].includes(String(row?.['read_only']))) return { kind: 'unknown', why: 'it is read-only' };
    const until = (Number(row?.['now']) + VALID_SECONDS).toFixed(MICROSECOND_DIGITS);
    const looks = row?.['log_format'] !== 'STATEMENT';
    const written = await wire.ask(writeSql(table, until, looks), WAIT_MILLIS);
    if (written.kind === 'failed') return judged(written.failure, table);
    const [result] = written.results.at(-1) ?? [];
    if (Number(result?.['written']) === 1) return { kind: 'committed' };
    if (Number(result?.['in_time']) !== 1) return { kind: 'unknown', why: 'it came too late to the server' };
    return { kind: 'unknown', why: `there is no row to write: ${writeProbeTableSql(table).at(-1)}` };
  }

  /** Nobody wants to know any more, for now. What is under way goes on by itself. */
  rest(): void {
    if (this.#underWay !== null) return;
    this.#wire?.destroy();
    this.#wire = null;
  }

  close(): void {
    this.#closed = true;
    this.#wire?.destroy();
  }

  async #connected(connectMillis: number): Promise<ServerWire | ServerFailure> {
    if (this.#wire?.usable === true) return this.#wire;
    const opened = await this.#open(connectMillis);
    if (opened.kind === 'failed') return opened.failure;
    const prepared = await opened.connection.ask(SESSION_SQL, connectMillis);
    if (prepared.kind === 'failed' || this.#closed) {
      opened.connection.destroy();
      return prepared.kind === 'failed' ? prepared.failure : CLOSED;
    }
    this.#wire = opened.connection;
    return opened.connection;
  }
}

const CLOSED: ServerFailure = { kind: 'lost', phase: 'connect', text: 'nobody wants to know any more' };

const unknown = ({ text }: ServerFailure): WriteProbeResult => ({ kind: 'unknown', why: text });

const NO_TABLE: ReadonlySet<number> = new Set([1049, 1146]);
const NOT_ALLOWED: ReadonlySet<number> = new Set([1044, 1142, 1143]);

/** What people can do about it; '' where it is not for them to do something. */
function remedy(failure: ServerFailure, table: WriteProbeTable): string {
  if (failure.kind !== 'server-error') return '';
  if (NO_TABLE.has(failure.number)) return `: ${writeProbeTableSql(table).join('; ')}`;
  return NOT_ALLOWED.has(failure.number) ? `: GRANT SELECT, UPDATE ON ${nameOf(table)} TO the account` : '';
}

function judged(failure: ServerFailure, table: WriteProbeTable): WriteProbeResult {
  if (failure.kind === 'server-error' && failure.number === LOCKED_BY_OTHERS)
    return { kind: 'locked', why: failure.text };
  const saysNothing =
    failure.kind !== 'server-error' || SAYS_NOTHING.has(failure.number) || OTHERS_DID.has(failure.number);
  return saysNothing ? { kind: 'unknown', why: failure.text + remedy(failure, table) } : { kind: 'refused', failure };
}
