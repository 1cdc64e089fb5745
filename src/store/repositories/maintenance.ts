/**
 * Maintenance locks (`database_instance_maintenance`): unique while active; ended ones stay for a week (spec/topology-operations.md 1.9).
 */
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import type { Maintenance } from '../../model/decisions.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { MaintenanceStore } from '../../ports/decision-store.ts';
import type { Engine, Executor } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'database_instance_maintenance';
const KEEP_ENDED_MILLIS = 7 * 24 * 60 * 60 * 1000;

const endActive = (executor: Executor, now: UnixMillis) =>
  executor
    .updateTable(TABLE)
    .set({ maintenance_active: null, end_timestamp: timestampText(now) })
    .where('maintenance_active', '=', 1);

const ofKey = (executor: Executor, now: UnixMillis, key: InstanceKey) =>
  endActive(executor, now).where('hostname', '=', key.hostname).where('port', '=', key.port);

export function maintenanceStore(engine: Engine): MaintenanceStore {
  const { db } = engine;
  return {
    beginMaintenance(lock, { node, bounded }) {
      return engine.transaction(async (transaction): Promise<Maintenance | null> => {
        // A lock past its end holds nobody up until the next clean-up, a minute later.
        await ofKey(transaction, lock.begin, lock.key).where('end_timestamp', '<', timestampText(lock.begin)).execute();
        const inserted = await engine.insertIfAbsent(transaction, TABLE, {
          hostname: lock.key.hostname,
          port: lock.key.port,
          maintenance_active: 1,
          begin_timestamp: timestampText(lock.begin),
          end_timestamp: timestampText(lock.end),
          owner: lock.owner,
          reason: lock.reason,
          processing_node_hostname: node.hostname,
          processing_node_token: node.token,
          explicitly_bounded: bounded ? 1 : 0,
        });
        if (!inserted) return null;
        const row = await transaction
          .selectFrom(TABLE)
          .select('database_instance_maintenance_id as id')
          .where('maintenance_active', '=', 1)
          .where('hostname', '=', lock.key.hostname)
          .where('port', '=', lock.key.port)
          .executeTakeFirstOrThrow();
        return { ...lock, id: row.id };
      });
    },

    async endMaintenance(key, now) {
      return (await ofKey(db, now, key).executeTakeFirst()).numUpdatedRows > 0n;
    },

    async endMaintenanceById(id, now) {
      const result = await endActive(db, now).where('database_instance_maintenance_id', '=', id).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    async loadMaintenance() {
      const rows = await db
        .selectFrom(TABLE)
        .selectAll()
        .where('maintenance_active', '=', 1)
        .orderBy('database_instance_maintenance_id')
        .execute();
      return rows.map((row) => ({
        id: row.database_instance_maintenance_id,
        key: { hostname: row.hostname, port: row.port },
        owner: row.owner,
        reason: row.reason,
        begin: parseTimestamp(row.begin_timestamp) ?? unixMillis(0),
        end: parseTimestamp(row.end_timestamp) ?? unixMillis(0),
      }));
    },

    expireMaintenance(now, living) {
      const alive = new Set(living.map((node) => JSON.stringify([node.hostname, node.token])));
      return engine.transaction(async (transaction) => {
        const longEnded = await transaction
          .deleteFrom(TABLE)
          .where('maintenance_active', 'is', null)
          .where('end_timestamp', '<', timestampText(unixMillis(now - KEEP_ENDED_MILLIS)))
          .executeTakeFirst();
        const pastEnd = await transaction
          .deleteFrom(TABLE)
          .where('maintenance_active', '=', 1)
          .where('end_timestamp', '<', timestampText(now))
          .executeTakeFirst();
        const implicit = await transaction
          .selectFrom(TABLE)
          .select(['database_instance_maintenance_id as id', 'processing_node_hostname', 'processing_node_token'])
          .where('maintenance_active', '=', 1)
          .where('explicitly_bounded', '=', 0)
          .execute();
        const orphaned = implicit
          .filter((row) => !alive.has(JSON.stringify([row.processing_node_hostname, row.processing_node_token])))
          .map((row) => row.id);
        for (const id of orphaned) {
          await transaction.deleteFrom(TABLE).where('database_instance_maintenance_id', '=', id).execute();
        }
        return Number(longEnded.numDeletedRows + pastEnd.numDeletedRows) + orphaned.length;
      });
    },
  };
}
