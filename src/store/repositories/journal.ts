/**
 * The journal of recoveries (`orc_recovery_journal`), times in milliseconds.
 */
import { unixMillis } from '../../model/brand.ts';
import type { RecoveryUid } from '../../model/recovery-record.ts';
import type { JournalPhase, JournalStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';

const TABLE = 'orc_recovery_journal';

const PHASES: readonly JournalPhase[] = ['intended', 'done', 'failed', 'undoing', 'undone', 'skipped'];

function phaseOf(text: string): JournalPhase {
  const phase = PHASES.find((known) => known === text);
  // Guessing what became of a step could repeat or drop it.
  if (phase === undefined) throw new Error(`the recovery journal holds an unknown phase ${text}`);
  return phase;
}

export function journalStore(engine: Engine): JournalStore {
  const { db } = engine;
  return {
    /** One statement: a line that is refused takes the others with it. */
    async append(entries) {
      if (entries.length === 0) return;
      const rows = entries.map((entry) => ({
        uid: entry.uid,
        sequence: entry.sequence,
        step_id: entry.stepId,
        phase: entry.phase,
        at_millis: Math.trunc(entry.at),
        detail: entry.detail,
      }));
      await db.insertInto(TABLE).values(rows).execute();
    },

    async journal(uid) {
      const rows = await db.selectFrom(TABLE).selectAll().where('uid', '=', uid).orderBy('sequence').execute();
      return rows.map((row) => ({
        uid: row.uid as RecoveryUid,
        sequence: row.sequence,
        stepId: row.step_id,
        phase: phaseOf(row.phase),
        at: unixMillis(row.at_millis),
        detail: row.detail,
      }));
    },
  };
}
