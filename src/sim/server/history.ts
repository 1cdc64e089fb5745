/**
 * What a server has on disk: its binary log in order, and how far it got into the engine and onto the disk.
 *
 * A commit is written to the binary log first and takes effect in the engine afterwards; between the two a semi-synchronous source waits. A process that
 * dies in between finds the transaction in its binary log when it starts again, and commits it (MySQL manual, "The Binary Log").
 */
import type { Gtid, Transaction } from '../transaction.ts';
import { type GtidState, gtidStateOf } from './gtid-state.ts';
import type { ServerOptions } from './server-options.ts';

export class History {
  readonly #options: ServerOptions;
  #log: Transaction[] = [];
  #committed = 0;
  #synced = 0;
  #gtids: GtidState;
  #rows = new Map<string, Set<number>>();

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
    return this.#rows.get(table) ?? new Set();
  }

  /** Would it fail with a duplicate key? */
  conflicts({ write }: Pick<Transaction, 'write'>): boolean {
    if (write.kind !== 'rows') return false;
    const rows = this.rowsOf(write.table);
    return write.rows.some((row) => rows.has(row));
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
    this.#rows = new Map();
    this.#committed = 0;
    while (this.#committed < committed) this.commitNext();
  }

  #take(transaction: Transaction): void {
    this.#gtids.note(transaction.gtid, transaction.serverId === this.#options.serverId);
    if (transaction.write.kind !== 'rows') return;
    const { table, rows } = transaction.write;
    const known = this.#rows.get(table) ?? new Set();
    for (const row of rows) known.add(row);
    this.#rows.set(table, known);
  }
}
