/**
 * Deletes history beyond its keeping time (spec/backend-schema.md 5, "Purge").
 */
import type { Backend } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

export function purging(engine: Engine): Pick<Backend, 'purge'> {
  return {
    purge: ({ auditOlderThan, recoveriesOlderThan, changelogOlderThan }) =>
      engine.transaction(async (transaction) => {
        const recoveries = timestampText(recoveriesOlderThan);
        await transaction.deleteFrom('audit').where('audit_timestamp', '<', timestampText(auditOlderThan)).execute();
        await transaction.deleteFrom('topology_recovery').where('start_active_period', '<', recoveries).execute();
        await transaction
          .deleteFrom('topology_failure_detection')
          .where('start_active_period', '<', recoveries)
          .execute();
        await transaction.deleteFrom('topology_recovery_steps').where('audit_at', '<', recoveries).execute();
        await transaction.deleteFrom('orc_recovery_journal').where('at_millis', '<', recoveriesOlderThan).execute();
        await transaction
          .deleteFrom('database_instance_analysis_changelog')
          .where('analysis_timestamp', '<', timestampText(changelogOlderThan))
          .execute();
      }),
  };
}
