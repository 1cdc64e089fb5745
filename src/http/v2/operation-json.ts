/** Plans of operations and what became of them, as API v2 writes them. Of commands only their statements: those show no password. */
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { OperationEffect, OperationPlan, PlannedMove } from '../../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import type {
  OperatedServer,
  OperationOutcome,
  OperationReport,
  PlanOutcome,
  Refusal,
  ShownStep,
} from '../../service/calls.ts';
import { heldServers } from '../../service/operation-text.ts';
import type { Json, JsonObject } from '../v1/json/json.ts';
import { keyJson, keyOrNull } from './key-json.ts';

type Rejected = Extract<PlanOutcome, { readonly kind: 'refused' }>['rejected'];

/** Nothing was sent to anybody: why, and what else was thought of. */
export const refusalJson = (refusal: Refusal, rejected: Rejected): JsonObject => ({
  outcome: 'refused',
  code: refusal.code,
  message: refusal.message,
  rejected: rejected.map((one) => ({ ...one })),
});

/** What would be done. `steps`: in the order in which they begin, with the statements of each server's own dialect. */
export const planJson = (plan: OperationPlan, steps: readonly ShownStep[]): JsonObject => ({
  outcome: 'planned',
  operation: requestJson(plan.request),
  clusterName: plan.clusterName,
  ...partJson(plan),
  held: heldServers(plan).map(keyJson),
  steps: steps.map(stepJson),
});

/** A plan, and what is done after it. */
const partJson = (plan: OperationPlan): JsonObject => ({
  ...headJson(plan),
  rejected: plan.rejected.map((one) => ({ ...one })),
  lanesAtOnce: plan.lanesAtOnce,
  before: plan.before.map(({ id }) => id),
  lanes: plan.lanes.map((lane) => ({
    server: keyJson(lane.server),
    effect: lane.effect,
    steps: lane.steps.map(({ id }) => id),
  })),
  after: plan.after.map(({ id }) => id),
  hooks: plan.hooks.map(({ kind, successor, demoted }) => ({
    kind,
    successor: keyJson(successor),
    demoted: keyJson(demoted),
  })),
  effects: (plan.effects ?? []).flatMap(effectJson),
  next: plan.next === null ? null : partJson(plan.next),
});

/** Of our own records only those that people see. */
const effectJson = (effect: OperationEffect): readonly JsonObject[] =>
  effect.kind === 'rename-cluster-alias'
    ? [{ kind: effect.kind, from: keyJson(effect.from), to: keyJson(effect.to) }]
    : [];

/** What plans and reports have in common. */
const headJson = (plan: OperationPlan): JsonObject => ({
  method: plan.method,
  because: plan.because,
  moves: plan.moves.map(moveJson),
  promoted: keyOrNull(plan.promoted),
  leftOut: plan.leftOut.map(({ key, code, reason }) => ({ server: keyJson(key), code, reason })),
  warnings: plan.warnings,
});

const headsJson = (plan: OperationPlan): JsonObject => ({
  ...headJson(plan),
  next: plan.next === null ? null : headsJson(plan.next),
});

function requestJson(request: OperationRequest): JsonObject {
  const fields: readonly (readonly [string, InstanceKey | string | number | boolean | null])[] =
    Object.entries(request);
  return Object.fromEntries(
    fields.map(([name, value]): [string, Json] => [
      name,
      typeof value === 'object' && value !== null ? keyJson(value) : value,
    ]),
  );
}

const moveJson = ({ key, from, to, method }: PlannedMove): JsonObject => ({
  server: keyJson(key),
  before: keyOrNull(from),
  after: keyOrNull(to),
  method,
});

export const stepJson = ({ step, statements, undo }: ShownStep): JsonObject => ({
  id: step.id,
  server: keyJson(step.server),
  effect: step.effect,
  dependsOn: step.dependsOn,
  statements,
  undo,
  deadlineMillis: step.deadlineMillis,
  patienceMillis: step.patienceMillis ?? null,
  onFailure: step.onFailure,
});

/** What was done, server by server. */
export function outcomeJson(outcome: OperationOutcome): JsonObject {
  if (outcome.kind === 'refused') return refusalJson(outcome.refusal, outcome.rejected);
  const failure = outcome.kind === 'done' ? {} : { code: outcome.refusal.code, message: outcome.refusal.message };
  return { outcome: outcome.kind, ...failure, ...reportJson(outcome.report) };
}

const reportJson = ({ plan, instance, servers, problems, found, millis }: OperationReport): JsonObject => ({
  operation: requestJson(plan.request),
  clusterName: plan.clusterName,
  ...headJson(plan),
  next: plan.next === null ? null : headsJson(plan.next),
  server: instance === null ? null : seenJson(instance),
  servers: servers.map(serverJson),
  problems,
  found: found.map(({ key, coordinates: { file, pos } }) => ({ server: keyJson(key), file, pos })),
  millis,
});

const serverJson = ({ key, kind, text, instance }: OperatedServer): JsonObject => ({
  server: keyJson(key),
  result: kind,
  text,
  seen: instance === null ? null : seenJson(instance),
});

/** How a server stood when it was read at the end. */
const seenJson = (instance: Instance): JsonObject => ({
  server: keyJson(instance.key),
  replicatesFrom: keyOrNull(instance.sourceKey),
  receiver: instance.receiverState,
  applier: instance.applierState,
  usesGtid: instance.usingOracleGtid || instance.usingMariadbGtid,
  delaySeconds: instance.sqlDelaySeconds,
  lagSeconds: instance.replicationLagSeconds,
  readOnly: instance.readOnly,
  gtidErrant: instance.gtidErrant,
});
