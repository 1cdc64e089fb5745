/**
 * Clusters into which pseudo-GTID is injected (`cluster_injected_pseudo_gtid`; spec/topology-operations.md 4.2).
 */
import { clusterName, unixMillis } from '../../model/brand.ts';
import type { PseudoGtidStore } from '../../ports/pseudo-gtid-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'cluster_injected_pseudo_gtid';

export function pseudoGtidStore(engine: Engine): PseudoGtidStore {
  const { db } = engine;
  return {
    recordInjection: (name, at) =>
      engine.transaction((transaction) =>
        engine.upsert(transaction, TABLE, { cluster_name: name, time_injected: timestampText(at) }),
      ),

    async loadInjections() {
      const rows = await db.selectFrom(TABLE).selectAll().orderBy('cluster_name').execute();
      return new Map(
        rows.map((row) => [clusterName(row.cluster_name), parseTimestamp(row.time_injected) ?? unixMillis(0)]),
      );
    },

    async deleteInjectionsOlderThan(oldest) {
      const result = await db.deleteFrom(TABLE).where('time_injected', '<', timestampText(oldest)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
