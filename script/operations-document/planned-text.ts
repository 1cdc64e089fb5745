/** Examples and refusals: planned in their worlds, and written by the text renderer of the program. */
import type { InstanceKey } from '../../src/model/instance-key.ts';
import { instanceKeyText } from '../../src/model/instance-key.ts';
import { type OperationPlan, type OperationRefusal, plansOf } from '../../src/planning/operations/operation-plan.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import { planOperation } from '../../src/planning/operations/plan-operation.ts';
import { planLines, planOutcomeLines } from '../../src/service/operation-text.ts';
import { requestText } from '../../src/service/operation-words.ts';
import { shownSteps } from '../../src/service/shown-steps.ts';
import { factsOf, type World } from './sample-world.ts';

/** An example that is refused is an error of this document. */
export function planIn(world: World, request: OperationRequest): OperationPlan {
  const result = planOperation(request, factsOf(world));
  if (result.kind === 'planned') return result.plan;
  throw new Error(`the example ${requestText(request)} is refused: ${result.code}: ${result.text}`);
}

export function refusalIn(world: World, request: OperationRequest): OperationRefusal {
  const result = planOperation(request, factsOf(world));
  if (result.kind === 'refused') return result;
  throw new Error(`${requestText(request)} is to be refused, and is planned`);
}

export function plannedLines(world: World, request: OperationRequest): readonly string[] {
  const { topology } = factsOf(world);
  const instance = (key: InstanceKey) => topology.get(key);
  const plan = planIn(world, request);
  return planLines(plan, shownSteps(plan, { instance }));
}

export function refusedLines(world: World, request: OperationRequest): readonly string[] {
  const { code, text, rejected } = refusalIn(world, request);
  return planOutcomeLines({ kind: 'refused', refusal: { code, message: text }, rejected }, () => []);
}

export const auditTypes = (plan: OperationPlan): readonly string[] =>
  plansOf(plan).flatMap(({ audits }) => audits.map(({ type }) => type));

/** The request as API v2 takes it; servers as texts. */
export function requestJson(request: OperationRequest): string {
  const fields = Object.entries(request).map(([name, value]) => [name, isKey(value) ? instanceKeyText(value) : value]);
  return JSON.stringify(Object.fromEntries(fields));
}

const isKey = (value: unknown): value is InstanceKey =>
  typeof value === 'object' && value !== null && 'hostname' in value && 'port' in value;
