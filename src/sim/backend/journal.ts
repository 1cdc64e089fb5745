/**
 * The journal of recoveries, times in milliseconds.
 */
import { unixMillis } from '../../model/brand.ts';
import type { JournalEntry, JournalStore } from '../../ports/decision-store.ts';
import type { MemoryDisk } from './disk.ts';
import type { MemoryEngine } from './engine.ts';

const lineId = ({ uid, sequence }: Pick<JournalEntry, 'uid' | 'sequence'>): string => `${uid} ${sequence}`;

export const journalStore = (engine: MemoryEngine, disk: MemoryDisk): JournalStore => ({
  append: (entries) =>
    engine.write(({ journal }) => {
      const taken = new Set(journal.map(lineId));
      for (const entry of entries) {
        if (taken.has(lineId(entry)))
          throw new Error(`${engine.name}: the journal of recovery ${entry.uid} has a line ${entry.sequence} already`);
        taken.add(lineId(entry));
      }
      if (disk.onJournalLines?.('before', entries.length) === 'died') return;
      for (const { uid, sequence, stepId, phase, at, detail } of entries)
        journal.push({ uid, sequence, stepId, phase, at: unixMillis(Math.trunc(at)), detail });
      disk.onJournalLines?.('after', entries.length);
    }),

  journal: (uid) =>
    engine.read(({ journal }) =>
      journal.filter((entry) => entry.uid === uid).sort((one, other) => one.sequence - other.sequence),
    ),
});
