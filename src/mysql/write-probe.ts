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
  /** Says nothing of the server: it is read-only, the table is not as it should be, the connection was lost. */
  | { readonly kind: 'unknown'; readonly why: string };

/** A statement that begins later than this by the server's clock does nothing. */
const VALID_SECONDS = 1;

/** Who waits that long waits anew. */
const WAIT_MILLIS = 3_600_000;

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const nameOf = ({ schema, table }: WriteProbeTable): string => `${quoted(schema)}.${quoted(table)}`;

const SESSION_SQL = 'SET SESSION autocommit = 1';
const CLOCK_SQL = 'SELECT UNIX_TIMESTAMP(NOW(6)) AS now, @@global.read_only AS read_only';
const inTime = (until: string): string => `UNIX_TIMESTAMP(NOW(6)) < ${until}`;
const writeSql = (table: WriteProbeTable, until: string): string =>
  `UPDATE ${nameOf(table)} SET written_at = NOW(6) WHERE id = 1 AND ${inTime(until)}; SELECT ROW_COUNT() AS written, ${inTime(until)} AS in_time`;

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
    sql: `${SESSION_SQL}; ${CLOCK_SQL}; ${writeSql(SHOWN, '…')}`,
    purpose:
      'whether a primary can commit; only where WriteProbeTable names a table, on which UPDATE and SELECT are needed',
    privileges: [],
    changes: true,
  },
];

/** Errors that tell of the account or the table, or of a server that takes no writes by its settings: 1044, 1045, 1049, 1054, 1142, 1143, 1146, 1290, 1836, 1845. */
const SAYS_NOTHING: ReadonlySet<number> = new Set([1044, 1045, 1049, 1054, 1142, 1143, 1146, 1290, 1836, 1845]);

/** Others hold the row or the table: 1205, 1213; or somebody ended it: 1317, 1053, 3024. */
const OTHERS_DID: ReadonlySet<number> = new Set([1205, 1213, 1317, 1053, 3024]);

export class WriteProbe {
  readonly #open: (connectMillis: number) => Promise<Opened>;
  #wire: ServerWire | null = null;
  #closed = false;

  constructor(open: (connectMillis: number) => Promise<Opened>) {
    this.#open = open;
  }

  /** Resolves when the server has answered, however long that takes. One at a time. */
  async write(table: WriteProbeTable, connectMillis: number): Promise<WriteProbeResult> {
    const wire = await this.#connected(connectMillis);
    if (!('ask' in wire)) return unknown(wire);
    const clock = await wire.ask(CLOCK_SQL, connectMillis);
    if (clock.kind === 'failed') return unknown(clock.failure);
    const [row] = clock.results[0] ?? [];
    // A word on MariaDB 12; ON, NO_LOCK and the like are no 0 either.
    if (!['0', 'OFF'].includes(String(row?.['read_only']))) return { kind: 'unknown', why: 'it is read-only' };
    const until = (Number(row?.['now']) + VALID_SECONDS).toFixed(MICROSECOND_DIGITS);
    const written = await wire.ask(writeSql(table, until), WAIT_MILLIS);
    if (written.kind === 'failed') return judged(written.failure, table);
    const [result] = written.results.at(-1) ?? [];
    if (Number(result?.['written']) === 1) return { kind: 'committed' };
    if (Number(result?.['in_time']) !== 1) return { kind: 'unknown', why: 'it came too late to the server' };
    return { kind: 'unknown', why: `there is no row to write: ${writeProbeTableSql(table).at(-1)}` };
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
  const saysNothing =
    failure.kind !== 'server-error' || SAYS_NOTHING.has(failure.number) || OTHERS_DID.has(failure.number);
  return saysNothing ? { kind: 'unknown', why: failure.text + remedy(failure, table) } : { kind: 'refused', failure };
}
