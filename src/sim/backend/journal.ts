/**
 * The journal of recoveries, times in milliseconds.
 */
import { unixMillis } from '../../model/brand.ts';
import type { JournalStore } from '../../ports/decision-store.ts';
import type { MemoryDisk } from './disk.ts';
import type { MemoryEngine } from './engine.ts';

export const journalStore = (engine: MemoryEngine, disk: MemoryDisk): JournalStore => ({
  /** Rejects a sequence number that is taken: two writers would be running one recovery. */
  append: ({ uid, sequence, stepId, phase, at, detail }) =>
    engine.write(({ journal }) => {
      if (journal.some((entry) => entry.uid === uid && entry.sequence === sequence)) {
        throw new Error(`${engine.name}: the journal of recovery ${uid} has a line ${sequence} already`);
      }
      if (disk.onJournalLine?.('before') === 'died') return;
      journal.push({ uid, sequence, stepId, phase, at: unixMillis(Math.trunc(at)), detail });
      disk.onJournalLine?.('after');
    }),

  journal: (uid) =>
    engine.read(({ journal }) =>
      journal.filter((entry) => entry.uid === uid).sort((one, other) => one.sequence - other.sequence),
    ),
});
