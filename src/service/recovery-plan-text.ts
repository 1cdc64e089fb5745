/** A plan of a recovery for people, in the order in which they decide: who, what becomes of the others, what is lost, how long, and then every statement. */
import { instanceKeyText } from '../model/instance-key.ts';
import { durabilityText } from '../planning/durability.ts';
import type { PredictedTime } from '../planning/predicted-time.ts';
import { numberedLines } from './operation-steps-text.ts';
import { durationText, section } from './operation-words.ts';
import { printable } from './printable.ts';
import type { PlannedStage, RecoveryPlan, ServerAfterwards, ServerVerdict } from './recovery-plan.ts';

export function recoveryPlanLines(plan: RecoveryPlan): readonly string[] {
  const { kind, clusterName, clusterAlias, primary, promoted, because, time, outage } = plan;
  const [from, to] = [instanceKeyText(primary), instanceKeyText(promoted)];
  const name = clusterAlias === clusterName ? clusterName : `${clusterAlias} (${clusterName})`;
  return [
    kind === 'failover'
      ? `If ${from} died now: ${to} would take its place, ${because}`
      : `${to} would take over from ${from}, ${because}`,
    `Cluster: ${name}`,
    'Nothing has been changed.',
    ...section('Afterwards', plan.servers.map(serverText)),
    ...section('Loss', [lossText(plan), ...plan.servers.flatMap(atRiskTexts)]),
    ...section('Time', [
      kind === 'failover'
        ? `writable again in ${timeText(outage)}, from the moment in which the death is proven`
        : `nobody takes writes for ${timeText(outage)}`,
      `all of it in ${timeText(time)}, and what hooks take`,
    ]),
    ...section('Warnings', plan.warnings),
    ...stageLines(plan.stages),
  ].map(printable);
}

const AFTERWARDS: Readonly<Record<ServerAfterwards, string>> = {
  primary: 'primary',
  replica: 'replica',
  lost: 'lost',
  pending: 'as it is',
  replaced: 'replaced',
};

function serverText({ key, afterwards, because, notPromoted }: ServerVerdict): string {
  const why = because === '' ? '' : `, ${because}`;
  const not = notPromoted === '' ? '' : `; not a candidate: ${notPromoted}`;
  return `${instanceKeyText(key)}: ${AFTERWARDS[afterwards]}${why}${not}`;
}

function lossText({ durability }: RecoveryPlan): string {
  return durability === 'nothing-is-lost'
    ? 'nothing: the new primary has all that the old one has, or it is called off'
    : durabilityText(durability);
}

const atRiskTexts = ({ key, transactionsAtRisk }: ServerVerdict): readonly string[] =>
  transactionsAtRisk === '' ? [] : [`${instanceKeyText(key)} alone would have ${transactionsAtRisk}`];

const timeText = ({ expectedMillis, atMostMillis }: PredictedTime): string =>
  `about ${durationText(expectedMillis)} (${durationText(atMostMillis)} at most)`;

function stageLines(stages: readonly PlannedStage[]): readonly string[] {
  let first = 1;
  return stages.flatMap(({ what, steps }) => {
    const lines = numberedLines(steps, () => '', first);
    first += steps.length;
    return ['', `Steps: ${what}`, ...lines];
  });
}
