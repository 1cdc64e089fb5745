/**
 * Steps of a recovery for people (`topology_recovery_steps`), in the order of their ids.
 */
import { unixMillis } from '../../model/brand.ts';
import type { RecoveryUid } from '../../model/recovery-record.ts';
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'topology_recovery_steps';

type StepStore = Pick<RecoveryStore, 'addSteps' | 'steps'>;

export function recoveryStepStore(engine: Engine): StepStore {
  const { db } = engine;
  return {
    async addSteps(uid, lines) {
      if (lines.length === 0) return;
      const rows = lines.map(({ message, at }) => ({ recovery_uid: uid, message, audit_at: timestampText(at) }));
      await db.insertInto(TABLE).values(rows).execute();
    },

    async steps(uid) {
      const rows = await db
        .selectFrom(TABLE)
        .selectAll()
        .where('recovery_uid', '=', uid)
        .orderBy('recovery_step_id')
        .execute();
      return rows.map((row) => ({
        id: row.recovery_step_id,
        uid: row.recovery_uid as RecoveryUid,
        at: parseTimestamp(row.audit_at) ?? unixMillis(0),
        message: row.message,
      }));
    },
  };
}
