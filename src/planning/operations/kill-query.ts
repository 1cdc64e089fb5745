/** Ending the statement that a session runs; the session stays (spec/topology-operations.md 3.10, O66). */
import { instanceKeyText } from '../../model/instance-key.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { step } from './steps.ts';

export function planKillQuery(
  request: Extract<ServerRequest, { kind: 'kill-query' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const { key, processId } = request;
  const instance = facts.topology.get(key);
  if (instance === undefined) return unknown(key);
  if (!Number.isSafeInteger(processId) || processId < 1) {
    return refuse('bad-process', `Invalid process id: ${processId}`);
  }
  const kill = step({
    id: stepId(`end the statement of session ${processId} on ${instanceKeyText(key)}`),
    server: key,
    commands: [{ kind: 'kill-query', processId }],
    effect: `session ${processId} runs its statement no more`,
  });
  return planned(request, instance, facts, {
    because: `session ${processId} is to run its statement no more`,
    lanes: [{ server: key, steps: [kill], effect: kill.effect }],
    audits: [{ type: 'kill-query', key, message: `Killed query ${processId}` }],
  });
}
