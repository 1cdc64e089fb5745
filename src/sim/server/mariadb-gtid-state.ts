/** What MariaDB knows of GTIDs: the last that it has written, and the last that was replicated. */
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
import { type Position, positionHas, positionOf } from './gtid-position.ts';
import type { GtidState } from './gtid-state.ts';

/** One domain, 0, unless transactions of others come in. */
export class MariadbState implements GtidState {
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
