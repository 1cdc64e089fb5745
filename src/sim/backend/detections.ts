/**
 * Failure detections: at most one open a server and actionability (spec/recovery.md 1.5).
 */
import type { UnixMillis } from '../../model/brand.ts';
import { type InstanceKey, sameKey } from '../../model/instance-key.ts';
import type { FailureDetection } from '../../model/recovery-record.ts';
import type { RecoveryStore } from '../../ports/decision-store.ts';
import { firstFreeSecond } from './active-period.ts';
import type { MemoryEngine } from './engine.ts';
import { isListed } from './recovery-query.ts';
import { nextId, pageOf, replaced } from './rows.ts';
import { storedDigest } from './stored-digest.ts';
import type { DetectionRow, Tables } from './tables.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

export interface DetectionSelection {
  readonly key?: InstanceKey;
  readonly clusterName?: string;
  readonly clusterAlias?: string;
  readonly startedBefore?: UnixMillis;
}

/** Meets every given condition. */
function isSelected({ digest, start }: DetectionRow, selection: DetectionSelection): boolean {
  const { key, clusterName, clusterAlias, startedBefore } = selection;
  if (key !== undefined && !sameKey(digest.key, key)) return false;
  if (clusterName !== undefined && digest.clusterName !== clusterName) return false;
  if (clusterAlias !== undefined && digest.clusterAlias !== clusterAlias) return false;
  return startedBefore === undefined || isBefore(start, startedBefore);
}

/** Shares the unique key with `row`, but for the second. */
const isSibling = (row: DetectionRow, other: DetectionRow): boolean =>
  sameKey(row.digest.key, other.digest.key) && row.isActionable === other.isActionable;

/** Ends the active period of the open ones that are selected; within the write of the caller's. */
export function closeDetections(tables: Tables, selection: DetectionSelection, now: UnixMillis): number {
  const open = tables.detections.filter((row) => row.inActivePeriod && isSelected(row, selection));
  for (const row of open) {
    const siblings = tables.detections.filter((other) => isSibling(row, other));
    const closed = { ...row, inActivePeriod: false, endUnixSeconds: firstFreeSecond(siblings, now) };
    tables.detections = replaced(tables.detections, closed);
  }
  return open.length;
}

/** Greatest detection id of a server, 0 without any. */
export const lastDetectionId = ({ detections }: Tables, key: InstanceKey): number =>
  detections.findLast((row) => sameKey(row.digest.key, key))?.id ?? 0;

const detectionOfRow = ({ recoveries }: Tables, row: DetectionRow): FailureDetection => ({
  ...row,
  start: readTimeOrZero(row.start),
  relatedRecoveryId: recoveries.findLast((recovery) => recovery.lastDetectionId === row.id)?.id ?? 0,
});

type DetectionStore = Pick<RecoveryStore, 'registerDetection' | 'clearDetections' | 'detections'>;

export const detectionStore = (engine: MemoryEngine): DetectionStore => ({
  registerDetection: (digest, isActionable, { hostname, token }, at) =>
    engine.write((tables) => {
      const row: DetectionRow = {
        id: nextId(tables.detections),
        digest: storedDigest(digest),
        isActionable,
        inActivePeriod: true,
        start: storedTime(at),
        endUnixSeconds: 0,
        node: { hostname, token },
      };
      if (tables.detections.some((other) => other.inActivePeriod && isSibling(row, other))) return false;
      tables.detections = [...tables.detections, row];
      return true;
    }),

  clearDetections: (selection, now) => engine.write((tables) => closeDetections(tables, selection, now)),

  /** Uid and acknowledgement are no properties of a detection: those conditions are ignored. */
  detections: (query) =>
    engine.read((tables) => {
      const meant = tables.detections.filter((row) => isListed(row, query));
      return pageOf(meant, query.page).map((row) => detectionOfRow(tables, row));
    }),
});
