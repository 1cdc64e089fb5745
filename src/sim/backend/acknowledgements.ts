/**
 * Ending anti-flapping blocks: by acknowledgement, or because their time is over (spec/recovery.md 1.6).
 */
import type { UnixMillis } from '../../model/brand.ts';
import { sameKey } from '../../model/instance-key.ts';
import type { AcknowledgeSelection, RecoveryStore } from '../../ports/decision-store.ts';
import { firstFreeSecond } from './active-period.ts';
import { closeDetections, type DetectionSelection } from './detections.ts';
import type { MemoryEngine } from './engine.ts';
import { replaced } from './rows.ts';
import type { RecoveryRow, Tables } from './tables.ts';
import { isBefore, storedTime } from './timestamp.ts';

function isMeant(row: RecoveryRow, selection: AcknowledgeSelection): boolean {
  switch (selection.kind) {
    case 'id':
      return row.id === selection.id;
    case 'uid':
      return row.uid === selection.uid;
    case 'failed-instance':
      return sameKey(row.digest.key, selection.key) && (selection.completedOnly !== true || row.end !== null);
    case 'cluster-name':
      return row.digest.clusterName === selection.clusterName;
    case 'cluster-alias':
      return row.digest.clusterAlias === selection.clusterAlias;
    case 'all':
      return true;
  }
}

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

/** The row with its active period over; one closed before keeps its second. */
function closed({ recoveries }: Tables, row: RecoveryRow, now: UnixMillis): RecoveryRow {
  const siblings = recoveries.filter((other) => sameKey(other.digest.key, row.digest.key));
  return { ...row, inActivePeriod: false, endUnixSeconds: row.endUnixSeconds || firstFreeSecond(siblings, now) };
}

type AcknowledgementStore = Pick<RecoveryStore, 'acknowledge' | 'endActivePeriods'>;

export const acknowledgementStore = (engine: MemoryEngine): AcknowledgementStore => ({
  acknowledge: (selection, by, comment, at) =>
    engine.write((tables) => {
      const acknowledgement = { at: storedTime(at), by, comment };
      const rows = tables.recoveries.filter((row) => row.acknowledgement === null && isMeant(row, selection));
      for (const row of rows) {
        tables.recoveries = replaced(tables.recoveries, { ...closed(tables, row, at), acknowledgement });
      }
      const detections = clearedDetections(selection);
      if (detections !== null) closeDetections(tables, detections, at);
      return rows.length;
    }),

  endActivePeriods: (selection, now) =>
    engine.write((tables) => {
      const isOver = (row: RecoveryRow) =>
        'uid' in selection
          ? row.uid === selection.uid
          : row.end !== null && isBefore(row.start, selection.startedBefore);
      const rows = tables.recoveries.filter((row) => row.inActivePeriod && isOver(row));
      for (const row of rows) tables.recoveries = replaced(tables.recoveries, closed(tables, row, now));
      return rows.length;
    }),
});
