/**
 * A request to its plan: pure, so that what would be done can be asked of any picture, and what is done can be asked again (architecture section 7).
 */
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, refuse } from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';
import { planGtidSwitch, planRepoint, planRepointReplicas } from './repoint.ts';
import { isServerOperation, planServerOperation } from './server-operations.ts';

export function planOperation(request: OperationRequest, facts: OperationFacts): OperationPlanResult {
  if (isServerOperation(request)) return planServerOperation(request, facts);
  switch (request.kind) {
    case 'repoint':
      return planRepoint(request, facts);
    case 'repoint-replicas':
      return planRepointReplicas(request, facts);
    case 'enable-gtid':
    case 'disable-gtid':
      return planGtidSwitch(request, facts);
    default:
      return notOffered(request);
  }
}

/** Moves without a planner yet, by name: the compiler tells when one gets its planner, and when a new kind has none. */
type NotOffered = Extract<
  OperationRequest,
  {
    kind:
      | 'relocate'
      | 'relocate-replicas'
      | 'move-equivalent'
      | 'move-up'
      | 'move-up-replicas'
      | 'move-below'
      | 'take-master'
      | 'take-siblings'
      | 'make-co-master'
      | 'make-master'
      | 'make-local-master'
      | 'move-below-gtid'
      | 'move-replicas-gtid'
      | 'match-below'
      | 'match-up'
      | 'match-replicas'
      | 'match-up-replicas'
      | 'rematch'
      | 'regroup-replicas';
  }
>;

const notOffered = ({ kind }: NotOffered): OperationPlanResult => refuse('not-offered', `${kind} is not offered`);
