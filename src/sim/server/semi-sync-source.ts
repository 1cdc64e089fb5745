/**
 * The source's side of semi-synchronous replication: a commit waits, after it is in the binary log and before it takes effect, until enough replicas
 * have written it to their relay logs (MySQL manual 19.4.10, `AFTER_SYNC`).
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';

interface Waiting {
  /** How many transactions of the binary log must have been acknowledged. */
  readonly upTo: number;
  readonly go: () => void;
  readonly timer: Planned;
}

export interface SemiSyncSettings {
  waitCount: number;
  timeoutMillis: number;
}

export class SemiSyncSource {
  readonly #process: Process;
  readonly settings: SemiSyncSettings;
  /** How far each connected acker has acknowledged. */
  readonly #acked = new Map<number, number>();
  #waiting: Waiting[] = [];
  #enabled: boolean;
  #isOn: boolean;

  constructor(process: Process, enabled: boolean, settings: SemiSyncSettings) {
    this.#process = process;
    this.#enabled = enabled;
    this.#isOn = enabled;
    this.settings = { ...settings };
  }

  get isEnabled(): boolean {
    return this.#enabled;
  }

  /** `Rpl_semi_sync_source_status`: off after a wait that took too long, until the ackers have caught up. */
  get isOn(): boolean {
    return this.#enabled && this.#isOn;
  }

  get clients(): number {
    return this.#acked.size;
  }

  get isBlocked(): boolean {
    return this.#waiting.length > 0;
  }

  /** `Rpl_semi_sync_source_wait_sessions`. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  setWaitCount(waitCount: number): void {
    this.settings.waitCount = waitCount;
    this.#releaseAcknowledged();
  }

  /** G4: switching it off answers "committed" to everybody who waits. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#isOn = enabled;
    if (!enabled) this.#releaseAll();
  }

  acker(id: number): void {
    this.#acked.set(id, 0);
  }

  ackerGone(id: number): void {
    this.#acked.delete(id);
  }

  ack(id: number, upTo: number, logLength: number): void {
    if (!this.#acked.has(id)) return;
    this.#acked.set(id, Math.max(this.#acked.get(id) ?? 0, upTo));
    if (this.#enabled && !this.#isOn && this.#isAcknowledged(logLength)) this.#isOn = true;
    this.#releaseAcknowledged();
  }

  /** `go` when it may take effect: acknowledged, timed out, or nobody has to be asked. Returns how to wait no longer; `go` is called then too. */
  wait(upTo: number, go: () => void): Planned {
    if (!this.isOn || this.#isAcknowledged(upTo)) {
      go();
      return NOTHING_PLANNED;
    }
    const timer = this.#process.after(this.settings.timeoutMillis, () => {
      this.#isOn = false;
      this.#releaseAll();
    });
    const waiting: Waiting = { upTo, go, timer };
    this.#waiting.push(waiting);
    return { cancel: () => this.#release(waiting) };
  }

  #isAcknowledged(upTo: number): boolean {
    const count = [...this.#acked.values()].filter((acked) => acked >= upTo).length;
    return count >= this.settings.waitCount;
  }

  #releaseAcknowledged(): void {
    while (this.#waiting[0] !== undefined && this.#isAcknowledged(this.#waiting[0].upTo)) {
      const [first] = this.#waiting.splice(0, 1);
      first?.timer.cancel();
      first?.go();
    }
  }

  #release(waiting: Waiting): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.timer.cancel();
    waiting.go();
  }

  #releaseAll(): void {
    const released = this.#waiting;
    this.#waiting = [];
    for (const { timer, go } of released) {
      timer.cancel();
      go();
    }
  }
}
