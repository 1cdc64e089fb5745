/** A plan with nothing in it but what is said: most operations need few of its parts. */
import type { Instance } from '../../model/instance.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlan, OperationPlanResult, PlannedMove } from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';

export type PlanParts = Partial<OperationPlan> & Pick<OperationPlan, 'lanes' | 'because'>;

/** `about`: a server of the cluster that the plan belongs to. */
export function planned(
  request: OperationRequest,
  about: Pick<Instance, 'clusterName'>,
  facts: OperationFacts,
  parts: PlanParts,
): Extract<OperationPlanResult, { kind: 'planned' }> {
  return {
    kind: 'planned',
    plan: {
      request,
      clusterName: about.clusterName,
      method: 'none',
      rejected: [],
      locks: [],
      before: [],
      after: [],
      lanesAtOnce: facts.rules.lanesAtOnce,
      moves: [],
      leftOut: [],
      warnings: [],
      audits: [],
      promoted: null,
      hooks: [],
      next: null,
      ...parts,
    },
  };
}

export const move = (instance: Instance, to: PlannedMove['to'], method: PlannedMove['method']): PlannedMove => ({
  key: instance.key,
  from: instance.sourceKey,
  to,
  method,
});
