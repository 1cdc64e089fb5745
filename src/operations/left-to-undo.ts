/** Which steps of a lane are to be undone, at first and again later. */
import { hasTouched, type PlanEnd } from '../execution/plan-end.ts';
import { undoneBefore } from '../execution/undo-order.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { OperationStep } from '../planning/operations/operation-plan.ts';
import type { StepId } from '../planning/plan.ts';

/**
 * A step that was sent and could not be seen to come true may have come true in part: a receiver was stopped, a source was changed. Its undo is sent as well.
 */
export function withTried(steps: readonly OperationStep[], end: PlanEnd): PlanEnd {
  const results = new Map(end.results);
  for (const { id } of steps) {
    const result = results.get(id);
    if (result?.kind === 'failed' && hasTouched(result)) results.set(id, { kind: 'done', instance: null });
  }
  return { ...end, results };
}

/**
 * What is still to be undone on one server: the steps whose undo has failed, and those before them whose undo was sent all the same. A server that goes back to its former
 * source only now stands still after that, although its threads had been started once.
 */
export function againFrom(
  steps: readonly OperationStep[],
  end: PlanEnd,
  left: ReadonlySet<StepId>,
  server: InstanceKey,
): PlanEnd {
  const { results } = withTried(steps, end);
  const isHere = (one: OperationStep): boolean => sameKey(one.server, server);
  const isAgain = (one: OperationStep): boolean =>
    [one, ...undoneBefore(one, steps)].some((later) => isHere(later) && left.has(later.id));
  const again = steps.filter((one) => isHere(one) && isAgain(one) && results.get(one.id)?.kind === 'done');
  return { ...end, results: new Map(again.map(({ id }) => [id, { kind: 'done', instance: null }])) };
}

/** A server that stays where it is runs there as it was found. */
export const withoutMoves = (steps: readonly OperationStep[], end: PlanEnd): PlanEnd => {
  const moves = steps.filter(({ undo }) => undo.some(({ kind }) => kind === 'follow-when-safe')).map(({ id }) => id);
  return { ...end, results: new Map([...end.results].filter(([id]) => !moves.includes(id))) };
};
