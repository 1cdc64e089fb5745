/**
 * Ending anti-flapping blocks: by acknowledgement, or because their time is over (spec/recovery.md 1.6).
 */
import type { UnixMillis } from '../../model/brand.ts';
import type { AcknowledgeSelection, RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine, Executor } from '../engine.ts';
import { timestampText } from '../timestamp.ts';
import { freeRecoverySecond } from './active-period.ts';
import { closeDetections, type DetectionSelection } from './detections.ts';

const TABLE = 'topology_recovery';

const endOfPeriod = (executor: Executor) =>
  executor
    .selectFrom(TABLE)
    .select(['recovery_id', 'hostname', 'port', 'in_active_period', 'end_active_period_unixtime']);

type PeriodRow = Awaited<ReturnType<ReturnType<typeof endOfPeriod>['execute']>>[number];

const unacknowledged = (executor: Executor, selection: AcknowledgeSelection) => {
  const rows = endOfPeriod(executor).where('acknowledged', '=', 0).orderBy('recovery_id');
  switch (selection.kind) {
    case 'id':
      return rows.where('recovery_id', '=', selection.id);
    case 'uid':
      return rows.where('uid', '=', selection.uid);
    case 'failed-instance': {
      const ofKey = rows.where('hostname', '=', selection.key.hostname).where('port', '=', selection.key.port);
      return selection.completedOnly === true ? ofKey.where('end_recovery', 'is not', null) : ofKey;
    }
    case 'cluster-name':
      return rows.where('cluster_name', '=', selection.clusterName);
    case 'cluster-alias':
      return rows.where('cluster_alias', '=', selection.clusterAlias);
    case 'all':
      return rows;
  }
};

/** Which detections may fire anew; null: none. The implicit acknowledgement of a forced recovery leaves them alone. */
function clearedDetections(selection: AcknowledgeSelection): DetectionSelection | null {
  switch (selection.kind) {
    case 'failed-instance':
      return selection.completedOnly === true ? null : { key: selection.key };
    case 'cluster-name':
      return { clusterName: selection.clusterName };
    case 'cluster-alias':
      return { clusterAlias: selection.clusterAlias };
    default:
      return null;
  }
}

/** The closing second of a row: a closed one keeps its own. */
const closingSecond = async (executor: Executor, row: PeriodRow, now: UnixMillis): Promise<number> =>
  row.end_active_period_unixtime || freeRecoverySecond(executor, row, now);

type AcknowledgementStore = Pick<RecoveryStore, 'acknowledge' | 'endActivePeriods'>;

export function acknowledgementStore(engine: Engine): AcknowledgementStore {
  return {
    acknowledge: (selection, by, comment, at) =>
      engine.transaction(async (transaction) => {
        const rows = await unacknowledged(transaction, selection).execute();
        for (const row of rows) {
          await transaction
            .updateTable(TABLE)
            .set({
              in_active_period: 0,
              end_active_period_unixtime: await closingSecond(transaction, row, at),
              acknowledged: 1,
              acknowledged_at: timestampText(at),
              acknowledged_by: by,
              acknowledge_comment: comment,
            })
            .where('recovery_id', '=', row.recovery_id)
            .execute();
        }
        const detections = clearedDetections(selection);
        if (detections !== null) await closeDetections(transaction, detections, at);
        return rows.length;
      }),

    endActivePeriods: (selection, now) =>
      engine.transaction(async (transaction) => {
        const active = endOfPeriod(transaction).where('in_active_period', '=', 1).orderBy('recovery_id');
        const rows = await ('uid' in selection
          ? active.where('uid', '=', selection.uid)
          : active
              .where('start_active_period', '<', timestampText(selection.startedBefore))
              .where('end_recovery', 'is not', null)
        ).execute();
        for (const row of rows) {
          await transaction
            .updateTable(TABLE)
            .set({ in_active_period: 0, end_active_period_unixtime: await closingSecond(transaction, row, now) })
            .where('recovery_id', '=', row.recovery_id)
            .execute();
        }
        return rows.length;
      }),
  };
}
