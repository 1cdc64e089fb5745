// A healthy cluster under load, and an orchestrator that is stopped and goes on again and again: whatever it calls dead is a false verdict.

import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { claimsDeath, type EntryCode } from '../src/analysis/codes.ts';
import { startDemo } from '../src/sandbox/demo.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { type HeardEvent, listenTo } from './node-events.ts';
import { surroundings } from './surroundings.ts';

const writeIntervalMillis = 2;

/** Between two pauses, and how long one is: from a hiccup to longer than any heartbeat, lease and timeout. Milliseconds. */
const [runsMin, runsMax] = [2_000, 10_000];
const [standsMin, standsMax] = [200, 12_000];

export interface SoakBench {
  readonly family: ServerFamily;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchSoak({ family, seconds, say }: SoakBench): Promise<object> {
  const heard: HeardEvent[] = [];
  const demo = await startDemo({ family, writeIntervalMillis });
  const events = await listenTo(demo.orchestrator.url, (event) => heard.push(event));
  const { pid } = demo.orchestrator;
  let pauses = 0;
  let standingMillis = 0;
  try {
    say(`${family} soak: ${seconds} s`);
    const endAt = performance.now() + seconds * 1_000;
    while (performance.now() < endAt) {
      await pause(randomInt(runsMin, runsMax));
      const millis = randomInt(standsMin, standsMax);
      process.kill(pid, 'SIGSTOP');
      await pause(millis);
      process.kill(pid, 'SIGCONT');
      pauses += 1;
      standingMillis += millis;
    }
    await pause(runsMax);
  } finally {
    process.kill(pid, 'SIGCONT');
    events.stop();
    await demo.stop();
  }
  const codes = heard.flatMap(({ kind, code }) => (kind === 'analysis-changed' ? (code ?? []) : []));
  return {
    bench: 'soak',
    family,
    seconds,
    pauses,
    standingShare: Number((standingMillis / (seconds * 1_000)).toFixed(2)),
    falseVerdicts: codes.filter((code) => claimsDeath(code as EntryCode)).length,
    suspicions: codes.filter((code) => code !== 'NoProblem').length,
    recoveries: heard.filter(({ kind }) => kind === 'recovery-started').length,
    ...surroundings(family),
  };
}
