/**
 * Plans of operations, and reports of what became of them, for people: on a terminal and in answers as text. A plan is read at three in the morning by somebody
 * who has to say yes or no: what will be done and why so comes first, then what could go wrong, and every statement before it is sent.
 */
import { coordinatesText } from '../model/binlog-coordinates.ts';
import { compareKeys, type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import {
  type OperationPlan,
  type PlannedMove,
  plansOf,
  type RejectedMethod,
} from '../planning/operations/operation-plan.ts';
import type { OperatedServer, OperationOutcome, OperationReport, PlanOutcome, Refusal, ShownStep } from './calls.ts';
import { stepLines } from './operation-steps-text.ts';
import {
  durationText,
  keysText,
  leftOutTexts,
  methodName,
  methodText,
  rejectedText,
  requestText,
  section,
} from './operation-words.ts';
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
  readonly refusal: Refusal;
  readonly rejected: readonly RejectedMethod[];
}): readonly string[] {
  const lines = [`Refused: ${refusal.message} (${refusal.code})`, 'Nothing was sent to any server.'];
  return [...lines, ...rejectedLines(rejected)].map(printable);
}

function moveText({ key, from, to, method }: PlannedMove): string {
  const place = (source: InstanceKey | null): string => (source === null ? 'no source' : instanceKeyText(source));
  const how = method === 'none' ? '' : `, ${methodName(method)}`;
  return `${instanceKeyText(key)}: ${place(from)} -> ${place(to)}${how}`;
}

const rejectedLines = (rejected: readonly RejectedMethod[]): readonly string[] =>
  section('Methods that do not fit', rejected.map(rejectedText));

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
    ...recorded.flatMap((effect) =>
      effect.kind === 'rename-cluster-alias'
        ? [`the alias of cluster ${instanceKeyText(effect.from)} is that of ${instanceKeyText(effect.to)}`]
        : [],
    ),
    ...hooks.map(({ kind }) => `hooks are run: ${kind}`),
  ];
}
