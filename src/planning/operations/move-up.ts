/** A replica becomes a sibling of its source (spec/topology-operations.md 3.6; O23, O24). */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { isReplica, usesGtid } from '../../model/instance-status.ts';
import { stepId } from '../plan.ts';
import { move, planned } from './draft-plan.ts';
import { gtidLane } from './gtid-lane.ts';
import {
  binlogServerRefusal,
  cannotMove,
  cannotMoveAtAll,
  cannotReplicatePlainly,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  gtidRefusal,
  isGtidCompatible,
  notAReplica,
  unknown,
  writesInCircle,
  writesPassedBy,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type LeftOut, type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest } from './operation-request.ts';
import { upLane } from './position-lanes.ts';
import { replicasToMove, repointAll, repointLane, repointRefusal } from './repoint.ts';
import { restartAsFound, stop } from './steps.ts';
import { laneByOwnNames } from './virtual-names.ts';

interface Above {
  readonly source: Instance;
  readonly grandparent: InstanceKey;
}

/** The source of a server, which must be a replica itself. */
function above(instance: Instance, facts: OperationFacts): Above | OperationRefusal {
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  if (source === undefined) {
    const text = `Cannot GetInstanceMaster() for ${instanceKeyText(instance.key)}. error=not found`;
    return refuse('source-unknown', text);
  }
  if (!isReplica(source) || source.sourceKey === null) {
    return refuse('source-is-no-replica', `master is not a replica itself: ${instanceKeyText(source.key)}`);
  }
  return { source, grandparent: source.sourceKey };
}

export function planMoveUp(
  request: Extract<MoveRequest, { kind: 'move-up' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(instance), groupSecondaryRefusal(instance, 'MoveUp'));
  if (refusal !== null) return refusal;
  const up = above(instance, facts);
  if ('kind' in up) return up;
  const circle = descendantRefusal(instance, up.grandparent, facts, 'MoveUp');
  if (circle !== null) return circle;
  const audits = [
    {
      type: 'move-up',
      key: instance.key,
      message: `moved up ${instanceKeyText(instance.key)}. Previous master: ${instanceKeyText(up.source.key)}`,
    },
  ];
  const top = facts.topology.get(up.grandparent);
  if (up.source.isBinlogServer) {
    const cannot = repointRefusal(instance, up.grandparent, facts);
    if (cannot !== null) return cannot;
    const { lane, method } = repointLane(instance, up.grandparent, facts);
    const because = `its source is a binlog server: ${instanceKeyText(up.grandparent)} has the same coordinates`;
    return planned(request, instance, facts, {
      method,
      because,
      lanes: [laneByOwnNames(lane)],
      moves: [move(instance, up.grandparent, method)],
      audits,
    });
  }
  // Where GTID is in use it stays in use: the classic way would switch it off without a word.
  if (top !== undefined && isGtidCompatible(instance, top)) return upByGtid(request, instance, top, audits, facts);
  const cannot = upRefusal(instance, up, facts);
  if (cannot !== null) return cannot;
  return planned(request, instance, facts, {
    method: 'file-position',
    because: `${instanceKeyText(instance.key)} replicates by file and position; its source stands still while it applies all of its binary log`,
    ...upParts(instance, up.source, up.grandparent, facts),
    moves: [move(instance, up.grandparent, 'file-position')],
    warnings: [...leavesGtid(instance), ...writesPassedBy(instance, up.source)],
    audits,
  });
}

/** The source is held, and stands still. */
export function upParts(instance: Instance, source: Instance, grandparent: InstanceKey, facts: OperationFacts) {
  const held = stop(source);
  return {
    locks: [source.key],
    before: [held],
    lanes: [laneByOwnNames(upLane(instance, source, grandparent, held, facts))],
    after: restartAsFound(source),
  };
}

/** Null: it can be moved up by file and position. */
export const upPositionRefusal = (
  instance: Instance,
  source: Instance,
  grandparent: InstanceKey,
  facts: OperationFacts,
): OperationRefusal | null => upRefusal(instance, { source, grandparent }, facts);

function upByGtid(
  request: Extract<MoveRequest, { kind: 'move-up' }>,
  instance: Instance,
  top: Instance,
  audits: readonly { readonly type: string; readonly key: InstanceKey; readonly message: string }[],
  facts: OperationFacts,
): OperationPlanResult {
  const cannot = firstOf(
    cannotMoveAtAll(instance, facts),
    cannotMoveAtAll(top, facts),
    cannotReplicatePlainly(instance, top, facts),
    gtidRefusal(instance, top),
  );
  if (cannot !== null) return cannot;
  return planned(request, instance, facts, {
    method: 'gtid',
    because: `${instanceKeyText(instance.key)} replicates by GTID`,
    lanes: [laneByOwnNames(gtidLane(instance, top, facts))],
    moves: [move(instance, top.key, 'gtid')],
    audits,
  });
}

function upRefusal(instance: Instance, { source, grandparent }: Above, facts: OperationFacts): OperationRefusal | null {
  const top = facts.topology.get(grandparent);
  return firstOf(
    cannotMove(instance, facts),
    cannotMoveAtAll(source, facts),
    binlogServerRefusal(instance),
    writesInCircle(source, facts),
    cannotReplicatePlainly(instance, source, facts),
    // The grandparent need not be reachable; what is known of it must fit.
    top === undefined ? null : cannotReplicatePlainly(instance, top, facts),
  );
}

const leavesGtid = (instance: Instance): readonly string[] =>
  usesGtid(instance)
    ? [`${instanceKeyText(instance.key)} replicates by file and position afterwards, and no more by GTID`]
    : [];

export function planMoveUpReplicas(
  request: Extract<MoveReplicasRequest, { kind: 'move-up-replicas' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const source = facts.topology.get(request.key);
  if (source === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(source), cannotMoveAtAll(source, facts));
  if (refusal !== null || source.sourceKey === null) return refusal ?? unknown(request.key);
  const grandparent = source.sourceKey;
  const top = facts.topology.get(grandparent);
  if (top === undefined) return unknown(grandparent);
  const replicas = replicasToMove(source.key, grandparent, request.pattern, facts);
  if (source.isBinlogServer) return repointAll(request, source, replicas, grandparent, facts);
  return upAll(request, { source, grandparent }, top, replicas, facts);
}

function upAll(
  request: Extract<MoveReplicasRequest, { kind: 'move-up-replicas' }>,
  up: Above,
  top: Instance,
  replicas: readonly Instance[],
  facts: OperationFacts,
): OperationPlanResult {
  const { source, grandparent } = up;
  const leftOut: LeftOut[] = [];
  const byGtid: Instance[] = [];
  const byPosition: Instance[] = [];
  for (const replica of replicas) {
    const common = firstOf(
      notAReplica(replica),
      groupSecondaryRefusal(replica, 'MoveUp'),
      descendantRefusal(replica, grandparent, facts, 'MoveUp'),
    );
    const isGtid = isGtidCompatible(replica, top);
    const own = isGtid
      ? firstOf(cannotMoveAtAll(replica, facts), cannotReplicatePlainly(replica, top, facts), gtidRefusal(replica, top))
      : upRefusal(replica, up, facts);
    const refusal = common ?? own;
    if (refusal !== null) leftOut.push({ key: replica.key, code: refusal.code, reason: refusal.text });
    else (isGtid ? byGtid : byPosition).push(replica);
  }
  if (byGtid.length + byPosition.length === 0 && leftOut.length > 0) {
    const reasons = leftOut.map(({ reason }) => reason).join('; ');
    return refuse('none-movable', `Error on all operations: ${reasons}`);
  }
  const held = stop(source, stepId(`stop replication on ${instanceKeyText(source.key)}`));
  const method = byPosition.length > 0 ? 'file-position' : byGtid.length > 0 ? 'gtid' : 'none';
  return planned(request, source, facts, {
    method,
    because: BECAUSE[method](source.key),
    locks: byPosition.length > 0 ? [source.key] : [],
    before: byPosition.length > 0 ? [held] : [],
    lanes: [
      ...byGtid.map((replica) => gtidLane(replica, top, facts)),
      ...byPosition.map((replica) => upLane(replica, source, grandparent, held, facts)),
    ].map(laneByOwnNames),
    after: byPosition.length > 0 ? restartAsFound(source) : [],
    leftOut,
    moves: [
      ...byGtid.map((replica) => move(replica, grandparent, 'gtid')),
      ...byPosition.map((replica) => move(replica, grandparent, 'file-position')),
    ],
    warnings: byPosition.flatMap((replica) => [...leavesGtid(replica), ...writesPassedBy(replica, source)]),
    audits:
      replicas.length === 0
        ? []
        : [
            {
              type: 'move-up-replicas',
              key: source.key,
              message: `moved up {done}/{total} replicas of ${instanceKeyText(source.key)}. New master: ${instanceKeyText(grandparent)}`,
            },
          ],
  });
}

const BECAUSE = {
  'file-position': (source: InstanceKey) =>
    `${instanceKeyText(source)} stands still while they apply all of its binary log`,
  gtid: () => 'they replicate by GTID',
  none: () => 'there is nothing to move',
} as const;
