/**
 * A request to its plan: pure, so that what would be done can be asked of any picture, and what is done can be asked again (architecture section 7).
 */
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult } from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';
import { isMoveOfReplicas, planMove, planMoveReplicas } from './plan-move.ts';
import { isServerOperation, planServerOperation } from './server-operations.ts';

export function planOperation(request: OperationRequest, facts: OperationFacts): OperationPlanResult {
  if (isServerOperation(request)) return planServerOperation(request, facts);
  return isMoveOfReplicas(request) ? planMoveReplicas(request, facts) : planMove(request, facts);
}
