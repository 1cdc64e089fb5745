/** Takes back what the steps of a plan have done, the last one first. */
import { errorText } from '../model/error-text.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { Plan, PlanStep, StepId } from '../planning/plan.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import type { PlanEnd } from './plan-end.ts';
import { resolveCommands } from './resolve-step.ts';
import { MAY_NOT_ACT, type PlanRunnerOptions, Sightings } from './runner-options.ts';
import { undoneBefore } from './undo-order.ts';

/**
 * Sends the undo of every step that was done, as soon as what depends on it is undone. Returns what could not be undone, as one line a step, the last step
 * first. Sends nothing where this node may not act any more: another one may be at work.
 */
export async function undoPlan(
  plan: Plan<StepCommand>,
  end: PlanEnd,
  options: PlanRunnerOptions,
): Promise<readonly string[]> {
  const left = await undoSteps(plan, end, options);
  // Whoever may act no more leaves it to whoever may.
  return [...left].filter(([, text]) => text !== MAY_NOT_ACT).map(([id, text]) => `${id}: ${text}`);
}

/** The same, by step, with what this node may not undo any more: for whoever tries again later. */
export async function undoSteps(
  plan: Plan<StepCommand>,
  end: PlanEnd,
  options: PlanRunnerOptions,
): Promise<ReadonlyMap<StepId, string>> {
  const undoing = new Map<StepId, Promise<string | null>>();
  for (const step of [...plan.steps].reverse()) {
    const dependants = undoneBefore(step, plan.steps);
    const before = Promise.all(dependants.map(({ id }) => undoing.get(id)));
    const wasDone = end.results.get(step.id)?.kind === 'done';
    // One that is silent must not keep the others waiting: their receivers stand still.
    if (wasDone && step.undo.length > 0)
      undoing.set(step.id, before.then(() => undoStep(step, options)).catch(errorText));
  }
  const failures = new Map<StepId, string>();
  for (const [id, failure] of undoing) {
    const text = await failure;
    if (text !== null) failures.set(id, text);
  }
  return failures;
}

/** Null: it is undone. */
export async function undoStep(step: PlanStep<StepCommand>, options: PlanRunnerOptions): Promise<string | null> {
  if (!options.mayGoOn()) return MAY_NOT_ACT;
  const commands = step.undo.map(stepCommandText).join(', ');
  // K12: whoever finds the journal cut here has to look what became of it.
  await options.journal(step, 'undoing', commands);
  if (!options.mayGoOn()) return MAY_NOT_ACT;
  const sightings = options.sightings ?? new Sightings();
  const resolved = await resolveCommands(step.server, step.undo, options, sightings, step.id);
  const result: CommandResult | null =
    resolved.kind === 'refused'
      ? null
      : await options.servers.execute(step.server, resolved.commands, step.deadlineMillis, options.mayGoOn);
  if (result?.kind === 'done') {
    await options.journal(step, 'undone', commands);
    return null;
  }
  const text = resolved.kind === 'refused' ? resolved.reason : result?.kind === 'failed' ? result.failure.text : '';
  await options.journal(step, 'failed', text);
  return text;
}
