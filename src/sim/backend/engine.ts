/**
 * One process's way to the disk: what the aggregates need, as `Engine` is for the SQL repositories.
 */
import type { DiskAccess, MemoryDisk } from './disk.ts';
import type { Tables } from './tables.ts';

export interface MemoryEngine {
  readonly name: string;
  read<Result>(query: (tables: Tables) => Result): Promise<Result>;
  /**
   * One transaction: the change happens at once, within the call. It must refuse before it changes anything, for nothing rolls back here.
   */
  write<Result>(change: (tables: Tables) => Result): Promise<Result>;
  /** The outcome of something under way, unless the process is dead when it comes: then it never comes. */
  answer<Result>(pending: Promise<Result>): Promise<Result>;
  /** Later calls reject. */
  close(): void;
  /** Later calls reach nothing, and neither they nor those under way are ever answered. */
  kill(): void;
}

export function memoryEngine(disk: MemoryDisk): MemoryEngine {
  let state: 'open' | 'closed' | 'killed' = 'open';

  // The code of a killed process still exists in the simulation. An answer, even an error, would let it go on and act after its death.
  const answer = <Result>(pending: Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const unlessKilled =
        <Outcome>(deliver: (outcome: Outcome) => void) =>
        (outcome: Outcome): void => {
          if (state !== 'killed') deliver(outcome);
        };
      pending.then(unlessKilled(resolve), unlessKilled(reject));
    });

  const run = async <Result>(access: DiskAccess, work: (tables: Tables) => Result): Promise<Result> => {
    if (state !== 'open') throw new Error(`${disk.name}: is not open`);
    disk.admit(access);
    const result = work(disk.tables);
    if (access === 'write') disk.written();
    return result;
  };

  return {
    name: disk.name,
    read: (query) => answer(run('read', query)),
    write: (change) => answer(run('write', change)),
    answer,
    close() {
      if (state === 'open') state = 'closed';
    },
    kill() {
      state = 'killed';
    },
  };
}
