/**
 * A replica's applier: takes whole transactions from the relay log, one after another, and commits them here too.
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import { gtidText, type Transaction } from '../transaction.ts';
import type { History } from './history.ts';
import type { RelayLog } from './relay-log.ts';
import type { ReplicaSettings } from './replica-settings.ts';
import type { SemiSyncSource } from './semi-sync-source.ts';
import type { ServerOptions } from './server-options.ts';
import type { WriteGate } from './write-gate.ts';

export type ApplierState = 'stopped' | 'running';

const DUPLICATE_ENTRY = 1062;

/** MySQL waits so long for the rest of a transaction of which the relay log has the beginning (`SLAVE_WAIT_GROUP_DONE`; seen on 9.7). */
const HALF_TRANSACTION_MILLIS = 60_000;

/** How often an applier that has to wait looks again. */
const LOOK_AGAIN_MILLIS = 5;

const COORDINATOR_KILLED = 1756;

export interface ApplierParts {
  readonly options: ServerOptions;
  readonly process: Process;
  readonly history: History;
  readonly relayLog: RelayLog;
  readonly semiSync: SemiSyncSource;
  readonly gate: WriteGate;
  readonly settings: () => ReplicaSettings;
  /** The binary log has grown. */
  readonly onLogged: () => void;
  /** Something took effect. */
  readonly onApplied: () => void;
}

export class Applier {
  readonly #parts: ApplierParts;
  #state: ApplierState = 'stopped';
  /** Between being told to stop and having stopped. */
  #stopping: (() => void)[] = [];
  #step: Planned | null = null;
  #applying: Transaction | null = null;
  #isCommitting = false;
  /** A run that was killed in its middle must not go on. */
  #run = 0;
  errorNumber = 0;
  errorText = '';

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  get state(): ApplierState {
    return this.#state;
  }

  /** Lag counts from when it was committed at its origin; null: nothing waits. */
  get oldestWaitingSince(): number | null {
    return this.#parts.relayLog.waiting[0]?.committedAt ?? null;
  }

  start(): void {
    if (this.#state === 'running') return;
    this.#state = 'running';
    this.#run += 1;
    this.errorNumber = 0;
    this.errorText = '';
    this.wake();
  }

  /** `done` when it has stopped: it finishes the transaction that it is in. Returns how to wait no longer. */
  stop(done: () => void): Planned {
    if (this.#state === 'stopped') {
      done();
      return { cancel: () => {} };
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
    this.errorNumber = COORDINATOR_KILLED;
    this.errorText =
      'The replica coordinator and worker threads are stopped, possibly leaving data in inconsistent state.';
    this.#parts.relayLog.dropPartial();
    this.#end();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#state === 'stopped' || this.#step !== null || this.#applying !== null) return;
    const [next] = this.#parts.relayLog.waiting;
    if (next === undefined || this.#stopping.length > 0) return;
    const { options, process } = this.#parts;
    const due = next.committedAt + this.#parts.settings().delaySeconds * 1000;
    const wait = Math.max(0, due - process.now);
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

  #apply(wasDelayed: boolean): void {
    const { history, relayLog, gate, options } = this.#parts;
    const [transaction] = relayLog.waiting;
    if (transaction === undefined || this.#stopping.length > 0) this.#maybeStop();
    else if (wasDelayed) this.#later(options.applyMillis, () => this.#apply(false));
    else if (gate.hasTableLocks) this.#later(LOOK_AGAIN_MILLIS, () => this.#apply(false));
    // Received again after a reconnect, or restored: skipped by its GTID.
    else if (history.gtids.has(transaction.gtid)) this.#done();
    else if (history.conflicts(transaction)) this.#fail(transaction);
    else {
      this.#applying = transaction;
      const run = this.#run;
      gate.beginCommit(() => this.#commit(transaction, run));
    }
  }

  #commit(transaction: Transaction, run: number): void {
    const { history, semiSync, gate, onLogged, onApplied } = this.#parts;
    if (run !== this.#run) {
      gate.commitEnded();
      return;
    }
    this.#isCommitting = true;
    history.append(transaction);
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
    if (this.#stopping.length > 0) this.#maybeStop();
    else this.wake();
  }

  #fail({ gtid }: Transaction): void {
    this.errorNumber = DUPLICATE_ENTRY;
    this.errorText = `Could not execute Write_rows event; Duplicate entry for key 'PRIMARY', Error_code: 1062; transaction ${gtidText(gtid)}`;
    this.#end();
  }

  #maybeStop(): void {
    const { options, relayLog, process } = this.#parts;
    if (this.#stopping.length === 0 || this.#applying !== null) return;
    const halfUntil = relayLog.lastWrittenAt + HALF_TRANSACTION_MILLIS;
    const waitsForHalf = options.family === 'mysql' && relayLog.partial !== null && relayLog.waiting.length === 0;
    if (!waitsForHalf || process.now >= halfUntil) this.#end();
    else if (this.#step === null) this.#later(Math.min(1_000, halfUntil - process.now), () => this.#maybeStop());
  }

  #end(): void {
    this.#state = 'stopped';
    this.#step?.cancel();
    this.#step = null;
    if (!this.#isCommitting) this.#applying = null;
    this.#run += 1;
    for (const done of this.#stopping.splice(0)) done();
  }
}
