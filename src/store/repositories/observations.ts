/**
 * Observed instances (`database_instance`): queued, written behind in batches, one transaction a flush (architecture section 5).
 */
import { unseenInstance } from '../../model/blank-instance.ts';
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { type Observation, ObservationQueue } from '../../model/observation-queue.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { BatchRow, BatchStatement, Engine, Executor } from '../engine.ts';
import {
  INSTANCE_COLUMNS,
  type InstanceColumn,
  type InstanceRow,
  instanceOfRow,
  instanceToRow,
  TIMESTAMP_COLUMNS,
  timestampsToRow,
} from '../instance-row.ts';
import type { SqlValue } from '../sql-values.ts';

const TABLE = 'database_instance';

const TIMESTAMPS_SQL =
  `update ${TABLE} set ${TIMESTAMP_COLUMNS.map((column) => `${column} = ?`).join(', ')} ` +
  'where hostname = ? and port = ?';

/** How observations become statements: facts upserts, times updates; where the row of an update is gone, the whole row is written. */
function batching(engine: Engine): (queued: Iterable<Observation>) => BatchStatement[] {
  const factsSql = engine.upsertSql(TABLE, INSTANCE_COLUMNS);
  const storable = (column: InstanceColumn, value: SqlValue | undefined) => engine.storable(TABLE, column, value);

  const factsOf = (instance: Instance): readonly SqlValue[] => {
    const row: InstanceRow = instanceToRow(instance);
    return INSTANCE_COLUMNS.map((column) => storable(column, row[column]));
  };
  const timestampsOf = (instance: Instance): readonly SqlValue[] => {
    const row = timestampsToRow(instance);
    const { hostname, port } = instance.key;
    const times = TIMESTAMP_COLUMNS.map((column) => storable(column, row[column]));
    return [...times, storable('hostname', hostname), storable('port', port)];
  };
  return (queued) => {
    const facts: BatchRow[] = [];
    const timestamps: BatchRow[] = [];
    for (const { instance, change } of queued) {
      if (change === 'facts') {
        facts.push({ parameters: factsOf(instance) });
      } else {
        timestamps.push({
          parameters: timestampsOf(instance),
          otherwise: { sql: factsSql, parameters: () => factsOf(instance) },
        });
      }
    }
    return [
      { sql: factsSql, rows: facts },
      { sql: TIMESTAMPS_SQL, rows: timestamps },
    ];
  };
}

/**
 * What was derived from observing the server goes with it. What people decided stays, in case it is discovered again, and runs out
 * by its own rules; `lost-in-recovery` is no person's decision and would be prolonged for ever.
 */
async function deleteWithDerived(executor: Executor, key: InstanceKey): Promise<boolean> {
  const derived = [
    'database_instance_stale_binlog_coordinates',
    'database_instance_last_analysis',
    'database_instance_coordinates_history',
    'database_instance_tls',
    'orc_errant_gtid',
    'orc_standing_still',
    'orc_reprovision',
  ] as const;
  for (const table of derived) {
    await executor.deleteFrom(table).where('hostname', '=', key.hostname).where('port', '=', key.port).execute();
  }
  await executor
    .deleteFrom('database_instance_downtime')
    .where('hostname', '=', key.hostname)
    .where('port', '=', key.port)
    .where('reason', '=', LOST_IN_RECOVERY)
    .execute();
  const result = await executor
    .deleteFrom(TABLE)
    .where('hostname', '=', key.hostname)
    .where('port', '=', key.port)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

type InstanceStore = Pick<ObservationStore, 'loadInstances' | 'queue' | 'seed' | 'saveTlsDemand' | 'flush' | 'forget'>;

export function instanceStore(engine: Engine): InstanceStore {
  const { db } = engine;
  const batchOf = batching(engine);
  const queue = new ObservationQueue((batch) => engine.runBatch(batchOf(batch)));

  return {
    async loadInstances() {
      const rows = await db.selectFrom(TABLE).select(INSTANCE_COLUMNS).orderBy('hostname').orderBy('port').execute();
      return rows.map(instanceOfRow);
    },

    queue: (instance, change) => queue.add({ instance, change }),

    async seed(key) {
      const row = instanceToRow(unseenInstance(key));
      await engine.insertIfAbsent(db, TABLE, row);
    },

    saveTlsDemand: (key, isDemanded) =>
      engine.transaction((transaction) =>
        engine.upsert(transaction, 'database_instance_tls', {
          hostname: key.hostname,
          port: key.port,
          required: Number(isDemanded),
        }),
      ),

    flush: () => queue.flush(),

    async forget(key) {
      await queue.drop(key);
      return engine.transaction((transaction) => deleteWithDerived(transaction, key));
    },
  };
}
