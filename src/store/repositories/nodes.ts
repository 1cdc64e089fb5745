/**
 * Living processes (`node_health`, `node_health_history`; spec/high-availability.md 5).
 */
import { type Selectable, sql } from 'kysely';
import { unixMillis } from '../../model/brand.ts';
import type { NodeRow, NodeStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import type { Database } from '../schema/schema.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const nodeOfRow = (row: Selectable<Database['node_health']>): NodeRow => ({
  identity: { hostname: row.hostname, token: row.token },
  firstSeenActive: parseTimestamp(row.first_seen_active) ?? unixMillis(0),
  lastSeenActive: parseTimestamp(row.last_seen_active) ?? unixMillis(0),
  extraInfo: row.extra_info,
  command: row.command,
  appVersion: row.app_version,
  dbBackend: row.db_backend,
});

type HealthStore = Pick<NodeStore, 'registerNode' | 'availableNodes' | 'deleteNodesUnseenSince' | 'removeNode'>;

export function nodeStore(engine: Engine): HealthStore {
  const { db } = engine;
  return {
    registerNode: (row) =>
      engine.transaction(async (transaction) => {
        const lastSeen = timestampText(row.lastSeenActive);
        const shared = { extra_info: row.extraInfo, command: row.command, app_version: row.appVersion };
        const renewed = await transaction
          .updateTable('node_health')
          .set({
            ...shared,
            db_backend: row.dbBackend,
            last_seen_active: lastSeen,
            incrementing_indicator: sql<number>`incrementing_indicator + 1`,
          })
          .where('hostname', '=', row.identity.hostname)
          .where('token', '=', row.identity.token)
          .executeTakeFirst();
        if (renewed.numUpdatedRows > 0n) return;
        const first = { ...row.identity, ...shared, first_seen_active: lastSeen };
        await transaction
          .insertInto('node_health')
          .values({ ...first, db_backend: row.dbBackend, last_seen_active: lastSeen })
          .execute();
        await engine.insertIfAbsent(transaction, 'node_health_history', first);
      }),

    async availableNodes(seenSince) {
      const rows = await db
        .selectFrom('node_health')
        .selectAll()
        .where('last_seen_active', '>=', timestampText(seenSince))
        .orderBy('hostname')
        .orderBy('token')
        .execute();
      return rows.map(nodeOfRow);
    },

    async deleteNodesUnseenSince(unseenSince) {
      await db.deleteFrom('node_health').where('last_seen_active', '<', timestampText(unseenSince)).execute();
    },

    async removeNode({ hostname, token }) {
      await db.deleteFrom('node_health').where('hostname', '=', hostname).where('token', '=', token).execute();
    },
  };
}
