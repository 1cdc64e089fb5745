/**
 * Maintenance locks (`database_instance_maintenance`): unique while active; ended ones stay for a week (spec/topology-operations.md 1.9).
 */
import type { ExpressionBuilder, Selectable } from 'kysely';
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import { type Maintenance, onePerServer } from '../../model/decisions.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { NodeIdentity } from '../../model/recovery-record.ts';
import type { LockOptions, MaintenanceStore } from '../../ports/decision-store.ts';
import type { Engine, Executor } from '../engine.ts';
import type { Database } from '../schema/schema.ts';
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

const rowOf = (lock: Omit<Maintenance, 'id'>, { node, bounded }: LockOptions) => ({
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

const lockOfRow = (row: Selectable<Database[typeof TABLE]>): Maintenance => ({
  id: row.database_instance_maintenance_id,
  key: { hostname: row.hostname, port: row.port },
  owner: row.owner,
  reason: row.reason,
  begin: parseTimestamp(row.begin_timestamp) ?? unixMillis(0),
  end: parseTimestamp(row.end_timestamp) ?? unixMillis(0),
});

/** More than the number: SQLite gives the one of a deleted last row again, and the lock of somebody else would be meant. */
const veryLock =
  ({ id, key, begin: begun }: Maintenance, node: NodeIdentity) =>
  ({ and }: ExpressionBuilder<Database, typeof TABLE>) =>
    and({
      database_instance_maintenance_id: id,
      maintenance_active: 1,
      hostname: key.hostname,
      port: key.port,
      begin_timestamp: timestampText(begun),
      processing_node_hostname: node.hostname,
      processing_node_token: node.token,
    });

/** Null: somebody else holds the server. */
async function begin(
  engine: Engine,
  executor: Executor,
  lock: Omit<Maintenance, 'id'>,
  options: LockOptions,
): Promise<Maintenance | null> {
  // A lock past its end holds nobody up until the next clean-up, a minute later.
  await ofKey(executor, lock.begin, lock.key).where('end_timestamp', '<', timestampText(lock.begin)).execute();
  if (!(await engine.insertIfAbsent(executor, TABLE, rowOf(lock, options)))) return null;
  const row = await activeOf(executor, lock.key).executeTakeFirstOrThrow();
  return { ...lock, id: row.database_instance_maintenance_id };
}

const activeOf = (executor: Executor, key: InstanceKey) =>
  executor
    .selectFrom(TABLE)
    .selectAll()
    .where('maintenance_active', '=', 1)
    .where('hostname', '=', key.hostname)
    .where('port', '=', key.port);

/** Not past its end; one without an end holds for ever. */
async function inTheWayOf(executor: Executor, { key, begin: from }: Omit<Maintenance, 'id'>): Promise<Maintenance[]> {
  const rows = await activeOf(executor, key)
    .where(({ or, eb }) => or([eb('end_timestamp', 'is', null), eb('end_timestamp', '>=', timestampText(from))]))
    .execute();
  return rows.map(lockOfRow);
}

export function maintenanceStore(engine: Engine): MaintenanceStore {
  const { db } = engine;
  return {
    beginMaintenance: (lock, options) => engine.transaction((transaction) => begin(engine, transaction, lock, options)),

    beginMaintenanceOfAll: (locks, options) =>
      engine.transaction(async (transaction) => {
        const wanted = onePerServer(locks);
        const held: Maintenance[] = [];
        for (const lock of wanted) held.push(...(await inTheWayOf(transaction, lock)));
        if (held.length > 0) return { kind: 'held', by: held };
        const begun: Maintenance[] = [];
        for (const lock of wanted) {
          const taken = await begin(engine, transaction, lock, options);
          // Only under two names that the table takes for one: half of the locks must not stay behind.
          if (taken === null) throw new Error(`${instanceKeyText(lock.key)} is locked twice under different names`);
          begun.push(taken);
        }
        return { kind: 'begun', locks: begun };
      }),

    renewMaintenance: (lock, end, node) =>
      engine.transaction(async (transaction) => {
        const renewed = transaction.updateTable(TABLE).set({ end_timestamp: timestampText(end) });
        const result = await renewed.where(veryLock(lock, node)).executeTakeFirst();
        return result.numUpdatedRows > 0n;
      }),

    releaseMaintenance: (lock, now, node) =>
      engine.transaction(async (transaction) => {
        const result = await endActive(transaction, now).where(veryLock(lock, node)).executeTakeFirst();
        return result.numUpdatedRows > 0n;
      }),

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
      return rows.map(lockOfRow);
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
