/**
 * The number of the last line of a recovery's journal. Two processes that write the same number refuse each other: that is how one that was cut, and lives after all, is stopped. Within a process
 * several may write beside each other once a recovery has ended: its last attempt to reach the old primary is still under way when that one comes back and has to be told.
 */
import type { RecoveryUid } from '../model/recovery-record.ts';

export interface JournalCount {
  last: number;
}

/** Recoveries of which it is remembered; what was written so long ago is written no more. */
const COUNTS_MAX = 1_000;

export class JournalCounts {
  readonly #counts = new Map<RecoveryUid, JournalCount>();

  /** Of somebody who writes alone from here on: whoever wrote before is refused. */
  begin(uid: RecoveryUid, last: number): JournalCount {
    const count = { last };
    this.#counts.delete(uid);
    this.#counts.set(uid, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > COUNTS_MAX && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }

  /** Of somebody who writes beside whoever does so in this process. `last`: that there is in any case. */
  join(uid: RecoveryUid, last: number): JournalCount {
    const count = this.#counts.get(uid);
    if (count === undefined) return this.begin(uid, last);
    count.last = Math.max(count.last, last);
    return count;
  }
}
