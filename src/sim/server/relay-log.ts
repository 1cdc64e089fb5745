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
  /** Of each entry, in the source's binary log. */
  #places: number[] = [];
  #readPlace: number | null = null;
  #appliedPlace: number | null = null;
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

  /** How far it is received, in transactions of the source's binary log; null: nothing was since the relay log was begun. */
  get readPlace(): number | null {
    return this.#readPlace;
  }

  /** How far it is applied, likewise. */
  get appliedPlace(): number | null {
    return this.#appliedPlace;
  }

  has(gtid: Gtid): boolean {
    return positionHas(this.#retrieved, gtid);
  }

  begin(gtid: Gtid, now: number): void {
    this.#partial = gtid;
    this.lastWrittenAt = now;
  }

  /** `place`: as many transactions of the source's binary log are received with it. */
  add(transaction: Transaction, now: number, place: number): void {
    this.#partial = null;
    this.#entries.push(transaction);
    this.#places.push(place);
    this.#readPlace = place;
    this.#retrieved = withGtid(this.#retrieved, transaction.gtid);
    this.lastWrittenAt = now;
  }

  /** The source has nothing for us up to there: it was skipped by its GTIDs. */
  skipTo(place: number): void {
    this.#readPlace = place;
    if (this.#entries.length === 0) this.#appliedPlace = place;
  }

  /** The receiver is told another source, and what was received of the former one is kept. */
  forgetSource(): void {
    this.#readPlace = null;
  }

  /** The first has been applied, or need not be. */
  shift(): void {
    this.#entries.shift();
    const place = this.#places.shift() ?? null;
    this.#appliedPlace = this.#entries.length === 0 ? (this.#readPlace ?? place) : place;
  }

  /** A receiver that begins anew writes a new file; half a transaction of the old one is rolled back, and comes again. */
  dropPartial(): void {
    this.#partial = null;
  }

  drop(reason: string): void {
    const lost = this.#entries;
    this.#entries = [];
    this.#places = [];
    this.#readPlace = null;
    this.#appliedPlace = null;
    this.#partial = null;
    this.#retrieved = emptyPosition(this.#family);
    this.#onDrop({ reason, lost });
  }

  describe(): string {
    return this.#entries.map(({ gtid }) => gtidText(gtid)).join(' ');
  }
}
