// What a writer was told is safe: acknowledged rows in order of time, bounded, and the longest silence between two of them.

/** One row that a server said OK to. */
export interface AcknowledgedRow {
  readonly sequence: number;
  /** Port of the server that said OK. */
  readonly port: number;
  /** When its answer arrived, on the clock of `performance.now()`. */
  readonly atMillis: number;
  /** The transaction that holds it, as the server told along with the OK; '' when it told none. */
  readonly gtid: string;
}

/** A time in which no write was acknowledged. */
export interface WriteGap {
  readonly millis: number;
  /** The last row before; null before the first row. */
  readonly before: AcknowledgedRow | null;
  /** The first row after; null while the gap lasts. */
  readonly after: AcknowledgedRow | null;
}

/** About 15 MB; at 5 ms between writes, eight minutes. */
const rowsKeptDefault = 100_000;

export class WriterLog {
  readonly #rowsKept: number;
  #rows: AcknowledgedRow[] = [];
  #count = 0;

  constructor(rowsKept: number = rowsKeptDefault) {
    this.#rowsKept = rowsKept;
  }

  /** How many there ever were. */
  get count(): number {
    return this.#count;
  }

  get last(): AcknowledgedRow | null {
    return this.#rows.at(-1) ?? null;
  }

  /** Rows come in order of time. The oldest are forgotten beyond the limit, at most twice which is held for a while. */
  add(row: AcknowledgedRow): void {
    this.#count++;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#rowsKept) this.#rows = this.#rows.slice(-this.#rowsKept);
  }

  /** The rows still remembered, oldest first. */
  rows(): readonly AcknowledgedRow[] {
    return this.#rows;
  }

  /**
   * The longest time without an acknowledgement that was not over at `sinceMillis`. The one that lasts until `nowMillis` counts
   * too: a writer that never writes again has a gap that grows.
   */
  longestGap(sinceMillis: number, nowMillis: number): WriteGap {
    let longest: WriteGap = { millis: 0, before: null, after: null };
    let before: AcknowledgedRow | null = null;
    for (const after of this.#rows) {
      const millis = before === null ? 0 : after.atMillis - before.atMillis;
      if (after.atMillis >= sinceMillis && millis > longest.millis) longest = { millis, before, after };
      before = after;
    }
    const silentMillis = nowMillis - (before?.atMillis ?? sinceMillis);
    return silentMillis > longest.millis ? { millis: silentMillis, before, after: null } : longest;
  }
}
