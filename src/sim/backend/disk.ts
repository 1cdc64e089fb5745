/**
 * The simulated disk: what outlives a process. It stands for the backend file, and for what can go wrong with it.
 */
import { emptyTables, type Tables } from './tables.ts';

/** What a broken disk refuses: a full or read-only one `writes`, one that is gone `everything`. */
export type DiskFault = 'writes' | 'everything';

export type DiskAccess = 'read' | 'write';

export class MemoryDisk {
  /** What people see as the name of the backend. */
  readonly name: string;
  readonly tables: Tables = emptyTables();
  /** Somebody who is there when so many lines are written at once to the journal of a recovery, and may kill whoever writes them. */
  onJournalLines: ((moment: 'before' | 'after', count: number) => 'died' | 'lives') | null = null;
  readonly #watching: (() => void)[] = [];
  #fault: DiskFault | null = null;

  constructor(name = 'simulated disk') {
    this.name = name;
  }

  /** Somebody who looks at the tables after each write, whoever wrote. */
  onWritten(look: () => void): void {
    this.#watching.push(look);
  }

  written(): void {
    for (const look of this.#watching) look();
  }

  /** From now on calls of that kind reject, of every process that has the disk open, until `heal`. Nothing is written of them. */
  get isFailing(): boolean {
    return this.#fault !== null;
  }

  fail(fault: DiskFault): void {
    this.#fault = fault;
  }

  heal(): void {
    this.#fault = null;
  }

  /** Throws what a call meets on the disk as it is now. */
  admit(access: DiskAccess): void {
    if (this.#fault === 'everything' || (this.#fault === 'writes' && access === 'write')) {
      throw new Error(`${this.name}: ${access} failed`);
    }
  }
}
