/**
 * What is being refused right now, for display only (`blocked_topology_recovery`).
 */
import { clusterName, unixMillis } from '../../model/brand.ts';
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'blocked_topology_recovery';

type BlockedStore = Pick<RecoveryStore, 'recordBlocked' | 'expireBlocked' | 'blockedRecoveries'>;

export function blockedRecoveryStore(engine: Engine): BlockedStore {
  const { db } = engine;
  return {
    recordBlocked: (blocked) =>
      engine.upsert(db, TABLE, {
        hostname: blocked.key.hostname,
        port: blocked.key.port,
        cluster_name: blocked.clusterName,
        analysis: blocked.code,
        last_blocked_timestamp: timestampText(blocked.lastBlocked),
        blocking_recovery_id: blocked.blockingRecoveryId,
      }),

    async expireBlocked(notRefreshedSince) {
      await db
        .deleteFrom(TABLE)
        .where(({ or, eb, not, exists, selectFrom }) =>
          or([
            eb('last_blocked_timestamp', '<', timestampText(notRefreshedSince)),
            // Acknowledged or gone: nothing blocks any more.
            not(
              exists(
                selectFrom('topology_recovery')
                  .select('recovery_id')
                  .whereRef('recovery_id', '=', 'blocked_topology_recovery.blocking_recovery_id')
                  .where('acknowledged', '=', 0),
              ),
            ),
          ]),
        )
        .execute();
    },

    async blockedRecoveries(name) {
      let query = db.selectFrom(TABLE).selectAll();
      if (name !== undefined) query = query.where('cluster_name', '=', name);
      const rows = await query.orderBy('hostname').orderBy('port').execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        clusterName: clusterName(row.cluster_name),
        code: row.analysis,
        lastBlocked: parseTimestamp(row.last_blocked_timestamp) ?? unixMillis(0),
        blockingRecoveryId: Number(row.blocking_recovery_id ?? 0),
      }));
    },
  };
}
