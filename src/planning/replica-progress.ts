/**
 * How far a replica has come, whatever it replicates by: GTIDs of either family, or places in the binary log of its source. Places of replicas of one source can be compared, and nothing else can.
 */
import { type BinlogCoordinates, compareCoordinates, coordinatesText, hasNoFile } from '../model/binlog-coordinates.ts';
import type { GtidSet } from '../model/gtid-set.ts';
import type { Instance } from '../model/instance.ts';
import { usesGtid } from '../model/instance-status.ts';
import {
  asApplied,
  type GtidProgress,
  gtidProgress,
  isDrained,
  missingFrom,
  receivedAmount,
  receivedContains,
} from './gtid-progress.ts';

/** Both in the binary log of its source. What is received may end in the middle of a transaction. */
export interface PositionProgress {
  readonly family: 'position';
  readonly executed: BinlogCoordinates;
  readonly received: BinlogCoordinates;
}

export type ReplicaProgress = GtidProgress | PositionProgress;

/** By what it replicates. Null: it shows no readable state of that. */
export function replicaProgress(instance: Instance): ReplicaProgress | null {
  if (usesGtid(instance)) return gtidProgress(instance);
  const { execCoordinates: executed, readCoordinates: received } = instance;
  return hasNoFile(executed) || hasNoFile(received) ? null : { family: 'position', executed, received };
}

/** What a primary had written when it was last seen, in the terms of its replica. Null: it cannot be told. */
export function writtenProgress(primary: Instance, replica: ReplicaProgress): ReplicaProgress | null {
  if (replica.family !== 'position') return gtidProgress(primary);
  const { selfCoordinates } = primary;
  return hasNoFile(selfCoordinates)
    ? null
    : { family: 'position', executed: selfCoordinates, received: selfCoordinates };
}

/** Has the first received all that the second has? False where the two cannot be compared. */
export function hasReceivedAll(outer: ReplicaProgress, inner: ReplicaProgress): boolean {
  if (outer.family === 'position' || inner.family === 'position') return isAtLeast(outer, inner);
  return receivedContains(outer, inner);
}

const isAtLeast = (outer: ReplicaProgress, inner: ReplicaProgress): boolean =>
  outer.family === 'position' && inner.family === 'position' && compareCoordinates(outer.received, inner.received) >= 0;

/** All that was received is applied. */
export const hasAppliedAll = (progress: ReplicaProgress): boolean =>
  progress.family === 'position' ? compareCoordinates(progress.executed, progress.received) >= 0 : isDrained(progress);

/** As it is once all that was received is applied. */
export function onceApplied<Progress extends ReplicaProgress>(progress: Progress): Progress;
export function onceApplied(progress: ReplicaProgress): ReplicaProgress {
  return progress.family === 'position' ? { ...progress, executed: progress.received } : asApplied(progress);
}

/** Positive: the first has received more. By amounts, which order sets as containment does where there is any. */
export function compareAmounts(one: ReplicaProgress, other: ReplicaProgress, without?: GtidSet): number {
  if (one.family !== 'position' && other.family !== 'position') {
    return receivedAmount(one, without) - receivedAmount(other, without);
  }
  return one.family === 'position' && other.family === 'position'
    ? compareCoordinates(one.received, other.received)
    : 0;
}

/** What `has` received and `lacks` did not, as text for records; '' if nothing. */
export function onlyReceivedBy(has: ReplicaProgress, lacks: ReplicaProgress): string {
  if (has.family !== 'position' && lacks.family !== 'position') return missingFrom(has, lacks);
  if (has.family !== 'position' || lacks.family !== 'position' || hasReceivedAll(lacks, has)) return '';
  return `${coordinatesText(lacks.received)} to ${coordinatesText(has.received)}`;
}
