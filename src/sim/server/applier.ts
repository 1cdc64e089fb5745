/**
 * A replica's applier: takes whole transactions from the relay log, one after another, and commits them here too.
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import {
  COORDINATOR_KILLED_TEXT,
  duplicateText,
  outOfOrderText,
  RELAY_LOG_READ_FAILURE_TEXT,
} from './applier-error-text.ts';
import type { History } from './history.ts';
import { isAtOrBehind, type LogPlace } from './log-place.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { Received, RelayLog } from './relay-log.ts';
import type { ApplierActivity, ApplierState, RelayLogReader } from './relay-log-reader.ts';
import type { ReplicaSettings } from './replica-settings.ts';
import type { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerOptions } from './server-options.ts';
import type { Storage } from './storage.ts';
import type { WriteGate } from './write-gate.ts';

const DUPLICATE_ENTRY = 1062;

/** MariaDB, `gtid_strict_mode`. */
const OUT_OF_ORDER = 1950;

/** MySQL waits so long for the rest of a transaction of which the relay log has the beginning (`SLAVE_WAIT_GROUP_DONE`; seen on 9.7). */
const HALF_TRANSACTION_MILLIS = 60_000;

/** How often an applier that waits for the rest of a transaction looks again. */
const LOOK_AGAIN_MILLIS = 1_000;

const COORDINATOR_KILLED = 1756;

const RELAY_LOG_READ_FAILURE = 13121;

export interface ApplierParts {
  readonly options: ServerOptions;
  readonly process: Process;
  readonly history: History;
  readonly relayLog: RelayLog;
  readonly storage: Storage;
  readonly semiSync: SemiSyncSource;
  readonly gate: WriteGate;
  readonly settings: () => ReplicaSettings;
  /** The binary log has grown. */
  readonly onLogged: () => void;
  /** Something took effect. */
  readonly onApplied: () => void;
  /** It has stopped, whatever for. */
  readonly onStopped: () => void;
  readonly takeConnectionId: () => number;
}

export class Applier implements RelayLogReader {
  readonly #parts: ApplierParts;
  #state: ApplierState = 'stopped';
  /** Between being told to stop and having stopped. */
  #stopping: (() => void)[] = [];
  #step: Planned | null = null;
  #applying: Received | null = null;
  #isCommitting = false;
  /** How to give up waiting for a lock. */
  #lockWait: Planned = NOTHING_PLANNED;
  /** Told to stop, it waits for the rest of a transaction; when that comes, it is applied first. */
  #awaitsRest = false;
  #threadId = 0;
  /** A run that was killed in its middle must not go on. */
  #run = 0;
  errorNumber = 0;
  errorText = '';
  #until: LogPlace | null = null;
  #skipCounter = 0;

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  get state(): ApplierState {
    return this.#state;
  }

  /** In the process list; null while it is stopped. */
  get threadId(): number | null {
    return this.#state === 'stopped' ? null : this.#threadId;
  }

  get activity(): ApplierActivity {
    if (this.#state === 'stopped') return 'stopped';
    if (this.#stopping.length > 0) return 'stops';
    if (this.#applying !== null) return this.#isCommitting ? 'applies' : 'waits-for-lock';
    if (this.remainingDelayMillis > 0) return 'delays';
    return this.#parts.relayLog.waiting.length > 0 ? 'applies' : 'waits-for-more';
  }

  /** `SQL_Delay`: how long the next transaction still has to wait. */
  get remainingDelayMillis(): number {
    const since = this.oldestWaitingSince;
    const { process, settings } = this.#parts;
    return since === null ? 0 : Math.max(0, since + settings().delaySeconds * 1000 - process.now);
  }

  /** Lag counts from when it was committed at its origin; null: nothing waits. */
  get oldestWaitingSince(): number | null {
    return this.#parts.relayLog.waiting[0]?.committedAt ?? null;
  }

  get until(): LogPlace | null {
    return this.#until;
  }

  get skipCounter(): number {
    return this.#skipCounter;
  }

  skipNext(count: number): void {
    this.#skipCounter = count;
  }

  start(): void {
    if (this.#state === 'running') return;
    this.#until = null;
    this.#begin();
  }

  startUntil(place: LogPlace): void {
    if (this.#state === 'running') return;
    this.#until = place;
    this.#begin();
  }

  /** Of no matter, but to who has to stop at a place. */
  moved(): void {}

  #begin(): void {
    this.#state = 'running';
    this.#run += 1;
    this.#threadId = this.#parts.takeConnectionId();
    this.clearError();
    if (this.#hasReachedUntil()) this.#end();
    else this.wake();
  }

  clearError(): void {
    this.errorNumber = 0;
    this.errorText = '';
  }

  /** `done` when it has stopped: it finishes the transaction that it is in. Returns how to wait no longer. */
  stop(done: () => void): Planned {
    if (this.#state === 'stopped') {
      done();
      return NOTHING_PLANNED;
    }
    this.#stopping.push(done);
    this.#maybeStop();
    return {
      cancel: () => {
        this.#stopping = this.#stopping.map((other) => (other === done ? () => {} : other));
      },
    };
  }

  /** Somebody killed its coordinator: it ends at once, in the middle of what it does. */
  kill(): void {
    if (this.#state === 'stopped') return;
    // MariaDB's stops without an error (seen on 10.11).
    if (this.#parts.options.family === 'mysql') {
      // Told to stop, it waits in the middle of reading.
      this.errorNumber = this.#awaitsRest ? RELAY_LOG_READ_FAILURE : COORDINATOR_KILLED;
      this.errorText = this.#awaitsRest ? RELAY_LOG_READ_FAILURE_TEXT : COORDINATOR_KILLED_TEXT;
    }
    this.#parts.relayLog.dropPartial();
    this.#end();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#state === 'stopped' || this.#applying !== null) return;
    const { relayLog, options } = this.#parts;
    if (relayLog.next === null) return;
    if (this.#step === null && this.#stopping.length === 0 && this.#mustStopBefore(relayLog.next)) {
      this.#end();
      return;
    }
    if (this.#awaitsRest) {
      this.#awaitsRest = false;
      this.#step?.cancel();
      this.#later(options.applyMillis, () => this.#apply(false, true));
    }
    if (this.#step !== null || this.#stopping.length > 0) return;
    const wait = this.remainingDelayMillis;
    this.#later(wait > 0 ? wait : options.applyMillis, () => this.#apply(wait > 0));
  }

  #later(delayMillis: number, work: () => void): void {
    const run = this.#run;
    this.#step = this.#parts.process.after(delayMillis, () => {
      if (run !== this.#run) return;
      this.#step = null;
      work();
    });
  }

  #apply(wasDelayed: boolean, isLast = false): void {
    const { history, relayLog, gate, options } = this.#parts;
    const { next } = relayLog;
    if (next === null || (this.#stopping.length > 0 && !isLast)) this.#maybeStop();
    else if (wasDelayed) this.#later(options.applyMillis, () => this.#apply(false));
    // Received again after a reconnect, or restored: skipped by its GTID.
    else if (this.#isKnown(next)) this.#done();
    else if (this.#passesOver()) {
      history.gtids.noteSkipped(next.transaction.gtid);
      this.#done();
    } else {
      const { transaction } = next;
      this.#applying = next;
      const run = this.#run;
      const table = transaction.write.kind === 'rows' ? transaction.write.table : null;
      this.#lockWait = gate.beginCommit(() => this.#begun(next, run), { table, session: 0 });
    }
  }

  /** MySQL looks at GTIDs wherever there are some, MariaDB only where it replicates by them. */
  #isKnown({ transaction: { gtid } }: Received): boolean {
    const { history, options, settings } = this.#parts;
    if (options.family === 'mariadb' && settings().gtid === 'off') return false;
    return history.gtids.has(gtid) && history.hasLogged(gtid);
  }

  /** MySQL takes the counter at any time, and with GTIDs nothing comes of it (seen on 9.7). */
  #passesOver(): boolean {
    const { options } = this.#parts;
    if (this.#skipCounter === 0 || (options.family === 'mysql' && options.gtidMode === 'ON')) return false;
    this.#skipCounter -= 1;
    return true;
  }

  #hasReachedUntil(): boolean {
    const { appliedAt } = this.#parts.relayLog;
    return this.#until !== null && appliedAt !== null && isAtOrBehind(appliedAt, this.#until);
  }

  /** A transaction that begins before the place is applied whole. */
  #mustStopBefore({ from }: Received): boolean {
    return this.#until !== null && isAtOrBehind(from, this.#until);
  }

  /** It has its locks. */
  #begun(next: Received, run: number): void {
    const { history, gate, options } = this.#parts;
    const { transaction } = next;
    const conflict = history.conflict(transaction);
    const forbidding = history.gtids.forbids(transaction.gtid);
    // MariaDB, told to stop, gives a transaction up that waited for a lock; MySQL finishes it (seen on 10.11 and 9.7).
    const isGivenUp = options.family === 'mariadb' && this.#stopping.length > 0;
    if (run === this.#run && !isGivenUp && conflict === null && forbidding === null) {
      this.#commit(next, run);
      return;
    }
    gate.commitEnded();
    if (run !== this.#run) return;
    this.#applying = null;
    if (isGivenUp) this.#maybeStop();
    else if (forbidding !== null) this.#fail(OUT_OF_ORDER, outOfOrderText(transaction.gtid, forbidding));
    else {
      this.#fail(DUPLICATE_ENTRY, duplicateText(options, next, conflict ?? 0));
    }
  }

  #commit(next: Received, run: number): void {
    this.#isCommitting = true;
    this.#parts.storage.write(this.#parts.process, () => this.#commitNow(next, run));
  }

  #commitNow({ transaction, format }: Received, run: number): void {
    const { history, semiSync, gate, onLogged, onApplied } = this.#parts;
    history.appendReplicated(transaction, format);
    onLogged();
    // D16: a replica that is switched on as a semi-synchronous source waits for ackers that it does not have.
    semiSync.wait(history.log.length, () => {
      history.commitNext();
      gate.commitEnded();
      this.#isCommitting = false;
      this.#applying = null;
      onApplied();
      if (run === this.#run) this.#done();
      else this.#parts.relayLog.shift();
    });
  }

  #done(): void {
    this.#applying = null;
    this.#parts.relayLog.shift();
    this.#parts.onApplied();
    if (this.#stopping.length > 0) this.#maybeStop();
    // MariaDB looks when the next event comes (seen on 10.11).
    else if (this.#parts.options.family === 'mysql' && this.#hasReachedUntil()) this.#end();
    else this.wake();
  }

  /** What it applies cannot be applied here: it stops, and says why. */
  breakDown(number: number, text: string): void {
    if (this.#state === 'stopped' || this.#isCommitting) return;
    this.#fail(number, text);
  }

  #fail(number: number, text: string): void {
    this.errorNumber = number;
    this.errorText = text;
    this.#end();
  }

  #maybeStop(): void {
    const { options, relayLog, process } = this.#parts;
    if (this.#stopping.length === 0 || this.#applying !== null) return;
    const halfUntil = relayLog.lastWrittenAt + HALF_TRANSACTION_MILLIS;
    const waitsForHalf = options.family === 'mysql' && relayLog.partial !== null && relayLog.waiting.length === 0;
    this.#awaitsRest = waitsForHalf && process.now < halfUntil;
    if (!this.#awaitsRest) this.#end();
    else if (this.#step === null) {
      this.#later(Math.min(LOOK_AGAIN_MILLIS, halfUntil - process.now), () => this.#maybeStop());
    }
  }

  #end(): void {
    this.#state = 'stopped';
    this.#step?.cancel();
    this.#step = null;
    this.#awaitsRest = false;
    this.#lockWait.cancel();
    this.#lockWait = NOTHING_PLANNED;
    if (!this.#isCommitting) this.#applying = null;
    this.#run += 1;
    for (const done of this.#stopping.splice(0)) done();
    this.#parts.onStopped();
  }
}
