/**
 * Who may write: `read_only`, `super_read_only`, and the global read lock that both need to become effective. Switching them on waits for table locks and
 * for commits that are under way; meanwhile new commits wait too (MySQL manual 7.1.8, "read_only").
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';

export type ReadOnlyLevel = 'off' | 'read-only' | 'super-read-only';

/** `Lock wait timeout exceeded`. */
export const LOCK_WAIT_TIMEOUT = 1205;

interface Switching {
  readonly level: ReadOnlyLevel;
  readonly done: (error: number | null) => void;
  readonly timer: Planned;
}

export class WriteGate {
  readonly #process: Process;
  readonly #onLevel: (level: ReadOnlyLevel) => void;
  #level: ReadOnlyLevel;
  #commits = 0;
  readonly #lockers = new Set<number>();
  #switching: Switching[] = [];
  #held: (() => void)[] = [];

  constructor(process: Process, level: ReadOnlyLevel, onLevel: (level: ReadOnlyLevel) => void) {
    this.#process = process;
    this.#level = level;
    this.#onLevel = onLevel;
  }

  get level(): ReadOnlyLevel {
    return this.#level;
  }

  get hasTableLocks(): boolean {
    return this.#lockers.size > 0;
  }

  /** Appliers and privileged accounts pass `read_only`; appliers alone pass `super_read_only`. */
  refuses(who: 'client' | 'privileged' | 'applier'): boolean {
    if (who === 'applier' || this.#level === 'off') return false;
    return who === 'client' || this.#level === 'super-read-only';
  }

  lockTables(session: number): void {
    this.#lockers.add(session);
  }

  unlockTables(session: number): void {
    if (this.#lockers.delete(session)) this.#settle();
  }

  /** `go` at once, or when nobody wants the global read lock any more; it must call `commitEnded`. */
  beginCommit(go: () => void): void {
    if (this.#switching.length > 0) {
      this.#held.push(go);
      return;
    }
    this.#commits += 1;
    go();
  }

  commitEnded(): void {
    this.#commits -= 1;
    this.#settle();
  }

  /** `done(null)`: it is so. Returns how to give it up (the session was killed). */
  set(level: ReadOnlyLevel, lockWaitMillis: number, done: (error: number | null) => void): Planned {
    if (level === 'off' || level === this.#level) {
      this.#become(level);
      done(null);
      return { cancel: () => {} };
    }
    const timer = this.#process.after(lockWaitMillis, () => this.#giveUp(switching, LOCK_WAIT_TIMEOUT));
    const switching: Switching = { level, done, timer };
    this.#switching.push(switching);
    this.#settle();
    return { cancel: () => this.#giveUp(switching, null) };
  }

  #giveUp(switching: Switching, error: number | null): void {
    if (!this.#switching.includes(switching)) return;
    this.#switching = this.#switching.filter((other) => other !== switching);
    switching.timer.cancel();
    if (error !== null) switching.done(error);
    this.#letGo();
  }

  #settle(): void {
    if (this.#commits > 0 || this.#lockers.size > 0) return;
    for (const { level, done, timer } of this.#switching.splice(0)) {
      timer.cancel();
      this.#become(level);
      done(null);
    }
    this.#letGo();
  }

  #become(level: ReadOnlyLevel): void {
    if (this.#level === level) return;
    this.#level = level;
    this.#onLevel(level);
  }

  #letGo(): void {
    if (this.#switching.length > 0) return;
    for (const go of this.#held.splice(0)) this.beginCommit(go);
  }
}
