/**
 * How long the steps of a plan will take, before any of them is begun: the longest way through them. Pure.
 */
import type { StepCommand } from './deferred-command.ts';
import type { PlanStep, StepId } from './plan.ts';

export interface PredictedTime {
  /** As things are now. */
  readonly expectedMillis: number;
  /** When every step takes as long as it may. */
  readonly atMostMillis: number;
}

/** What is known of a server beforehand. */
export interface ServerPace {
  /** One statement there and back. */
  readonly roundTripMillis: number;
  /** For what it has received and not applied. */
  readonly backlogMillis: number;
}

/** Plans that are run one after the other. */
export function predictedTime(
  plans: readonly (readonly PlanStep<StepCommand>[])[],
  paceOf: (step: PlanStep<StepCommand>) => ServerPace,
): PredictedTime {
  const sum = (cost: (step: PlanStep<StepCommand>) => number): number =>
    plans.reduce((total, steps) => total + longestWay(steps, cost), 0);
  return {
    expectedMillis: sum((step) => expectedMillis(step, paceOf(step))),
    atMostMillis: sum(({ deadlineMillis, patienceMillis = 0 }) => deadlineMillis + patienceMillis),
  };
}

/** Steps begin once those that they depend on have ended. They are in such an order that those come first. */
function longestWay(steps: readonly PlanStep<StepCommand>[], cost: (step: PlanStep<StepCommand>) => number): number {
  const ends = new Map<StepId, number>();
  for (const step of steps) {
    const begins = Math.max(0, ...step.dependsOn.map((id) => ends.get(id) ?? 0));
    ends.set(step.id, begins + cost(step));
  }
  return Math.max(0, ...ends.values());
}

/** Each command is one statement, and then the server is looked at; whoever waits for transactions waits for what is not applied. */
function expectedMillis(
  { commands, postcondition }: PlanStep<StepCommand>,
  { roundTripMillis, backlogMillis }: ServerPace,
): number {
  const looks = postcondition.kind === 'none' ? 0 : 1;
  const waits = commands.some(({ kind }) => kind === 'wait-for-gtid') ? backlogMillis : 0;
  return (commands.length + looks) * roundTripMillis + waits;
}
