/**
 * Downtime rows (`database_instance_downtime`), one a server.
 */
import { unixMillis } from '../../model/brand.ts';
import type { Downtime } from '../../model/decisions.ts';
import type { DowntimeStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

export function downtimeStore(engine: Engine): DowntimeStore {
  const { db } = engine;
  return {
    beginDowntime: (downtime) =>
      engine.upsert(db, 'database_instance_downtime', {
        hostname: downtime.key.hostname,
        port: downtime.key.port,
        downtime_active: 1,
        begin_timestamp: timestampText(downtime.begin),
        end_timestamp: timestampText(downtime.end),
        owner: downtime.owner,
        reason: downtime.reason,
      }),

    async endDowntime(key) {
      const result = await db
        .deleteFrom('database_instance_downtime')
        .where('hostname', '=', key.hostname)
        .where('port', '=', key.port)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },

    async loadDowntimes() {
      const rows = await db
        .selectFrom('database_instance_downtime')
        .selectAll()
        .where('downtime_active', '=', 1)
        .orderBy('hostname')
        .orderBy('port')
        .execute();
      return rows.map((row): Downtime => {
        const begin = parseTimestamp(row.begin_timestamp) ?? unixMillis(0);
        return {
          key: { hostname: row.hostname, port: row.port },
          owner: row.owner,
          reason: row.reason,
          begin,
          // No end counts as over (spec/discovery.md 18: end, or now if null, in the future).
          end: parseTimestamp(row.end_timestamp) ?? begin,
        };
      });
    },

    async prolongDowntimes(reason, now, end) {
      const result = await db
        .updateTable('database_instance_downtime')
        .set({ end_timestamp: timestampText(end) })
        .where('downtime_active', '=', 1)
        .where('reason', '=', reason)
        .where('end_timestamp', '>', timestampText(now))
        .where('end_timestamp', '<', timestampText(end))
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },

    async deleteEndedDowntimes(now) {
      const result = await db
        .deleteFrom('database_instance_downtime')
        .where('end_timestamp', '<', timestampText(now))
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
