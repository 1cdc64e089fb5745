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

  constructor(parts: BinlogKeeperParts) {
    this.#parts = parts;
  }

  get state(): ApplierState {
    return this.#state;
  }

  get activity(): RelayLogReader['activity'] {
    return this.#state === 'stopped' ? 'stopped' : 'waits-for-more';
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
    for (let next = relayLog.waiting[0]; next !== undefined; next = relayLog.waiting[0]) {
      history.append(next);
      history.commitNext();
      relayLog.shift();
    }
    onLogged();
  }

  // It has no thread that could be killed, and nothing that it does can fail.
  kill(): void {}
  clearError(): void {}
  breakDown(): void {}
}
