/** Operations as the doors ask for them: plans shown, operations run, and what became of them server by server. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { OperationResult } from '../operations/operation-result.ts';
import type { Operations } from '../operations/operations.ts';
import type { OperationPlan, OperationRefusal } from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import type { OperatedServer, OperationCalls, OperationOutcome, OperationReport, Refusal } from './calls.ts';
import { type ShownStepsParts, shownSteps } from './shown-steps.ts';

export interface OperationCallsParts extends ShownStepsParts {
  readonly operations: Operations;
  readonly servers: Pick<TopologyServers, 'observe'>;
}

/** For reading a server at the end. Milliseconds. */
const LAST_LOOK_MILLIS = 5_000;

export function operationCalls(parts: OperationCallsParts): OperationCalls {
  return {
    async planOperation(request) {
      const result = await parts.operations.plan(request);
      return result.kind === 'planned' ? result : refusedOutcome(result);
    },
    shownSteps: (plan) => shownSteps(plan, parts),
    async operate(request) {
      const result = await parts.operations.operate(request);
      return result.kind === 'refused' ? refusedOutcome(result.refusal) : ended(request, result, parts);
    },
  };
}

const refusedOutcome = ({ code, text, rejected }: OperationRefusal) =>
  ({ kind: 'refused', refusal: { code, message: text }, rejected }) as const;

async function ended(
  request: OperationRequest,
  result: Extract<OperationResult, { kind: 'ended' }>,
  parts: OperationCallsParts,
): Promise<OperationOutcome> {
  const { plan, end, millis } = result;
  const servers = await Promise.all(
    end.lanes.map(async ({ lane, kind, text }): Promise<OperatedServer> => {
      return { key: lane.server, kind, text, instance: await lastLook(parts, lane.server) };
    }),
  );
  const read = 'key' in request ? servers.find(({ key }) => sameKey(key, request.key))?.instance : null;
  const instance = read ?? ('key' in request ? await lastLook(parts, request.key) : null);
  const report: OperationReport = { plan, instance, servers, problems: end.problems, found: end.found, millis };
  if (result.outcome === 'done') return { kind: 'done', report };
  return { kind: result.outcome, report, refusal: failureOf(plan, report, end.failure) };
}

/** What went wrong first; with the contract's text before it where it has one. */
function failureOf(plan: OperationPlan, report: OperationReport, failure: string | null): Refusal {
  const [first] = report.servers.filter(({ kind }) => kind !== 'done');
  const reason = failure ?? first?.text ?? plan.leftOut[0]?.reason ?? '';
  const message = plan.failureText === undefined ? reason : `${plan.failureText}: ${reason}`;
  return { code: first?.kind === 'untouched' && failure === null ? 'untouched' : 'failed', message };
}

async function lastLook({ servers }: OperationCallsParts, key: InstanceKey): Promise<Instance | null> {
  const seen = await servers.observe(key, LAST_LOOK_MILLIS);
  return seen.kind === 'observed' ? seen.instance : null;
}
