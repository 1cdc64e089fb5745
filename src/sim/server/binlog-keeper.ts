/**
 * What a binlog server has in an applier's place: it puts what was received into its own copy of the source's binary log, at the same places, and applies
 * nothing.
 */
import type { Planned } from '../event-queue.ts';
import type { History } from './history.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { RelayLog } from './relay-log.ts';
import type { ApplierState, RelayLogReader } from './relay-log-reader.ts';

export interface BinlogKeeperParts {
  readonly history: History;
  readonly relayLog: RelayLog;
  /** The binary log has grown. */
  readonly onLogged: () => void;
}

export class BinlogKeeper implements RelayLogReader {
  readonly #parts: BinlogKeeperParts;
  #state: ApplierState = 'stopped';
  readonly threadId = null;
  readonly remainingDelayMillis = 0;
  readonly oldestWaitingSince = null;
  readonly errorNumber = 0;
  readonly errorText = '';
  readonly until = null;
  readonly skipCounter = 0;

  constructor(parts: BinlogKeeperParts) {
    this.#parts = parts;
  }

  get state(): ApplierState {
    return this.#state;
  }

  get activity(): RelayLogReader['activity'] {
    return this.#state === 'stopped' ? 'stopped' : 'waits-for-more';
  }

  startUntil(): void {
    this.start();
  }

  start(): void {
    this.#state = 'running';
    this.wake();
  }

  stop(done: () => void): Planned {
    this.#state = 'stopped';
    done();
    return NOTHING_PLANNED;
  }

  wake(): void {
    if (this.#state === 'stopped') return;
    const { history, relayLog, onLogged } = this.#parts;
    for (let next = relayLog.next; next !== null; next = relayLog.next) {
      history.copy(next.transaction, next.format, next.to, relayLog.source);
      history.commitNext();
      relayLog.shift();
    }
    onLogged();
  }

  /** The source's next file begins here too, before anything is in it. */
  moved(): void {
    const { history, relayLog } = this.#parts;
    const at = relayLog.readAt;
    if (this.#state === 'running' && at !== null && relayLog.next === null) history.binlog.copyFile(at.file);
  }

  // It has no thread that could be killed, and nothing that it does can fail.
  kill(): void {}
  skipNext(): void {}
  clearError(): void {}
  breakDown(): void {}
}
