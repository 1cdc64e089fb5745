/** From a request to its plan: who plans what. */
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult } from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest, OperationRequest } from './operation-request.ts';
import { planMove, planMoveReplicas } from './plan-move.ts';

export function planOperation(request: OperationRequest, facts: OperationFacts): OperationPlanResult {
  return isOfReplicas(request) ? planMoveReplicas(request, facts) : planMove(request as never, facts);
}

const OF_REPLICAS: ReadonlySet<OperationRequest['kind']> = new Set<MoveReplicasRequest['kind']>(['relocate-replicas']);
const isOfReplicas = (request: OperationRequest): request is MoveReplicasRequest => OF_REPLICAS.has(request.kind);

export type { MoveRequest };
