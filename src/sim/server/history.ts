/**
 * What a server has on disk: its binary log in order, and how far it got into the engine and onto the disk.
 *
 * A commit is written to the binary log first and takes effect in the engine afterwards; between the two a semi-synchronous source waits. A process that
 * dies in between finds the transaction in its binary log when it starts again, and commits it (MySQL manual, "The Binary Log").
 */
import { type Gtid, sameGtid, type TableChange, type Transaction, type Write } from '../transaction.ts';
import { type GtidState, gtidStateOf } from './gtid-state.ts';
import type { ServerOptions } from './server-options.ts';

interface Table {
  readonly columns: readonly string[];
  readonly rows: Set<number>;
}

/** What a table has that nobody has created by a statement. */
const USUAL_COLUMNS: readonly string[] = ['n'];

const NO_ROWS: ReadonlySet<number> = new Set();

export class History {
  readonly #options: ServerOptions;
  #log: Transaction[] = [];
  #committed = 0;
  #synced = 0;
  #gtids: GtidState;
  #tables = new Map<string, Table>();
  /** Written with `sql_log_bin = 0`. */
  readonly #unlogged: Write[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#gtids = gtidStateOf(options);
  }

  /** In the order of the binary log, those included that are not committed in the engine yet. */
  get log(): readonly Transaction[] {
    return this.#log;
  }

  get committedCount(): number {
    return this.#committed;
  }

  /** Of what is committed. */
  get gtids(): GtidState {
    return this.#gtids;
  }

  rowsOf(table: string): ReadonlySet<number> {
    return this.#tables.get(table)?.rows ?? NO_ROWS;
  }

  /** The first is the primary key. Null: there is no such table. */
  columnsOf(table: string): readonly string[] | null {
    return this.#tables.get(table)?.columns ?? null;
  }

  /** Is it in the binary log, committed or not? */
  hasLogged(gtid: Gtid): boolean {
    return this.#log.some((logged) => sameGtid(logged.gtid, gtid));
  }

  /** The row with which it would fail, by its key; null: it would not. Those that wait for their engine commit are there already. */
  conflict({ write }: Pick<Transaction, 'write'>): number | null {
    if (write.kind !== 'rows') return null;
    const { table, rows } = write;
    const known = this.rowsOf(table);
    const pending = this.#log.slice(this.#committed).map((transaction) => transaction.write);
    const isThere = (row: number): boolean =>
      known.has(row) ||
      pending.some((other) => other.kind === 'rows' && other.table === table && other.rows.includes(row));
    return rows.find(isThere) ?? null;
  }

  /** It takes effect here, and nobody else hears of it. */
  writeUnlogged(write: Write): void {
    this.#unlogged.push(write);
    this.#change(write);
  }

  nextGtid(): Gtid {
    // Those that wait for their engine commit have their GTIDs already.
    const pending = this.#log.slice(this.#committed);
    const own = pending.filter(({ serverId }) => serverId === this.#options.serverId).length;
    const next = this.#gtids.next();
    return next.family === 'oracle'
      ? { ...next, number: next.number + own }
      : { ...next, sequence: next.sequence + pending.length };
  }

  /** To the binary log; visible to replicas at once, to readers only after `commitNext`. */
  append(transaction: Transaction): void {
    this.#log.push(transaction);
    if (this.#options.syncsBinlog) this.#synced = this.#log.length;
  }

  /** The first that is in the binary log only takes effect. */
  commitNext(): Transaction {
    const transaction = this.#log[this.#committed];
    if (transaction === undefined) throw new Error('there is nothing to commit');
    this.#committed += 1;
    this.#take(transaction);
    return transaction;
  }

  /** What a background flush does now and then. */
  sync(): void {
    this.#synced = this.#log.length;
  }

  /** The host lost its power: what was not flushed is gone. Returns it. */
  loseUnsynced(): readonly Transaction[] {
    const lost = this.#log.slice(this.#synced);
    if (lost.length === 0) return lost;
    this.#log = this.#log.slice(0, this.#synced);
    this.#rebuild(Math.min(this.#committed, this.#log.length));
    return lost;
  }

  /** A starting server commits what it finds in its binary log. */
  recover(): void {
    while (this.#committed < this.#log.length) this.commitNext();
  }

  #rebuild(committed: number): void {
    this.#gtids = gtidStateOf(this.#options);
    this.#tables = new Map();
    this.#committed = 0;
    while (this.#committed < committed) this.commitNext();
    for (const write of this.#unlogged) this.#change(write);
  }

  #take(transaction: Transaction): void {
    this.#gtids.note(transaction.gtid, transaction.serverId === this.#options.serverId);
    // A binlog server keeps the log and has no tables.
    if (!this.#options.isBinlogServer) this.#change(transaction.write);
  }

  #change(write: Write): void {
    if (write.kind === 'statement') {
      if (write.change !== undefined) this.#changeTables(write.change);
      return;
    }
    const { rows } = this.#table(write.table, USUAL_COLUMNS);
    for (const row of write.rows) rows.add(row);
  }

  #changeTables(change: TableChange): void {
    switch (change.kind) {
      case 'create':
        this.#table(change.table, change.columns);
        break;
      case 'drop':
        for (const table of change.tables) this.#tables.delete(table);
        break;
      case 'empty':
        for (const table of change.tables) this.#tables.get(table)?.rows.clear();
    }
  }

  #table(name: string, columns: readonly string[]): Table {
    const table = this.#tables.get(name) ?? { columns, rows: new Set<number>() };
    this.#tables.set(name, table);
    return table;
  }
}
