/**
 * Failure detections (`topology_failure_detection`): at most one open row a server and actionability (spec/recovery.md 1.5).
 */
import type { Selectable } from 'kysely';
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { FailureDetection } from '../../model/recovery-record.ts';
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine, Executor } from '../engine.ts';
import type { Database } from '../schema/schema.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';
import { freeDetectionSecond } from './active-period.ts';
import { digestOfRow, digestToColumns, nodeOfRow, nodeToColumns, PAGE_SIZE, pageOffset } from './digest-columns.ts';

const TABLE = 'topology_failure_detection';

export interface DetectionSelection {
  readonly key?: InstanceKey;
  readonly clusterName?: string;
  readonly clusterAlias?: string;
  readonly startedBefore?: UnixMillis;
}

/** Ends the active period of the open detections that meet every given condition; within a transaction of the caller's. */
export async function closeDetections(
  executor: Executor,
  selection: DetectionSelection,
  now: UnixMillis,
): Promise<number> {
  const { key, clusterName, clusterAlias, startedBefore } = selection;
  let query = executor
    .selectFrom(TABLE)
    .select(['detection_id', 'hostname', 'port', 'is_actionable'])
    .where('in_active_period', '=', 1);
  if (key !== undefined) query = query.where('hostname', '=', key.hostname).where('port', '=', key.port);
  if (clusterName !== undefined) query = query.where('cluster_name', '=', clusterName);
  if (clusterAlias !== undefined) query = query.where('cluster_alias', '=', clusterAlias);
  if (startedBefore !== undefined) query = query.where('start_active_period', '<', timestampText(startedBefore));
  const rows = await query.orderBy('detection_id').execute();
  for (const row of rows) {
    await executor
      .updateTable(TABLE)
      .set({ in_active_period: 0, end_active_period_unixtime: await freeDetectionSecond(executor, row, now) })
      .where('detection_id', '=', row.detection_id)
      .execute();
  }
  return rows.length;
}

/** Greatest detection id of a server, 0 without any. */
export async function lastDetectionId(executor: Executor, key: InstanceKey): Promise<number> {
  const row = await executor
    .selectFrom(TABLE)
    .select('detection_id')
    .where('hostname', '=', key.hostname)
    .where('port', '=', key.port)
    .orderBy('detection_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.detection_id ?? 0;
}

const detectionOfRow = (
  row: Selectable<Database[typeof TABLE]> & { readonly related_recovery_id: number | null },
): FailureDetection => ({
  id: row.detection_id,
  digest: digestOfRow(row),
  isActionable: row.is_actionable !== 0,
  inActivePeriod: row.in_active_period !== 0,
  start: parseTimestamp(row.start_active_period) ?? unixMillis(0),
  endUnixSeconds: row.end_active_period_unixtime,
  node: nodeOfRow(row),
  relatedRecoveryId: row.related_recovery_id ?? 0,
});

type DetectionStore = Pick<RecoveryStore, 'registerDetection' | 'clearDetections' | 'detections'>;

export function detectionStore(engine: Engine): DetectionStore {
  const { db } = engine;
  return {
    registerDetection: (digest, isActionable, node, at) =>
      engine.insertIfAbsent(db, TABLE, {
        ...digestToColumns(digest),
        ...nodeToColumns(node),
        in_active_period: 1,
        start_active_period: timestampText(at),
        end_active_period_unixtime: 0,
        is_actionable: isActionable ? 1 : 0,
      }),

    clearDetections: (selection, now) =>
      engine.transaction((transaction) => closeDetections(transaction, selection, now)),

    async detections({ page, id, clusterName, clusterAlias }) {
      let query = db
        .selectFrom(TABLE)
        .selectAll(TABLE)
        .select((expressions) =>
          expressions
            .selectFrom('topology_recovery')
            .select(({ fn }) => fn.max('recovery_id').as('newest'))
            .whereRef('topology_recovery.last_detection_id', '=', 'topology_failure_detection.detection_id')
            .as('related_recovery_id'),
        );
      if (id !== undefined) query = query.where('detection_id', '=', id);
      if (clusterName !== undefined) query = query.where('cluster_name', '=', clusterName);
      if (clusterAlias !== undefined) query = query.where('cluster_alias', '=', clusterAlias);
      const rows = await query.orderBy('detection_id', 'desc').limit(PAGE_SIZE).offset(pageOffset(page)).execute();
      return rows.map(detectionOfRow);
    },
  };
}
