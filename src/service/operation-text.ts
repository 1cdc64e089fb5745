/**
 * Plans of operations, and reports of what became of them, for people: on a terminal and in answers as text. A plan is read at three in the morning by somebody
 * who has to say yes or no: what will be done and why so comes first, then what could go wrong, and every statement before it is sent.
 */
import { coordinatesText } from '../model/binlog-coordinates.ts';
import { compareKeys, type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import {
  type MethodName,
  type OperationPlan,
  type OperationStep,
  type PlannedMove,
  plansOf,
  type RejectedMethod,
} from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { OperatedServer, OperationOutcome, OperationReport, PlanOutcome, ShownStep } from './calls.ts';
import { printable } from './printable.ts';

/** What a plan would do, and what is done after it. `steps`: of all of that, as `shownSteps` gives them. */
export function planLines(plan: OperationPlan, steps: readonly ShownStep[]): readonly string[] {
  const plans = plansOf(plan);
  return [
    `Plan: ${requestText(plan.request)}`,
    `${plan.method === 'none' ? 'Why' : 'Method'}: ${methodText(plan)}`,
    ...plans.slice(1).map((next) => `Then: ${methodText(next)}`),
    'Nothing has been changed.',
    ...section('Moves', plans.flatMap(({ moves }) => moves).map(moveText)),
    ...section('Left as they are', leftOutTexts(plan)),
    ...section(
      'Warnings',
      plans.flatMap(({ warnings }) => warnings),
    ),
    ...rejectedLines(plans.flatMap(({ rejected }) => rejected)),
    ...section('Held meanwhile', [keysText(heldServers(plan)) || 'no server']),
    ...stepLines(plan, steps),
    ...section(
      'Seen afterwards',
      plans.flatMap((one) => effects(one, plan)),
    ),
  ].map(printable);
}

const leftOutTexts = (plan: OperationPlan): readonly string[] =>
  plansOf(plan)
    .flatMap(({ leftOut }) => leftOut)
    .map(({ key, reason }) => `${instanceKeyText(key)}: ${reason}`);

/** Those that nobody else may operate on meanwhile, by host and port. */
export function heldServers(plan: OperationPlan): readonly InstanceKey[] {
  const keys = plansOf(plan).flatMap(({ locks, lanes, locksLanes }) => [
    ...locks,
    ...(locksLanes === false ? [] : lanes.map(({ server }) => server)),
  ]);
  return [...new Map(keys.map((key) => [keyId(key), key])).values()].sort(compareKeys);
}

/** A plan, or why there is none. */
export function planOutcomeLines(outcome: PlanOutcome, shownSteps: (plan: OperationPlan) => readonly ShownStep[]) {
  return outcome.kind === 'planned' ? planLines(outcome.plan, shownSteps(outcome.plan)) : refusalLines(outcome);
}

/** What was done, server by server. */
export function outcomeLines(outcome: OperationOutcome): readonly string[] {
  if (outcome.kind === 'refused') return refusalLines(outcome);
  const { report } = outcome;
  const what = requestText(report.plan.request);
  const took = durationText(report.millis);
  const headline =
    outcome.kind === 'done'
      ? `${what}: done in ${took}, ${methodText(report.plan)}`
      : `${what}: ${outcome.kind === 'partly' ? 'done in part' : 'failed'} after ${took}: ${outcome.refusal.message} (${outcome.refusal.code})`;
  return [headline, ...reportSections(report)].map(printable);
}

function reportSections({ plan, servers, problems, found }: OperationReport): readonly string[] {
  const of = (kind: OperatedServer['kind']): readonly string[] =>
    servers.filter((server) => server.kind === kind).map(({ key, text }) => `${instanceKeyText(key)}: ${text}`);
  return [
    ...section('Done', of('done')),
    ...section('Failed', of('failed')),
    ...section('Not touched', of('untouched')),
    ...section(
      'Left as they are',
      (plan.leftOut ?? []).map(({ key, reason }) => `${instanceKeyText(key)}: ${reason}`),
    ),
    ...section(
      'Found',
      found.map(({ key, coordinates }) => `${instanceKeyText(key)} stands at ${coordinatesText(coordinates)}`),
    ),
    ...section('Not as planned', problems),
  ];
}

function refusalLines({
  refusal,
  rejected,
}: {
  readonly refusal: { readonly code: string; readonly message: string };
  readonly rejected: readonly RejectedMethod[];
}): readonly string[] {
  const lines = [`Refused: ${refusal.message} (${refusal.code})`, 'Nothing was sent to any server.'];
  return [...lines, ...rejectedLines(rejected)].map(printable);
}

/** Those of a person's own words: `relocate-replicas 10.0.0.1:3306 below 10.0.0.2:3306`. */
export function requestText(request: OperationRequest): string {
  if (request.kind === 'panic-stop') return `panic-stop ${request.clusterName} (${request.which} replicas)`;
  const { kind, key, ...rest } = request;
  const details = Object.entries(rest).map(([name, value]) => detailText(name, value));
  return [kind, instanceKeyText(key), ...details.filter((text) => text !== '')].join(' ');
}

function detailText(name: string, value: InstanceKey | string | number | boolean | null): string {
  if (value === null || value === '') return '';
  if (typeof value === 'object') return `${name} ${instanceKeyText(value)}`;
  return `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${value}`;
}

const METHODS: Readonly<Record<Exclude<MethodName, 'none'>, string>> = {
  gtid: 'by GTID',
  'file-position': 'by file and position',
  'same-coordinates': 'at the same coordinates',
  'equivalent-coordinates': 'by equivalent coordinates',
  'pseudo-gtid': 'by pseudo-GTID',
};

const methodName = (method: MethodName): string => (method === 'none' ? 'without moving anything' : METHODS[method]);

const methodText = ({ method, because }: OperationPlan): string =>
  [method === 'none' ? '' : methodName(method), because].filter((text) => text !== '').join(', since ') ||
  methodName(method);

function moveText({ key, from, to, method }: PlannedMove): string {
  const place = (source: InstanceKey | null): string => (source === null ? 'no source' : instanceKeyText(source));
  const how = method === 'none' ? '' : `, ${methodName(method)}`;
  return `${instanceKeyText(key)}: ${place(from)} -> ${place(to)}${how}`;
}

/** A method that does not fit, and why. */
export const rejectedText = ({ method, reason }: RejectedMethod): string => `${methodName(method)}: ${reason}`;

const rejectedLines = (rejected: readonly RejectedMethod[]): readonly string[] =>
  section('Methods that do not fit', rejected.map(rejectedText));

function stepLines(plan: OperationPlan, steps: readonly ShownStep[]): readonly string[] {
  if (steps.length === 0) return section('Steps', ['none: there is nothing to do']);
  const atOnce = Math.max(...plansOf(plan).map(({ lanes, lanesAtOnce }) => Math.min(lanes.length, lanesAtOnce)));
  const beside = atOnce < 2 ? '' : ` (${atOnce} servers beside each other)`;
  const numbers = new Map<OperationStep['id'], number>();
  const lines = steps.flatMap((shown, index) => {
    // What is done afterwards may have steps of the same names: each depends on the last one before it.
    const own = oneStep(shown, index + 1, numbers);
    numbers.set(shown.step.id, index + 1);
    return own;
  });
  return ['', `Steps${beside}:`, ...lines];
}

function oneStep(
  { step, statements, undo }: ShownStep,
  number: number,
  numbers: ReadonlyMap<OperationStep['id'], number>,
): readonly string[] {
  const server = instanceKeyText(step.server);
  const after = step.dependsOn.map((id) => numbers.get(id) ?? id);
  const order = after.length === 0 ? '' : `, after ${after.join(', ')}`;
  return [
    `  ${number}. ${server}: ${step.effect} (at most ${durationText(step.deadlineMillis)}${order}${failureText(step)})`,
    ...(statements.length > 0
      ? statementLines(server, statements)
      : step.commands.map((command) => `       ${server}: (sends nothing: ${stepCommandText(command)})`)),
    ...(undo.length === 0 ? [] : ['     undone on failure by:', ...statementLines(server, undo)]),
  ];
}

/** Thousands of empty transactions would push all else off the screen; the plan as JSON has every one. */
const STATEMENTS_SHOWN_MAX = 20;

function statementLines(server: string, statements: readonly string[]): readonly string[] {
  const more = statements.length - STATEMENTS_SHOWN_MAX;
  return [
    ...statements.slice(0, STATEMENTS_SHOWN_MAX).map((statement) => `       ${server}: ${statement};`),
    ...(more > 0 ? [`       ${server}: … and ${more} more statements`] : []),
  ];
}

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

/** One line a lane; of servers that do the same, one for all. Of a server that is moved twice only what comes of the last move, within the whole plan. */
function effects(
  { lanes, promoted, hooks, effects: recorded = [], next }: OperationPlan,
  whole: OperationPlan,
): readonly string[] {
  const later = next === null ? [] : plansOf(next).flatMap((plan) => plan.lanes);
  const byEffect = new Map<string, InstanceKey[]>();
  for (const { effect, server } of lanes) {
    if (later.some((lane) => sameKey(lane.server, server))) continue;
    byEffect.set(effect, [...(byEffect.get(effect) ?? []), server]);
  }
  const hasLane = plansOf(whole).some((plan) => plan.lanes.some(({ server }) => sameKey(server, promoted)));
  return [
    ...[...byEffect].map(([effect, servers]) => `${keysText(servers)}: ${effect}`),
    ...(promoted === null || hasLane ? [] : [`${instanceKeyText(promoted)}: it is the source of the others`]),
    ...recorded.map(
      ({ from, to }) => `the alias of cluster ${instanceKeyText(from)} is that of ${instanceKeyText(to)}`,
    ),
    ...hooks.map(({ kind }) => `hooks are run: ${kind}`),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

const keysText = (keys: readonly InstanceKey[]): string => keys.map(instanceKeyText).join(', ');

const SECOND_MILLIS = 1_000;

function durationText(millis: number): string {
  if (millis < SECOND_MILLIS) return `${Math.round(millis)} ms`;
  return `${Math.round(millis / 100) / 10} s`;
}
