/** What has become of an operation, server by server. */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { OperationLane } from '../planning/operations/operation-plan.ts';

export interface LaneEnd {
  readonly lane: OperationLane;
  readonly kind: 'done' | 'failed' | 'untouched';
  /** What was done, or why not. */
  readonly text: string;
}

export interface OperationEnd {
  readonly lanes: readonly LaneEnd[];
  /** Why nothing of it was begun, or all of it undone; null: the lanes tell. */
  readonly failure: string | null;
  readonly problems: readonly string[];
  readonly found: readonly { readonly key: InstanceKey; readonly coordinates: BinlogCoordinates }[];
}

export const NOTHING_DONE: OperationEnd = { lanes: [], failure: null, problems: [], found: [] };

export const notBegun = (lane: OperationLane, text: string): LaneEnd => ({ lane, kind: 'untouched', text });

/** A server that is moved twice is told of once: what became of it last. */
export const both = (earlier: OperationEnd, later: OperationEnd): OperationEnd => ({
  lanes: [
    ...earlier.lanes.filter(({ lane }) => !later.lanes.some((other) => sameKey(other.lane.server, lane.server))),
    ...later.lanes,
  ],
  failure: later.failure,
  problems: [...earlier.problems, ...later.problems],
  found: [...earlier.found, ...later.found],
});
