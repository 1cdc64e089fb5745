/** Who writes which line of a recovery's journal (K12). */
import { expect, it } from 'vitest';
import type { JournalEntry } from '../ports/decision-store.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const STEP = { id: 'step' as never };

/** A journal that refuses a number that it has, as backends do. */
function aJournal() {
  const { ports } = new RecoveryWorld([]);
  const written: number[] = [];
  const append = async (entries: readonly JournalEntry[]): Promise<void> => {
    await Promise.resolve();
    if (entries.some(({ sequence }) => written.includes(sequence))) throw new Error('it has that line already');
    written.push(...entries.map(({ sequence }) => sequence));
  };
  return { ports: { ...ports, store: { ...ports.store, append } }, written };
}

it('G3: two of one process write beside each other once the recovery has ended', async () => {
  const { ports, written } = aJournal();
  const record = aRecord();
  const first = new RecoveryRun(record, ports);
  await first.note(STEP, 'intended', '');
  const beside = new RecoveryRun(record, ports, ports.journalCounts.join(record.uid, 1));
  await Promise.all([first.note(STEP, 'failed', ''), beside.note(STEP, 'intended', '')]);
  expect(written.toSorted()).toEqual([1, 2, 3]);
});

it('K12: one that was cut, and lives after all, is refused by the number of whoever took it up, again and again', async () => {
  const { ports, written } = aJournal();
  const record = aRecord();
  const cut = new RecoveryRun(record, ports);
  await cut.note(STEP, 'intended', '');
  const taken = new RecoveryRun(record, ports, ports.journalCounts.begin(record.uid, 1));
  await taken.note(STEP, 'intended', '');
  expect(written).toEqual([1, 2]);
  await expect(cut.notesHook(STEP.id, 'intended', '')).resolves.toBe(true);
  await cut.notesHook(STEP.id, 'intended', '');
  expect(written).toEqual([1, 2]);
});

it('of many recoveries the latest are remembered', () => {
  const { ports } = aJournal();
  const counts = ports.journalCounts;
  counts.begin('first' as never, 7);
  for (let number = 0; number < 1_000; number += 1) counts.begin(`${number}` as never, 0);
  expect(counts.join('first' as never, 3).last).toBe(3);
  expect(counts.join('999' as never, 2).last).toBe(2);
});
