/**
 * The emergency brake: a row with 1 in `global_recovery_disable`, also one written by hand, disables recoveries everywhere.
 */
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';

const TABLE = 'global_recovery_disable';

type GlobalSwitchStore = Pick<RecoveryStore, 'recoveriesDisabled' | 'setRecoveriesDisabled'>;

export function globalSwitchStore(engine: Engine): GlobalSwitchStore {
  const { db } = engine;
  return {
    async recoveriesDisabled() {
      const row = await db.selectFrom(TABLE).selectAll().where('disable_recovery', '=', 1).executeTakeFirst();
      return row !== undefined;
    },

    async setRecoveriesDisabled(disabled) {
      if (disabled) await engine.insertIfAbsent(db, TABLE, { disable_recovery: 1 });
      else await db.deleteFrom(TABLE).execute();
    },
  };
}
