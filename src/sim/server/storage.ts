/**
 * The file system that a server writes to, as far as it can fail: it fills up or stalls, or becomes read-only. It outlives the process.
 *
 * Who writes to a full one waits until there is room again (MySQL manual, B.3.4.3 "How MySQL Handles a Full Disk"); on one that stalls the writing takes so
 * long anyway. Where nothing can be written at all, the server ends itself (`binlog_error_action=ABORT_SERVER`, InnoDB's assertions), and does not start.
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';

export type StorageFault = 'stalled' | 'read-only';

export class Storage {
  readonly #onRefused: () => void;
  #fault: StorageFault | null = null;
  #waiting: (() => void)[] = [];

  /** `onRefused`: somebody wanted to write and never will. */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
  }

  get fault(): StorageFault | null {
    return this.#fault;
  }

  /** `go` at once, or when it can be written again, or never. Returns how to wait no longer. */
  write(process: Process, go: () => void): Planned {
    if (this.#fault === null) {
      go();
      return NOTHING_PLANNED;
    }
    if (this.#fault === 'read-only') {
      this.#onRefused();
      return NOTHING_PLANNED;
    }
    const waiting = (): void => process.run(go);
    this.#waiting.push(waiting);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      },
    };
  }

  fail(fault: StorageFault): void {
    this.#fault = fault;
    if (fault !== 'read-only' || this.#waiting.length === 0) return;
    this.#waiting = [];
    this.#onRefused();
  }

  /** Those who waited write now, in their order. */
  heal(): void {
    this.#fault = null;
    for (const go of this.#waiting.splice(0)) go();
  }
}
