/**
 * What a replica has received and not yet applied. Dropping it is the gravest thing that can happen here (the first law), so every drop has a reason and
 * is told.
 */
import { type Gtid, gtidText, type Transaction } from '../transaction.ts';
import { emptyPosition, type Position, positionHas, positionText, withGtid } from './gtid-position.ts';
import type { LogFormat, LogWriter } from './log-events.ts';
import type { LogPlace } from './log-place.ts';
import { type RelayEvent, RelayFiles } from './relay-files.ts';
import type { Family } from './server-options.ts';

/** Why a relay log was dropped, and what of it had not been applied. */
export interface RelayLogDrop {
  readonly reason: string;
  readonly lost: readonly Transaction[];
}

/** A transaction as it came, with where it is in the source's binary log. */
export interface Received {
  readonly transaction: Transaction;
  readonly format: LogFormat;
  readonly from: LogPlace;
  readonly to: LogPlace;
  /** Its own in the source's binary log. */
  readonly number: number;
}

export class RelayLog {
  readonly #family: Family;
  readonly #onDrop: (drop: RelayLogDrop) => void;
  readonly #files: RelayFiles;
  #entries: Received[] = [];
  #waiting: Transaction[] = [];
  #readAt: LogPlace | null = null;
  #appliedAt: LogPlace | null = null;
  #readPlace: number | null = null;
  #source: LogWriter | null = null;
  #retrieved: Position;
  #partial: Gtid | null = null;
  /** When anything was last written to it; a stop waits from here for the rest of a half transaction. */
  lastWrittenAt = 0;

  constructor(own: LogWriter, onDrop: (drop: RelayLogDrop) => void) {
    this.#family = own.family;
    this.#onDrop = onDrop;
    this.#files = new RelayFiles(own);
    this.#retrieved = emptyPosition(own.family);
  }

  /** Whole transactions, the next to apply first. */
  get waiting(): readonly Transaction[] {
    return this.#waiting;
  }

  /** Null: nothing waits. */
  get next(): Received | null {
    return this.#entries[0] ?? null;
  }

  /** All that was received whole since the relay log was begun. */
  get retrieved(): Position {
    return this.#retrieved;
  }

  /** Half a transaction at its end; null if none. */
  get partial(): Gtid | null {
    return this.#partial;
  }

  /** How far it is received, in the source's binary log; null: nothing was since the relay log was begun. */
  get readAt(): LogPlace | null {
    return this.#readAt;
  }

  /** How far it is applied, likewise. */
  get appliedAt(): LogPlace | null {
    return this.#appliedAt;
  }

  /** As `readAt`, in transactions of the source's binary log. */
  get readPlace(): number | null {
    return this.#readPlace;
  }

  /** Whose log was received last; null: none was. */
  get source(): LogWriter | null {
    return this.#source;
  }

  get bytes(): number {
    return this.#files.bytes;
  }

  /** Where the applier is in the relay log itself. */
  get ownPlace(): LogPlace {
    return this.#files.place;
  }

  /** Oldest first. */
  get fileNames(): readonly string[] {
    return this.#files.names;
  }

  /** Null: there is no such file. */
  events(file: string): readonly RelayEvent[] | null {
    return this.#files.events(file);
  }

  has(gtid: Gtid): boolean {
    return positionHas(this.#retrieved, gtid);
  }

  /** The source sends from there on. */
  connected(source: LogWriter, at: LogPlace, place: number): void {
    this.#source = source;
    this.#files.begin(source, at, positionText(this.#retrieved));
    this.skipTo(at, place);
  }

  begin(gtid: Gtid, now: number): void {
    this.#partial = gtid;
    this.lastWrittenAt = now;
  }

  /** `place`: as many transactions of the source's binary log are received with it. */
  add(received: Received, now: number, place: number): void {
    this.#partial = null;
    this.#follow(received.from);
    this.#entries.push(received);
    this.#waiting.push(received.transaction);
    this.#files.add(received, () => positionText(this.#retrieved));
    this.#readAt = received.to;
    this.#readPlace = place;
    if (this.#source?.gtidMode !== 'OFF') this.#retrieved = withGtid(this.#retrieved, received.transaction.gtid);
    this.lastWrittenAt = now;
  }

  /** The source has nothing for us up to there: it was skipped by its GTIDs, or is no transaction. */
  skipTo(at: LogPlace, place: number): void {
    this.#follow(at);
    this.#readAt = at;
    this.#readPlace = place;
    if (this.#entries.length === 0) this.#appliedAt = at;
  }

  /** The receiver is told another source, and what was received of the former one is kept. */
  forgetSource(): void {
    this.#readAt = null;
    this.#readPlace = null;
  }

  /** The receiver is told where to go on; null: nowhere in particular. What it has received stays. */
  readFrom(at: LogPlace | null): void {
    this.#readAt = at;
    this.#readPlace = null;
    if (this.#entries.length === 0 && at !== null) this.#appliedAt = at;
  }

  /** The first has been applied, or need not be. */
  shift(): void {
    this.#waiting.shift();
    const done = this.#entries.shift() ?? null;
    this.#files.shift();
    this.#appliedAt = this.#entries.length === 0 ? (this.#readAt ?? done?.to ?? null) : (done?.to ?? null);
  }

  /** A receiver that begins anew writes a new file; half a transaction of the old one is rolled back, and comes again. */
  dropPartial(): void {
    this.#partial = null;
  }

  /** `goesOnAt`: in the source's binary log, where the receiver will begin; null: where the source's log or its GTIDs begin. */
  drop(reason: string, goesOnAt: LogPlace | null = null): void {
    const lost = this.#waiting;
    this.#entries = [];
    this.#waiting = [];
    this.#readAt = goesOnAt;
    this.#appliedAt = goesOnAt;
    this.#readPlace = null;
    this.#partial = null;
    this.#files.reset();
    this.#retrieved = emptyPosition(this.#family);
    this.#onDrop({ reason, lost });
  }

  describe(): string {
    return this.#waiting.map((transaction) => gtidText(transaction.gtid)).join(' ');
  }

  /** The source's next file begins a file here too. */
  #follow(at: LogPlace): void {
    if (this.#source === null || this.#readAt === null || this.#readAt.file === at.file) return;
    this.#files.begin(this.#source, at, positionText(this.#retrieved));
  }
}
