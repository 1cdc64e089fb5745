/** Steps of a plan for people: who is told what in which order, and by what it is undone. */
import { instanceKeyText } from '../model/instance-key.ts';
import { type OperationPlan, type OperationStep, plansOf } from '../planning/operations/operation-plan.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { ShownStep } from './calls.ts';
import { durationText, section } from './operation-words.ts';

export function stepLines(plan: OperationPlan, steps: readonly ShownStep[]): readonly string[] {
  if (steps.length === 0) return section('Steps', ['none: there is nothing to do']);
  const atOnce = Math.max(...plansOf(plan).map(({ lanes, lanesAtOnce }) => Math.min(lanes.length, lanesAtOnce)));
  const beside = atOnce < 2 ? '' : ` (${atOnce} servers beside each other)`;
  return ['', `Steps${beside}:`, ...numberedLines(steps, turnOf(plan))];
}

/** `turnOf`: when a step begins that names no other to wait for. `first`: the number of the first one. */
export function numberedLines(
  steps: readonly ShownStep[],
  turnOf: (step: OperationStep) => string,
  first = 1,
): readonly string[] {
  const numbers = new Map<OperationStep['id'], number>();
  return steps.flatMap((shown, index) => {
    // What is done afterwards may have steps of the same names: each depends on the last one before it.
    const own = oneStep(shown, first + index, numbers, turnOf(shown.step));
    numbers.set(shown.step.id, first + index);
    return own;
  });
}

/** When a step begins that names no other to wait for. */
function turnOf(plan: OperationPlan): (step: OperationStep) => string {
  const [, ...later] = plansOf(plan);
  const last = new Set(plansOf(plan).flatMap(({ after }) => after));
  const following = new Set(later.flatMap(({ before, lanes }) => [...before, ...lanes.flatMap(({ steps }) => steps)]));
  return (step) => {
    if (step.dependsOn.length > 0) return '';
    if (last.has(step)) return ', at the end';
    return following.has(step) ? ', once all before is done' : '';
  };
}

function oneStep(
  { step, statements, undo }: ShownStep,
  number: number,
  numbers: ReadonlyMap<OperationStep['id'], number>,
  turn: string,
): readonly string[] {
  const server = instanceKeyText(step.server);
  const after = step.dependsOn.map((id) => numbers.get(id) ?? id);
  const order = after.length === 0 ? turn : `, after ${after.join(', ')}`;
  const lines = [
    `  ${number}. ${server}: ${step.effect} (${timeText(step, statements.length > 0)}${order}${failureText(step)})`,
    ...(statements.length > 0 ? statementLines(statements) : [`       ${silenceText(step)}`]),
    ...(undo.length === 0 ? [] : ['     undone on failure by:', ...statementLines(undo)]),
  ];
  return lines.map((line) => withNumbers(line, numbers));
}

/** Places that are known only when the plan is run tell after which step: by its number, which is all of a step that is shown. */
const withNumbers = (line: string, numbers: ReadonlyMap<OperationStep['id'], number>): string =>
  [...numbers].reduce((text, [id, number]) => text.replaceAll(`"${id}"`, `step ${number}`), line);

/** How long it may take: for what is sent, and then until it is seen to have come true. */
function timeText({ deadlineMillis, patienceMillis }: OperationStep, sends: boolean): string {
  if (patienceMillis === undefined) return `at most ${durationText(deadlineMillis)}`;
  const patience = durationText(patienceMillis);
  return sends ? `at most ${durationText(deadlineMillis)}, and ${patience} until it is so` : `at most ${patience}`;
}

/** What a step is for that sends no statement. */
function silenceText({ commands, precondition, postcondition }: OperationStep): string {
  const looks =
    precondition.kind !== 'none' && postcondition.kind === 'none' ? 'looks, and goes on only if' : 'waits until';
  const what = commands.length === 0 ? `${looks} it is so` : commands.map(stepCommandText).join(', ');
  return `(sends nothing: ${what})`;
}

/** Thousands of empty transactions would push all else off the screen; the plan as JSON has every one. */
const STATEMENTS_SHOWN_MAX = 20;

function statementLines(statements: readonly string[]): readonly string[] {
  const more = statements.length - STATEMENTS_SHOWN_MAX;
  return [
    ...statements.slice(0, STATEMENTS_SHOWN_MAX).map((statement) => `       ${ended(statement)}`),
    ...(more > 0 ? [`       … and ${more} more statements`] : []),
  ];
}

/** Words in parentheses stand for what cannot be told as a statement. */
const ended = (statement: string): string => (statement.startsWith('(') ? statement : `${statement};`);

function failureText({ onFailure }: OperationStep): string {
  switch (onFailure) {
    case 'abort':
      return '';
    case 'lose-server':
      return '; its failure leaves this server behind';
    case 'note':
      return '; its failure is noted, nothing more';
  }
}
