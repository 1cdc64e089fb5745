/** In which order the steps of a plan are undone. */
import { sameKey } from '../model/instance-key.ts';
import type { PlanStep } from '../planning/plan.ts';

/**
 * What is undone before this step: what depends on it; and on its own server also what depends on that, however far, through steps that have nothing to undo. A receiver
 * that was started before its server had gone back to its source would be stopped again by that, and stay so.
 */
export function undoneBefore<Command>(
  step: PlanStep<Command>,
  steps: readonly PlanStep<Command>[],
): readonly PlanStep<Command>[] {
  const later = new Set<PlanStep<Command>>();
  const follow = (one: PlanStep<Command>): void => {
    for (const dependant of steps.filter(({ dependsOn }) => dependsOn.includes(one.id))) {
      if (later.has(dependant)) continue;
      later.add(dependant);
      follow(dependant);
    }
  };
  follow(step);
  // One that is silent must not keep others waiting that it has nothing to do with.
  return [...later].filter(({ dependsOn, server }) => dependsOn.includes(step.id) || sameKey(server, step.server));
}
