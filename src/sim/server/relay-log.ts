/**
 * What a replica has received and not yet applied. Dropping it is the gravest thing that can happen here (the first law), so every drop has a reason and
 * is told.
 */
import { type Gtid, gtidText, type Transaction } from '../transaction.ts';
import { emptyPosition, type Position, positionHas, withGtid } from './gtid-state.ts';
import type { Family } from './server-options.ts';

/** Why a relay log was dropped, and what of it had not been applied. */
export interface RelayLogDrop {
  readonly reason: string;
  readonly lost: readonly Transaction[];
}

export class RelayLog {
  readonly #family: Family;
  readonly #onDrop: (drop: RelayLogDrop) => void;
  #entries: Transaction[] = [];
  #retrieved: Position;
  #partial: Gtid | null = null;
  /** When anything was last written to it; a stop waits from here for the rest of a half transaction. */
  lastWrittenAt = 0;

  constructor(family: Family, onDrop: (drop: RelayLogDrop) => void) {
    this.#family = family;
    this.#onDrop = onDrop;
    this.#retrieved = emptyPosition(family);
  }

  /** Whole transactions, the next to apply first. */
  get waiting(): readonly Transaction[] {
    return this.#entries;
  }

  /** All that was received whole since the relay log was begun. */
  get retrieved(): Position {
    return this.#retrieved;
  }

  /** Half a transaction at its end; null if none. */
  get partial(): Gtid | null {
    return this.#partial;
  }

  has(gtid: Gtid): boolean {
    return positionHas(this.#retrieved, gtid);
  }

  begin(gtid: Gtid, now: number): void {
    this.#partial = gtid;
    this.lastWrittenAt = now;
  }

  add(transaction: Transaction, now: number): void {
    this.#partial = null;
    this.#entries.push(transaction);
    this.#retrieved = withGtid(this.#retrieved, transaction.gtid);
    this.lastWrittenAt = now;
  }

  /** The first has been applied, or need not be. */
  shift(): void {
    this.#entries.shift();
  }

  /** A receiver that begins anew writes a new file; half a transaction of the old one is rolled back, and comes again. */
  dropPartial(): void {
    this.#partial = null;
  }

  drop(reason: string): void {
    const lost = this.#entries;
    this.#entries = [];
    this.#partial = null;
    this.#retrieved = emptyPosition(this.#family);
    this.#onDrop({ reason, lost });
  }

  describe(): string {
    return this.#entries.map(({ gtid }) => gtidText(gtid)).join(' ');
  }
}
