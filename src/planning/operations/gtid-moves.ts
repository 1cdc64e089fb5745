/** Moves by GTID that a person names as such (spec/topology-operations.md 3.7; O29, O30). */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { move, planned } from './draft-plan.ts';
import { noteErrant } from './errant-warning.ts';
import { gtidLane } from './gtid-lane.ts';
import {
  binlogServerRefusal,
  cannotMoveAtAll,
  cannotReplicatePlainly,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  gtidRefusal,
  notAReplica,
  unknown,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationRefusal } from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest } from './operation-request.ts';
import { replicasToMove } from './repoint.ts';
import { noneMovable, parted } from './who-can-move.ts';

/** Null: it can be moved there by GTID. */
export function gtidMoveRefusal(instance: Instance, below: Instance, facts: OperationFacts): OperationRefusal | null {
  return firstOf(
    groupSecondaryRefusal(instance, 'moveInstanceBelowViaGTID'),
    notAReplica(instance),
    binlogServerRefusal(instance),
    descendantRefusal(instance, below.key, facts, 'moveInstanceBelowViaGTID'),
    cannotMoveAtAll(instance, facts),
    cannotMoveAtAll(below, facts),
    cannotReplicatePlainly(instance, below, facts),
    gtidRefusal(instance, below),
  );
}

export function planMoveBelowGtid(
  request: Extract<MoveRequest, { kind: 'move-below-gtid' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const below = facts.topology.get(request.below);
  if (below === undefined) return unknown(request.below);
  const refusal = gtidMoveRefusal(instance, below, facts);
  if (refusal !== null) return refusal;
  return planned(request, instance, facts, {
    method: 'gtid',
    because: `${instanceKeyText(instance.key)} replicates by GTID`,
    lanes: [gtidLane(instance, below, facts)],
    moves: [move(instance, below.key, 'gtid')],
    warnings: noteErrant(instance, below, facts),
    audits: [gtidMoveAudit(instance.key, below.key)],
  });
}

export const gtidMoveAudit = (key: InstanceKey, below: InstanceKey) => ({
  type: 'move-below-gtid',
  key,
  message: `moved ${instanceKeyText(key)} below ${instanceKeyText(below)}`,
});

export function planMoveReplicasGtid(
  request: Extract<MoveReplicasRequest, { kind: 'move-replicas-gtid' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const { key, pattern } = request;
  const below = facts.topology.get(request.below);
  if (below === undefined) return unknown(request.below);
  const source = facts.topology.get(key);
  if (source === undefined) return unknown(key);
  const replicas = replicasBehind(key, below.key, pattern, facts);
  return gtidMoves(request, source, replicas, below, facts);
}

/** Replicas of a server and of the binlog servers below it: to them it is the same source. */
export function replicasBehind(
  key: InstanceKey,
  below: InstanceKey,
  pattern: string,
  facts: OperationFacts,
): readonly Instance[] {
  const direct = replicasToMove(key, below, '', facts);
  const behind = direct.flatMap((replica) =>
    replica.isBinlogServer ? replicasBehind(replica.key, below, '', facts) : [replica],
  );
  return behind.filter((replica) => pattern === '' || facts.rules.matches(pattern, replica.key));
}

/** All of them that can be; the others are left out by name. */
export function gtidMoves(
  request: MoveReplicasRequest,
  source: Instance,
  replicas: readonly Instance[],
  below: Instance,
  facts: OperationFacts,
): OperationPlanResult {
  const sorted = parted(replicas, (replica) => gtidMoveRefusal(replica, below, facts));
  const none = noneMovable('MoveReplicasGTID: only moved', sorted, source);
  if (none !== null) return none;
  const { movable, leftOut } = sorted;
  return planned(request, source, facts, {
    method: movable.length === 0 ? 'none' : 'gtid',
    because: movable.length === 0 ? 'there is nothing to move' : 'they replicate by GTID',
    lanes: movable.map((replica) => gtidLane(replica, below, facts)),
    leftOut,
    moves: movable.map((replica) => move(replica, below.key, 'gtid')),
    warnings: movable.flatMap((replica) => noteErrant(replica, below, facts)),
    audits:
      replicas.length === 0
        ? []
        : [{ type: 'move-replicas-gtid', key: below.key, message: 'moved {done}/{total} replicas' }],
  });
}
