/**
 * Who may write: `read_only`, `super_read_only`, the global read lock that both need to become effective, and table locks. Switching them on waits for
 * locks to write and for commits that are under way; meanwhile new commits wait too (MySQL manual 7.1.8, "read_only"; seen on 9.7 and 10.11).
 */
import type { Planned } from '../event-queue.ts';
import type { Process } from '../process.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { Family } from './server-options.ts';
import { EVERYTHING, lockConflicts, type TableLock } from './table-lock.ts';

export type ReadOnlyLevel = 'off' | 'read-only' | 'super-read-only';

/** `Lock wait timeout exceeded`. */
export const LOCK_WAIT_TIMEOUT = 1205;

const RANK: Readonly<Record<ReadOnlyLevel, number>> = { off: 0, 'read-only': 1, 'super-read-only': 2 };

/** Appliers, and clients without a session of their own. */
const NO_SESSION = 0;

interface Switching {
  readonly level: ReadOnlyLevel;
  readonly done: (error: number | null) => void;
  readonly lockWaitMillis: number;
  /** It waits twice, each time so long: for locks to write, then for commits. */
  waitsFor: 'tables' | 'commits';
  timer: Planned;
}

interface Waiting {
  readonly isFree: () => boolean;
  readonly go: () => void;
}

/** Who writes where; the table null: nobody knows, so each lock stands in the way. */
export interface Writing {
  readonly table: string | null;
  readonly session: number;
}

const ANYWHERE: Writing = { table: null, session: NO_SESSION };

export class WriteGate {
  readonly #process: Process;
  readonly #family: Family;
  readonly #onLevel: (level: ReadOnlyLevel) => void;
  #level: ReadOnlyLevel;
  #commits = 0;
  readonly #locks = new Map<number, readonly TableLock[]>();
  #switching: Switching[] = [];
  #waiting: Waiting[] = [];

  constructor(process: Process, family: Family, level: ReadOnlyLevel, onLevel: (level: ReadOnlyLevel) => void) {
    this.#process = process;
    this.#family = family;
    this.#level = level;
    this.#onLevel = onLevel;
  }

  get level(): ReadOnlyLevel {
    return this.#level;
  }

  /** Somebody waits for the global read lock. */
  get isSwitching(): boolean {
    return this.#switching.length > 0;
  }

  /** Appliers and privileged accounts pass `read_only`; appliers alone pass `super_read_only`. */
  refuses(who: 'client' | 'privileged' | 'applier'): boolean {
    if (who === 'applier' || this.#level === 'off') return false;
    return who === 'client' || this.#level === 'super-read-only';
  }

  locksOf(session: number): readonly TableLock[] {
    return this.#locks.get(session) ?? [];
  }

  /** Takes them at once, whoever has others. */
  lockTables(session: number, locks: readonly TableLock[] = EVERYTHING): void {
    this.#locks.set(session, locks);
  }

  /** Takes them as soon as nobody has others that conflict, then `go`. Returns how to give up while it waits. */
  awaitTables(session: number, locks: readonly TableLock[], go: () => void): Planned {
    const writes = locks.some(({ kind }) => kind === 'write');
    const isFree = (): boolean =>
      !(writes && this.isSwitching) && !locks.some((lock) => this.#isLockedByOthers(lock, session));
    return this.#await({
      isFree,
      go: () => {
        this.lockTables(session, locks);
        go();
      },
    });
  }

  unlockTables(session: number): void {
    if (this.#locks.delete(session)) this.#settle();
  }

  /**
   * `go` at once, or when neither a lock of somebody else nor a wanted global read lock is in the way; it must call `commitEnded`. Returns how to give
   * up while it waits.
   */
  beginCommit(go: () => void, writing: Writing = ANYWHERE): Planned {
    const { table, session } = writing;
    const isGloballyFree = (): boolean => !this.isSwitching || this.#hasWriteLock(session);
    const isTableFree = (): boolean => !this.#isLockedByOthers({ table, kind: 'write' }, session);
    const begin = (): void => {
      this.#commits += 1;
      go();
    };
    if (this.#family === 'mariadb') {
      return this.#await({ isFree: () => isTableFree() && isGloballyFree(), go: begin });
    }
    // MySQL: a statement that waits for a table holds the global read lock back.
    let waiting: Planned = NOTHING_PLANNED;
    const outer = this.#await({
      isFree: isGloballyFree,
      go: () => {
        this.#commits += 1;
        const inner = this.#await({ isFree: isTableFree, go });
        waiting = inner === NOTHING_PLANNED ? inner : { cancel: () => this.#cancelled(inner) };
      },
    });
    return {
      cancel() {
        outer.cancel();
        waiting.cancel();
      },
    };
  }

  commitEnded(): void {
    this.#commits -= 1;
    this.#settle();
  }

  /** `done(null)`: it is so. Returns how to give it up (the session was killed). */
  set(level: ReadOnlyLevel, lockWaitMillis: number, done: (error: number | null) => void): Planned {
    if (RANK[level] <= RANK[this.#level]) {
      this.#become(level);
      done(null);
      return NOTHING_PLANNED;
    }
    const switching: Switching = { level, done, lockWaitMillis, waitsFor: 'tables', timer: NOTHING_PLANNED };
    this.#bePatient(switching);
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
    const areTablesFree = !this.#hasWriteLock();
    if (areTablesFree && this.#commits > 0) {
      for (const switching of this.#switching.filter(({ waitsFor }) => waitsFor === 'tables')) {
        switching.waitsFor = 'commits';
        this.#bePatient(switching);
      }
    }
    if (areTablesFree && this.#commits === 0) {
      for (const { level, done, timer } of this.#switching.splice(0)) {
        timer.cancel();
        this.#become(level);
        done(null);
      }
    }
    this.#letGo();
  }

  #bePatient(switching: Switching): void {
    switching.timer.cancel();
    switching.timer = this.#process.after(switching.lockWaitMillis, () => this.#giveUp(switching, LOCK_WAIT_TIMEOUT));
  }

  #become(level: ReadOnlyLevel): void {
    if (this.#level === level) return;
    this.#level = level;
    this.#onLevel(level);
  }

  #await(waiting: Waiting): Planned {
    if (waiting.isFree()) {
      waiting.go();
      return NOTHING_PLANNED;
    }
    this.#waiting.push(waiting);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      },
    };
  }

  #cancelled(inner: Planned): void {
    const before = this.#waiting.length;
    inner.cancel();
    if (this.#waiting.length < before) this.commitEnded();
  }

  /** Each in its turn; what one does may stand in the way of the next. */
  #letGo(): void {
    for (;;) {
      const free = this.#waiting.find(({ isFree }) => isFree());
      if (free === undefined) return;
      this.#waiting = this.#waiting.filter((other) => other !== free);
      free.go();
    }
  }

  /** Of one session, or of any. */
  #hasWriteLock(session?: number): boolean {
    const locks = session === undefined ? [...this.#locks.values()].flat() : this.locksOf(session);
    return locks.some(({ kind }) => kind === 'write');
  }

  #isLockedByOthers(wanted: TableLock, session: number): boolean {
    if (this.#locks.size === 0) return false;
    return [...this.#locks].some(
      ([other, locks]) => other !== session && locks.some((lock) => lockConflicts(lock, wanted)),
    );
  }
}
