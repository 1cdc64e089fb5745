/**
 * Replicas of one server go below another, each by whichever method fits it (spec/topology-operations.md 3.9, O59, O28). What cannot be moved is left out by name; it is
 * no failure of the others.
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../../model/instance-key.ts';
import { planned } from './draft-plan.ts';
import { replicasBehind } from './gtid-moves.ts';
import { goesBySameCoordinates } from './match.ts';
import { isAtOrBelow, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type LeftOut,
  type OperationPlan,
  type OperationPlanResult,
  type OperationRefusal,
  refuse,
} from './operation-plan.ts';
import type { MoveReplicasRequest } from './operation-request.ts';
import { relocation } from './relocate.ts';
import { replicasToMove, repointAll } from './repoint.ts';

export function planRelocateReplicas(
  request: Extract<MoveReplicasRequest, { kind: 'relocate-replicas' }>,
  facts: OperationFacts,
): OperationPlanResult {
  return relocateReplicas(request, request.key, request.below, request.pattern, facts);
}

export function planTakeSiblings(
  request: Extract<MoveReplicasRequest, { kind: 'take-siblings' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  if (notAReplica(instance) !== null || instance.sourceKey === null) {
    return refuse('not-a-replica', `take-siblings: instance ${instanceKeyText(instance.key)} is not a replica.`);
  }
  return relocateReplicas(request, instance.sourceKey, instance.key, '', facts);
}

function relocateReplicas(
  request: MoveReplicasRequest,
  key: InstanceKey,
  belowKey: InstanceKey,
  pattern: string,
  facts: OperationFacts,
): OperationPlanResult {
  const source = facts.topology.get(key);
  if (source === undefined) return unknown(key);
  const below = facts.topology.get(belowKey);
  if (below === undefined) return unknown(belowKey);
  const replicas = replicasToMove(key, below.key, pattern, facts);
  const refusal = ancestorRefusal(replicas, below, facts);
  if (refusal !== null) return refusal;
  const audit = {
    type: 'relocate-replicas',
    key,
    message: `relocated {done} replicas of ${instanceKeyText(key)} below ${instanceKeyText(below.key)}`,
  };
  if (sameKey(key, below.key) || goesBySameCoordinates(source, below)) {
    const result = repointAll(request, source, replicas, below.key, facts);
    return result.kind === 'refused' || replicas.length === 0
      ? result
      : { ...result, plan: { ...result.plan, audits: [...result.plan.audits, audit] } };
  }
  return each(request, source, replicasBehind(key, below.key, pattern, facts), below, audit, facts);
}

function ancestorRefusal(
  replicas: readonly Instance[],
  below: Instance,
  facts: OperationFacts,
): OperationRefusal | null {
  const above = replicas.find((replica) => isAtOrBelow(below.key, replica.key, facts));
  if (above === undefined) return null;
  const text = `relocate-replicas: ${instanceKeyText(below.key)} is a descendant of ${instanceKeyText(above.key)}`;
  return refuse('descendant', text);
}

interface Sorted {
  readonly plans: readonly OperationPlan[];
  readonly leftOut: readonly LeftOut[];
}

function each(
  request: MoveReplicasRequest,
  source: Instance,
  replicas: readonly Instance[],
  below: Instance,
  audit: OperationPlan['audits'][number],
  facts: OperationFacts,
): OperationPlanResult {
  const { plans, leftOut } = sorted(request, replicas, below, facts);
  if (plans.length === 0 && leftOut.length > 0) {
    const text = `Relocating ${replicas.length} replicas of ${instanceKeyText(source.key)} below ${instanceKeyText(below.key)} turns to be too complex; please do it manually. `;
    return refuse('too-complex', `${text}Additional Errors: ${leftOut.map(({ reason }) => reason).join('; ')}`);
  }
  const together = plans.filter(canRunBesideOthers);
  const alone = plans.filter((plan) => !canRunBesideOthers(plan));
  const merged = mergedPlan(request, source, together, facts);
  const [first = merged, ...later] = together.length > 0 ? [merged, ...alone] : alone;
  const methods = [...new Set(plans.map(({ method }) => method))];
  const because = methods.length > 1 ? 'each goes by the method that fits it' : first.because;
  const audits = plans.length === 0 ? [] : [audit];
  return { kind: 'planned', plan: { ...oneAfterAnother(first, later), because, leftOut, audits } };
}

function sorted(
  request: MoveReplicasRequest,
  replicas: readonly Instance[],
  below: Instance,
  facts: OperationFacts,
): Sorted {
  const plans: OperationPlan[] = [];
  const leftOut: LeftOut[] = [];
  for (const replica of replicas) {
    const result = relocation({ request, instance: replica, below, facts, level: 0 });
    if (result.kind === 'planned') plans.push(result.plan);
    else leftOut.push({ key: replica.key, code: result.code, reason: result.text });
  }
  return { plans, leftOut };
}

/** What tells a neighbour to go on to some place, and takes two moves, must not be done several times at once. */
const canRunBesideOthers = ({ lanes, next }: OperationPlan): boolean =>
  next === null &&
  lanes.every(({ server, steps }) => steps.every((one) => sameKey(one.server, server) || one.commands.length === 0));

/** Several moves as one plan: what they hold is held once. */
function mergedPlan(
  request: MoveReplicasRequest,
  source: Instance,
  plans: readonly OperationPlan[],
  facts: OperationFacts,
): OperationPlan {
  const [first] = plans;
  return planned(request, source, facts, {
    method: first?.method ?? 'none',
    because: first?.because ?? 'there is nothing to move',
    rejected: first?.rejected ?? [],
    locks: uniqueBy(
      plans.flatMap(({ locks }) => locks),
      keyId,
    ),
    before: uniqueBy(
      plans.flatMap(({ before }) => before),
      ({ id }) => id,
    ),
    lanes: plans.flatMap(({ lanes }) => lanes),
    after: uniqueBy(
      plans.flatMap(({ after }) => after),
      ({ id }) => id,
    ),
    moves: plans.flatMap(({ moves }) => moves),
    warnings: plans.flatMap(({ warnings }) => warnings),
  }).plan;
}

function uniqueBy<Value>(values: readonly Value[], idOf: (value: Value) => string): readonly Value[] {
  return [...new Map(values.map((value) => [idOf(value), value])).values()];
}

function oneAfterAnother(first: OperationPlan, later: readonly OperationPlan[]): OperationPlan {
  const [second, ...rest] = later;
  if (second === undefined) return first;
  const following = { ...oneAfterAnother(second, rest), startsAnyway: true as const };
  return { ...first, next: first.next === null ? following : oneAfterAnother(first.next, [following]) };
}
