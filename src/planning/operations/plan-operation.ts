/** From a request to its plan: who plans what. */
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, refuse } from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest, OperationRequest } from './operation-request.ts';
import { type Move, planMove, planMoveReplicas } from './plan-move.ts';

export function planOperation(request: OperationRequest, facts: OperationFacts): OperationPlanResult {
  if (isOfReplicas(request)) return planMoveReplicas(request, facts);
  if (isMove(request)) return planMove(request, facts);
  return refuse('not-built', request.kind);
}

const OF_REPLICAS: ReadonlySet<OperationRequest['kind']> = new Set<MoveReplicasRequest['kind']>([
  'relocate-replicas',
  'repoint-replicas',
  'move-up-replicas',
  'take-siblings',
  'move-replicas-gtid',
  'match-replicas',
  'match-up-replicas',
  'regroup-replicas',
]);
const MOVES: ReadonlySet<OperationRequest['kind']> = new Set<MoveRequest['kind']>([
  'relocate',
  'repoint',
  'move-equivalent',
  'move-up',
  'move-below',
  'take-master',
  'make-co-master',
  'move-below-gtid',
  'enable-gtid',
  'disable-gtid',
  'match-below',
  'match-up',
  'rematch',
  'make-master',
  'make-local-master',
]);
const isOfReplicas = (request: OperationRequest): request is MoveReplicasRequest => OF_REPLICAS.has(request.kind);
const isMove = (request: OperationRequest): request is Move => MOVES.has(request.kind);
