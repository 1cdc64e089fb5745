// From a fault of the primary to the conclusion that it is dead, as a listener of orchestrator's events hears it. Nothing is recovered: every trial is a
// detection alone.

import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { claimsDeath, type EntryCode } from '../src/analysis/codes.ts';
import { startDemo } from '../src/sandbox/demo.ts';
import type { RunningServer } from '../src/sandbox/server.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { everybody, makeTestHosts, type TestHosts } from '../src/sandbox/test-hosts.ts';
import { listenTo } from './node-events.ts';
import { summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

/** Of the server's process. */
const signals = { crash: 'SIGKILL', hang: 'SIGSTOP' } as const;

/** Of the network of the server's host, which the bench makes itself. */
export const networkFaults = ['drop', 'reject'] as const;

type ProcessFault = keyof typeof signals;
type NetworkFault = (typeof networkFaults)[number];
export type Fault = ProcessFault | NetworkFault;

export const faults: readonly Fault[] = ['crash', 'hang', ...networkFaults];

export const isNetworkFault = (fault: Fault): fault is NetworkFault => networkFaults.some((one) => one === fault);

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
  if (!isNetworkFault(fault)) {
    return trial(family, null, async (primary) => primary.kill(signals[fault]));
  }
  const hosts = await makeTestHosts();
  try {
    return await trial(family, hosts, () => hosts[fault](everybody));
  } finally {
    await hosts.remove();
  }
}

async function trial(
  family: ServerFamily,
  hosts: TestHosts | null,
  inflict: (primary: RunningServer) => Promise<void>,
): Promise<number | null> {
  const demo = await startDemo({ family, writeIntervalMillis, configuration, ...(hosts === null ? {} : { hosts }) });
  const { primary } = demo.fleet;
  const concluded = Promise.withResolvers<number>();
  const events = await listenTo(demo.orchestrator.url, ({ kind, key, code }) => {
    const isOfPrimary = kind === 'analysis-changed' && key?.port === primary.port;
    if (isOfPrimary && claimsDeath(code as EntryCode)) concluded.resolve(performance.now());
  });
  try {
    await pause(warmUpMillis + randomInt(phaseMillis));
    const began = performance.now();
    await inflict(primary);
    const at = await Promise.race([concluded.promise, pause(giveUpMillis, null)]);
    return at === null ? null : at - began;
  } finally {
    primary.kill('SIGCONT');
    await hosts?.heal();
    events.stop();
    await demo.stop();
  }
}
