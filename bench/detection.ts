// From a fault of the primary to the conclusion that it is dead, as a listener of orchestrator's events hears it. Nothing is recovered: every trial is a
// detection alone.

import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { claimsDeath, type EntryCode } from '../src/analysis/codes.ts';
import { startDemo } from '../src/sandbox/demo.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { listenTo } from './node-events.ts';
import { summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

export const faults = ['crash', 'hang'] as const;
export type Fault = (typeof faults)[number];

const signalOf: Readonly<Record<Fault, NodeJS.Signals>> = { crash: 'SIGKILL', hang: 'SIGSTOP' };

/** As the reference polls by default: what is measured must not come from looking more often. */
const configuration = { InstancePollSeconds: 5, RecoverMasterClusterFilters: [] };

const writeIntervalMillis = 5;

/** Beyond the start and its crawl: at any moment between two polls. */
const warmUpMillis = 6_000;
const phaseMillis = 5_000;

const giveUpMillis = 30_000;

export interface DetectionBench {
  readonly family: ServerFamily;
  readonly fault: Fault;
  readonly trials: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchDetection({ family, fault, trials, say }: DetectionBench): Promise<object> {
  const times: number[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    const millis = await detectionMillis(family, fault);
    say(
      `${family} ${fault} ${trial}/${trials}: ${millis === null ? 'not detected' : `dead after ${Math.round(millis)} ms`}`,
    );
    if (millis !== null) times.push(millis);
  }
  return {
    bench: 'detection',
    family,
    fault,
    trials,
    detected: times.length,
    pollSeconds: configuration.InstancePollSeconds,
    concludedAfterMillis: summary(times),
    ...surroundings(family),
  };
}

/** Null: it was not concluded in time. */
async function detectionMillis(family: ServerFamily, fault: Fault): Promise<number | null> {
  const demo = await startDemo({ family, writeIntervalMillis, configuration });
  const { primary } = demo.fleet;
  const concluded = Promise.withResolvers<number>();
  const events = await listenTo(demo.orchestrator.url, ({ kind, key, code }) => {
    const isOfPrimary = kind === 'analysis-changed' && key?.port === primary.port;
    if (isOfPrimary && claimsDeath(code as EntryCode)) concluded.resolve(performance.now());
  });
  try {
    await pause(warmUpMillis + randomInt(phaseMillis));
    const began = performance.now();
    primary.kill(signalOf[fault]);
    const at = await Promise.race([concluded.promise, pause(giveUpMillis, null)]);
    return at === null ? null : at - began;
  } finally {
    primary.kill('SIGCONT');
    events.stop();
    await demo.stop();
  }
}
