/** What MySQL knows of GTIDs: what was executed, and what of that is in no file any more. */
import type { ServerUuid } from '../../model/brand.ts';
import { contains, EMPTY_GTID_SET, type GtidSet, union } from '../../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Gtid } from '../transaction.ts';
import { type Position, positionHas, setOf } from './gtid-position.ts';
import type { GtidState } from './gtid-state.ts';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export class OracleState implements GtidState {
  readonly #uuid: ServerUuid;
  #executed = EMPTY_GTID_SET;
  #purged = EMPTY_GTID_SET;
  /** Probes ask for it much more often than it changes. */
  #text: string | null = null;
  #ownNumber = 0;

  constructor(uuid: ServerUuid) {
    this.#uuid = uuid;
  }

  next(): Gtid {
    return { family: 'oracle', uuid: this.#uuid, number: this.#ownNumber + 1 };
  }

  note(gtid: Gtid): void {
    if (gtid.family !== 'oracle') throw new Error('a GTID of the other family');
    const isOwn = gtid.uuid === this.#uuid && (gtid.tag ?? '') === '';
    if (isOwn) this.#ownNumber = Math.max(this.#ownNumber, gtid.number);
    this.#executed = union(this.#executed, setOf(gtid));
    this.#text = null;
  }

  noteSkipped(): void {
    throw new Error('an applier of MySQL passes over anonymous transactions only');
  }

  forget(): void {
    this.#executed = EMPTY_GTID_SET;
    this.#purged = EMPTY_GTID_SET;
    this.#text = null;
    this.#ownNumber = 0;
  }

  copy(): OracleState {
    return this.copyInto(new OracleState(this.#uuid));
  }

  protected copyInto<State extends OracleState>(other: State): State {
    other.#executed = this.#executed;
    other.#purged = this.#purged;
    other.#ownNumber = this.#ownNumber;
    return other;
  }

  get executedSet(): GtidSet {
    return this.#executed;
  }

  get purged(): GtidSet {
    return this.#purged;
  }

  /** The file that it was in is gone. */
  notePurged(gtid: Gtid): void {
    if (gtid.family === 'oracle') this.#purged = union(this.#purged, setOf(gtid));
  }

  /** It counts as executed, and is in no file. */
  purge(set: GtidSet): void {
    this.#purged = union(this.#purged, set);
    this.#executed = union(this.#executed, set);
    this.#text = null;
    const own = set.entries.find(({ uuid, tag }) => uuid === this.#uuid && tag === '');
    this.#ownNumber = Math.max(this.#ownNumber, own?.bounds.at(-1) ?? 0);
  }

  has(gtid: Gtid): boolean {
    return positionHas(this.executed(), gtid);
  }

  executed(): Position {
    return { family: 'oracle', set: this.#executed };
  }

  replicated(): Position {
    return this.executed();
  }

  forbids(): null {
    return null;
  }

  hasAllOf(text: string): boolean | null {
    const parsed = parseGtidSet(text);
    if (parsed.kind !== 'ok' || !parsed.set.entries.every(({ uuid }) => UUID.test(uuid))) return null;
    return contains(this.#executed, parsed.set);
  }

  text(): string {
    this.#text ??= gtidSetText(this.#executed);
    return this.#text;
  }
}

/** With `gtid_mode=OFF`: nothing that is executed is known by a GTID, but for what a person says has been purged. */
export class AnonymousState extends OracleState {
  readonly #owner: ServerUuid;
  /** Never begun anew, also where the log is replayed: transactions that differ must not look the same to those who watch. */
  readonly #counter: { last: number };

  constructor(uuid: ServerUuid, counter = { last: 0 }) {
    super(uuid);
    this.#owner = uuid;
    this.#counter = counter;
  }

  override copy(): OracleState {
    return this.copyInto(new AnonymousState(this.#owner, this.#counter));
  }

  override notePurged(): void {}

  override next(): Gtid {
    return { family: 'oracle', uuid: this.#owner, number: this.#counter.last + 1 };
  }

  override note(gtid: Gtid): void {
    if (gtid.family !== 'oracle') throw new Error('a GTID of the other family');
    if (gtid.uuid === this.#owner) this.#counter.last = Math.max(this.#counter.last, gtid.number);
  }

  override has(): boolean {
    return false;
  }

  override noteSkipped(): void {}
}
