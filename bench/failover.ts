// The write gap of a failover or switchover, as a client feels it that knows nothing of orchestrator.

import { setTimeout as pause } from 'node:timers/promises';
import { startDemo } from '../src/sandbox/demo.ts';
import { type DrillEvent, type DrillOutcome, drill, drillEvents } from '../src/sandbox/drill.ts';
import { type ServerFamily, serverFamilies } from '../src/sandbox/server-binaries.ts';
import { machine, median, rounded } from './machine.ts';

const defaultTrials = 5;

const writeIntervalMillis = 5;

/** Writes before the event, so that there is something to lose. */
const warmUpMillis = 2_000;

type Options = ReadonlyMap<string, string | undefined>;

export async function benchFailover(options: Options, report: (result: object) => void): Promise<void> {
  const trials = Math.max(1, Number(options.get('trials') ?? defaultTrials) || defaultTrials);
  for (const family of chosen(serverFamilies, options.get('family'))) {
    for (const event of chosen(drillEvents, options.get('event'))) {
      report(await measure(family, event, trials));
    }
  }
}

function chosen<Name extends string>(all: readonly Name[], wanted: string | undefined): readonly Name[] {
  return wanted === undefined ? all : all.filter((name) => name === wanted);
}

async function measure(family: ServerFamily, event: DrillEvent, trials: number): Promise<object> {
  const outcomes: DrillOutcome[] = [];
  const failures: string[] = [];
  let version = '';
  for (let trial = 1; trial <= trials; trial++) {
    // Everything fresh: a trial must not feel the one before it.
    const demo = await startDemo({ family, writeIntervalMillis });
    try {
      version = demo.fleet.primary.version;
      await pause(warmUpMillis);
      const result = await drill(demo, event);
      if (result.kind === 'recovered') outcomes.push(result);
      else failures.push(result.reason);
      console.error(`${family} ${event} ${trial}/${trials}: ${describe(result)}`);
    } finally {
      await demo.stop();
    }
  }
  return { bench: 'failover', family, version, event, trials, failures, ...summary(outcomes), machine: machine() };
}

function describe(result: DrillOutcome | { readonly kind: 'failed'; readonly reason: string }): string {
  return result.kind === 'failed' ? `failed: ${result.reason}` : `write gap ${Math.round(result.writeGapMillis)} ms`;
}

function summary(outcomes: readonly DrillOutcome[]): object {
  const spread = (pick: (outcome: DrillOutcome) => number | null): object | null => {
    const values = outcomes.map(pick).filter((value) => value !== null);
    if (values.length === 0) return null;
    return {
      median: rounded(median(values)),
      worst: rounded(Math.max(...values)),
      all: values.map(rounded),
    };
  };
  const total = (pick: (outcome: DrillOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  return {
    writeGapMillis: spread((outcome) => outcome.writeGapMillis),
    attachedMillis: spread((outcome) => outcome.attachedMillis),
    callMillis: spread((outcome) => outcome.callMillis),
    replicasLeftBehind: total((outcome) => outcome.replicasLeftBehind),
    rowsAcknowledged: total((outcome) => outcome.rowsAcknowledged),
    rowsMissing: total((outcome) => outcome.rowsMissing),
    rowsThrownAway: total((outcome) => outcome.rowsThrownAway),
  };
}
