/**
 * What a server knows of GTIDs, in the terms of its family: what it has executed, what its own next one is, and whether it has seen another's.
 */
import type { ServerUuid } from '../../model/brand.ts';
import { contains, EMPTY_GTID_SET, type GtidSet, gtidSetOf, union } from '../../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import {
  containsPosition,
  EMPTY_MARIADB_POSITION,
  furthestPosition,
  type MariadbGtid,
  type MariadbPosition,
  mariadbPositionText,
  parseMariadbPosition,
} from '../../model/mariadb-gtid.ts';
import type { Gtid } from '../transaction.ts';
import type { ServerOptions } from './server-options.ts';

/** What a replica tells its source that it has. */
export type Position =
  | { readonly family: 'oracle'; readonly set: GtidSet }
  | { readonly family: 'mariadb'; readonly position: MariadbPosition };

export interface GtidState {
  /** Of the next transaction that is written here. */
  next(): Gtid;
  /** `own`: written here, not replicated. */
  note(gtid: Gtid, own: boolean): void;
  has(gtid: Gtid): boolean;
  /** Passed over by an applier that was told to: it counts as replicated, and is in no log. */
  noteSkipped(gtid: Gtid): void;
  /** `RESET BINARY LOGS AND GTIDS`: MariaDB still knows what was replicated. */
  forget(): void;
  copy(): GtidState;
  /** MariaDB with `gtid_strict_mode`: the last of its domain, behind which this one may not be written. Null: it may. */
  forbids(gtid: Gtid): Gtid | null;
  /** All that was executed, replicated or own. */
  executed(): Position;
  /** MariaDB: what was replicated here, `gtid_slave_pos`. MySQL knows no difference. */
  replicated(): Position;
  /** Is all of this text executed? Null: it cannot be read. */
  hasAllOf(text: string): boolean | null;
  /** As the family's variables show it: `gtid_executed`, or `gtid_binlog_pos` and its like. */
  text(variable: 'executed' | 'binlog' | 'replicated'): string;
}

export function gtidStateOf(options: ServerOptions): GtidState {
  if (options.family === 'mariadb') return new MariadbState(options.serverId, options.gtidStrictMode);
  return options.gtidMode === 'OFF' ? new AnonymousState(options.uuid) : new OracleState(options.uuid);
}

export function positionHas(position: Position, gtid: Gtid): boolean {
  if (position.family === 'oracle') return gtid.family === 'oracle' && contains(position.set, setOf(gtid));
  if (gtid.family !== 'mariadb') return false;
  const reached = position.position.gtids.find(({ domain }) => domain === gtid.domain);
  return reached !== undefined && reached.sequence >= gtid.sequence;
}

export function withGtid(position: Position, gtid: Gtid): Position {
  if (position.family === 'oracle') {
    return gtid.family === 'oracle' ? { ...position, set: union(position.set, setOf(gtid)) } : position;
  }
  if (gtid.family !== 'mariadb') return position;
  return { ...position, position: furthestPosition(position.position, positionOf([gtid])) };
}

/** What either has. */
export function withPosition(one: Position, other: Position): Position {
  if (one.family === 'oracle' && other.family === 'oracle') return { ...one, set: union(one.set, other.set) };
  if (one.family !== 'mariadb' || other.family !== 'mariadb') return one;
  return { ...one, position: furthestPosition(one.position, other.position) };
}

export function positionText(position: Position): string {
  return position.family === 'oracle' ? gtidSetText(position.set) : mariadbPositionText(position.position);
}

export const emptyPosition = (family: ServerOptions['family']): Position =>
  family === 'mysql'
    ? { family: 'oracle', set: EMPTY_GTID_SET }
    : { family: 'mariadb', position: EMPTY_MARIADB_POSITION };

const setOf = ({ uuid, tag = '', number }: Extract<Gtid, { family: 'oracle' }>): GtidSet =>
  gtidSetOf([{ uuid, tag, bounds: [number, number] }]);

function positionOf(gtids: readonly MariadbGtid[]): MariadbPosition {
  const text = gtids.map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`).join(',');
  const parsed = parseMariadbPosition(text);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return parsed.position;
}

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
class AnonymousState extends OracleState {
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

/** One domain, 0, unless transactions of others come in. */
class MariadbState implements GtidState {
  readonly #serverId: number;
  readonly #isStrict: boolean;
  readonly #domain = 0;
  #binlog = EMPTY_MARIADB_POSITION;
  #replicated = EMPTY_MARIADB_POSITION;
  #current: MariadbPosition | null = null;

  constructor(serverId: number, isStrict: boolean) {
    this.#serverId = serverId;
    this.#isStrict = isStrict;
  }

  next(): Gtid {
    const reached = this.#currentPosition().gtids.find(({ domain }) => domain === this.#domain);
    const inBinlog = this.#binlog.gtids.find(({ domain }) => domain === this.#domain);
    const sequence = Math.max(reached?.sequence ?? 0, inBinlog?.sequence ?? 0) + 1;
    return { family: 'mariadb', domain: this.#domain, server: this.#serverId, sequence };
  }

  note(gtid: Gtid, own: boolean): void {
    if (gtid.family !== 'mariadb') throw new Error('a GTID of the other family');
    // Not the further of two: in a domain the last one that was written counts.
    this.#binlog = replaced(this.#binlog, gtid);
    if (!own) this.#replicated = replaced(this.#replicated, gtid);
    this.#current = null;
  }

  noteSkipped(gtid: Gtid): void {
    if (gtid.family !== 'mariadb') throw new Error('a GTID of the other family');
    this.#replicated = replaced(this.#replicated, gtid);
    this.#current = null;
  }

  forget(): void {
    this.#binlog = EMPTY_MARIADB_POSITION;
    this.#current = null;
  }

  copy(): GtidState {
    const other = new MariadbState(this.#serverId, this.#isStrict);
    other.#binlog = this.#binlog;
    other.#replicated = this.#replicated;
    return other;
  }

  has(gtid: Gtid): boolean {
    return positionHas(this.executed(), gtid);
  }

  executed(): Position {
    return { family: 'mariadb', position: this.#currentPosition() };
  }

  replicated(): Position {
    return { family: 'mariadb', position: this.#replicated };
  }

  forbids(gtid: Gtid): Gtid | null {
    if (gtid.family !== 'mariadb' || !this.#isStrict) return null;
    const last = this.#binlog.gtids.find(({ domain }) => domain === gtid.domain);
    return last === undefined || last.sequence < gtid.sequence ? null : { family: 'mariadb', ...last };
  }

  hasAllOf(text: string): boolean | null {
    const parsed = parseMariadbPosition(text);
    return parsed.kind === 'ok' ? containsPosition(this.#currentPosition(), parsed.position) : null;
  }

  text(variable: 'executed' | 'binlog' | 'replicated'): string {
    const shown = { executed: this.#currentPosition(), binlog: this.#binlog, replicated: this.#replicated }[variable];
    return mariadbPositionText(shown);
  }

  /** `gtid_current_pos`: what was replicated, and where this server itself wrote last, its own. */
  #currentPosition(): MariadbPosition {
    if (this.#current === null) {
      const own = this.#binlog.gtids.filter(({ server }) => server === this.#serverId);
      this.#current = furthestPosition(this.#replicated, positionOf(own));
    }
    return this.#current;
  }
}

function replaced(position: MariadbPosition, gtid: MariadbGtid): MariadbPosition {
  return positionOf([...position.gtids.filter(({ domain }) => domain !== gtid.domain), gtid]);
}
