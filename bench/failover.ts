// How long clients cannot write when the primary crashes, hangs, or hands over: measured by an independent writer.

import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startDemo } from '../src/sandbox/demo.ts';
import { type DrillEvent, type DrillOutcome, type DrillResult, drill } from '../src/sandbox/drill.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

const shortestIntervalMillis = 5;

/** All servers together: each applies every row, and a machine that has no time for anything else would be slow in a failover too. */
const rowsAppliedPerSecondMax = 800;

const millisPerSecond = 1000;

/** Between the start and the event at least so long: connections are warm and the start's own load is over. */
const warmUpMillis = 2_000;

/** The poll interval of the demo's configuration: events come at any moment between two polls, as in life. */
const pollIntervalMillis = 1_000;

/** How many replicas the targets name: of a usual cluster, and of a large one. */
export const failoverReplicas: readonly number[] = [3, 20];

/** Of a crash the worst of many is asked for, of the others the median. */
export const failoverTrials: Readonly<Record<DrillEvent, number>> = { crash: 20, hang: 5, switchover: 5 };

export interface FailoverBench {
  readonly family: ServerFamily;
  readonly event: DrillEvent;
  readonly replicas: number;
  readonly trials: number;
  readonly say: (line: string) => void;
}

/** One JSON object. Each trial has fresh servers and a fresh orchestrator. */
export async function benchFailover({ family, event, replicas, trials, say }: FailoverBench): Promise<object> {
  const outcomes: DrillOutcome[] = [];
  const failures: string[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    const result = await oneTrial(family, event, replicas);
    say(`${family} 1 + ${replicas} ${event} ${trial}/${trials}: ${resultText(result)}`);
    if (result.kind === 'recovered') outcomes.push(result);
    else failures.push(result.reason);
  }
  const worst = (pick: (outcome: DrillOutcome) => number) => Math.max(0, ...outcomes.map(pick));
  return {
    bench: 'failover',
    family,
    event,
    replicas,
    writeIntervalMillis: intervalMillis(1 + replicas),
    trials,
    recovered: outcomes.length,
    failures,
    writeGapMillis: summary(outcomes.map((outcome) => outcome.writeGapMillis)),
    attachedMillis: summary(outcomes.map((outcome) => outcome.attachedMillis).filter((millis) => millis !== null)),
    callMillis: summary(outcomes.map((outcome) => outcome.callMillis).filter((millis) => millis !== null)),
    replicasLeftBehindWorst: worst((outcome) => outcome.replicasLeftBehind),
    rowsAcknowledged: outcomes.reduce((sum, outcome) => sum + outcome.rowsAcknowledged, 0),
    rowsNeverReplicatedWorst: worst((outcome) => outcome.rowsMissing - outcome.rowsThrownAway),
    rowsThrownAwayWorst: worst((outcome) => outcome.rowsThrownAway),
    ...surroundings(`${family} ${outcomes[0]?.promoted.version ?? 'unknown'}`),
  };
}

/** Between two rows; no gap can be measured more finely. */
const intervalMillis = (servers: number): number =>
  Math.max(shortestIntervalMillis, (servers * millisPerSecond) / rowsAppliedPerSecondMax);

async function oneTrial(family: ServerFamily, event: DrillEvent, replicas: number): Promise<DrillResult> {
  const writeIntervalMillis = intervalMillis(1 + replicas);
  const demo = await startDemo({ family, replicas, writeIntervalMillis });
  try {
    await pause(warmUpMillis + randomInt(pollIntervalMillis));
    return await drill(demo, event);
  } finally {
    await demo.stop();
  }
}

function resultText(result: DrillResult): string {
  if (result.kind === 'failed') return `FAILED: ${result.reason}`;
  const { writeGapMillis, attachedMillis, callMillis, replicasLeftBehind, rowsMissing, rowsThrownAway } = result;
  const rounded = (millis: number | null) => (millis === null ? 'never' : `${Math.round(millis)} ms`);
  return [
    `no writes for ${rounded(writeGapMillis)}`,
    `all attached after ${rounded(attachedMillis)}`,
    ...(callMillis === null ? [] : [`call ${rounded(callMillis)}`]),
    `left behind ${replicasLeftBehind}`,
    `rows missing ${rowsMissing}, thrown away ${rowsThrownAway}`,
  ].join(', ');
}
