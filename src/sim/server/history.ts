/**
 * What a server has on disk: its binary log in order, and how far it got into the engine and onto the disk.
 *
 * A commit is written to the binary log first and takes effect in the engine afterwards; between the two a semi-synchronous source waits. A process that
 * dies in between finds the transaction in its binary log when it starts again, and commits it (MySQL manual, "The Binary Log").
 */
import { type Gtid, sameGtid, type Transaction, type Write } from '../transaction.ts';
import { BinaryLog, type Found } from './binary-log.ts';
import { type GtidState, gtidStateOf } from './gtid-state.ts';
import type { LogEntry, LogFormat, LogWriter } from './log-events.ts';
import type { LogPlace } from './log-place.ts';
import { OracleState } from './oracle-gtid-state.ts';
import type { ServerOptions } from './server-options.ts';
import { Tables } from './tables.ts';

export class History {
  readonly #options: ServerOptions;
  readonly binlog: BinaryLog;
  /** `sync_binlog` is 1. */
  syncsBinlog: boolean;
  #log: Transaction[] = [];
  #entries: LogEntry[] = [];
  #committed = 0;
  #synced = 0;
  #gtids: GtidState;
  /** Of those files that are gone, and of what people said that has been executed: a binary log that is replayed begins with it. */
  #basis: { readonly gtids: GtidState; readonly tables: Tables };
  #tables = new Tables();
  /** Written with `sql_log_bin = 0`. */
  #unlogged: Write[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
    this.syncsBinlog = options.syncsBinlog;
    this.#gtids = gtidStateOf(options);
    this.#basis = { gtids: gtidStateOf(options), tables: new Tables() };
    this.binlog = new BinaryLog(options, options.firstBinlogNumber, (index) => this.#entries[index]);
  }

  /** In the order of the binary log, those included that are not committed in the engine yet. */
  get log(): readonly Transaction[] {
    return this.#log;
  }

  entry(index: number): LogEntry | undefined {
    return this.#entries[index];
  }

  get committedCount(): number {
    return this.#committed;
  }

  /** Of what is committed. */
  get gtids(): GtidState {
    return this.#gtids;
  }

  rowsOf(table: string): ReadonlySet<number> {
    return this.#tables.rowsOf(table);
  }

  /** The first is the primary key. Null: there is no such table. */
  columnsOf(table: string): readonly string[] | null {
    return this.#tables.columnsOf(table);
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
    this.#tables.change(write);
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

  /** A client's, to the binary log; visible to replicas at once, to readers only after `commitNext`. */
  append(transaction: Transaction): void {
    const format: LogFormat = this.#options.binlogFormat === 'STATEMENT' ? 'statement' : 'rows';
    this.#append({ transaction, format, isLogged: this.#options.logBin });
  }

  /** What was replicated: rows stay rows; what came as a statement is logged as this server logs. */
  appendReplicated(transaction: Transaction, received: LogFormat): void {
    const { logBin, logReplicaUpdates, binlogFormat } = this.#options;
    const format = binlogFormat === 'STATEMENT' ? received : 'rows';
    this.#append({ transaction, format, isLogged: logBin && logReplicaUpdates });
  }

  /** A binlog server's copy. */
  copy(transaction: Transaction, format: LogFormat, to: LogPlace, writer: LogWriter | null): void {
    this.#log.push(transaction);
    this.#entries.push({ transaction, format, isLogged: true });
    if (writer !== null) this.binlog.adopt(writer);
    this.binlog.copy(to);
    if (this.syncsBinlog) this.#synced = this.#log.length;
  }

  #append(entry: LogEntry): void {
    this.#log.push(entry.transaction);
    this.#entries.push(entry);
    this.binlog.append(entry.isLogged);
    if (this.syncsBinlog) this.#synced = this.#log.length;
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
    this.#entries = this.#entries.slice(0, this.#synced);
    this.binlog.truncate(this.#synced);
    this.#rebuild(Math.min(this.#committed, this.#log.length));
    return lost;
  }

  /** A starting server commits what it finds in its binary log. */
  recover(): void {
    while (this.#committed < this.#log.length) this.commitNext();
  }

  /** `FLUSH BINARY LOGS`, or a start. */
  rotate(): void {
    const { gtids } = this;
    this.binlog.rotate(this.#options.family === 'mysql' ? gtids.text('executed') : gtids.text('binlog'));
    this.sync();
  }

  /** `RESET BINARY LOGS AND GTIDS`: what it has in its tables stays. The caller has ended those who read it. */
  reset(): void {
    this.recover();
    this.#log = [];
    this.#entries = [];
    this.#committed = 0;
    this.#synced = 0;
    this.#gtids.forget();
    this.binlog.reset();
    this.#keepAsBasis();
  }

  /** Where it begins; see `BinaryLog.find`. */
  find(place: LogPlace): Found {
    return this.binlog.find(place);
  }

  /** Files before that one are deleted, as far as nobody reads them. False: there is no such file. */
  purgeTo(file: string, isNeeded: (file: { readonly first: number; readonly end: number }) => boolean): boolean {
    const before = this.binlog.purgedCount;
    if (!this.binlog.purgeTo(file, isNeeded)) return false;
    if (this.#gtids instanceof OracleState) {
      for (const { gtid } of this.#log.slice(before, this.binlog.purgedCount)) this.#gtids.notePurged(gtid);
    }
    return true;
  }

  #keepAsBasis(): void {
    this.#basis = { gtids: this.#gtids.copy(), tables: this.#tables.copy() };
    this.#unlogged = [];
  }

  /** What a person has set as executed counts from now on, also when the log is replayed. Called while the log is empty, as a rule. */
  basisChanged(): void {
    this.#basis = { ...this.#basis, gtids: this.#gtids.copy() };
  }

  #rebuild(committed: number): void {
    this.#gtids = this.#basis.gtids.copy();
    this.#tables = this.#basis.tables.copy();
    this.#committed = 0;
    while (this.#committed < committed) this.commitNext();
    for (const write of this.#unlogged) this.#tables.change(write);
  }

  #take(transaction: Transaction): void {
    this.#gtids.note(transaction.gtid, transaction.serverId === this.#options.serverId);
    // A binlog server keeps the log and has no tables.
    if (!this.#options.isBinlogServer) this.#tables.change(transaction.write);
  }
}
