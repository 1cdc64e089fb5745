// What watching a fleet costs: pretended servers by the thousand, and orchestrator's own process while it polls each of them every five seconds.
//
// Polls are counted by the servers, which disturbs nobody: an answer with thousands of servers in it would cost orchestrator more than many polls.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, freePorts } from '../src/sandbox/free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import { fleetConfiguration } from '../src/sandbox/pretend-fleet/fleet-configuration.ts';
import type { FleetFamily } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import { type PretendFleet, startPretendFleet } from '../src/sandbox/pretend-fleet/start-pretend-fleet.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { cpuMillisOf } from './process-cpu.ts';
import { memoryOf } from './process-memory.ts';
import { rounded, summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

/** The sizes that the targets name. */
export const fleetSizes: readonly number[] = [1_000, 2_000, 10_000];

const perCluster = 10;

const pollSeconds = 5;

/** A server that was seen within this is fresh: a poll, and a second for the way. */
const freshMillis = 6_000;

/** The greeting and the first probe: a server that was asked both has been found. */
const packetsOfFound = 2;

const foundDeadlineMillis = 300_000;
const foundLookMillis = 100;

/** The crawl and most of its compiling are over. */
const warmUpMillis = 3 * pollSeconds * 1000;

const sampleMillis = 1_000;

const askedTimes = 20;

/** Of the fleet, in the second half of the measurement. */
const illShare = 0.05;

export interface FleetBench {
  readonly servers: number;
  readonly family: FleetFamily;
  /** How long the steady state is watched. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchFleet({ servers, family, seconds, say }: FleetBench): Promise<object> {
  const ports = await freePorts(servers);
  say(`${family} fleet: starting ${servers} pretended servers`);
  const fleet = await startPretendFleet({ ports, perCluster, family, controlPort: 0 });
  const folder = makeWorkFolder();
  let orchestrator: OrchestratorProcess | null = null;
  try {
    const startedAt = performance.now();
    const configuration = fleetConfiguration(fleet.clusters, pollSeconds);
    orchestrator = await startOrchestrator({ folder, port: await freePort(), configuration });
    const servesAfterMillis = performance.now() - startedAt;
    const foundAfterMillis = await untilFound(fleet, orchestrator, startedAt);
    const findingCpuMillis = cpuMillisOf(orchestrator.pid);
    say(`${family} fleet: ${servers} found after ${Math.round(foundAfterMillis)} ms; watching for ${seconds} s`);
    await pause(warmUpMillis);
    const steady = await watch(fleet, orchestrator, seconds);
    return {
      bench: 'fleet',
      family,
      servers,
      perCluster,
      pollSeconds,
      servesAfterMillis: rounded(servesAfterMillis, 0),
      foundAfterMillis: rounded(foundAfterMillis, 0),
      cpuMillisUntilFound: rounded(findingCpuMillis, 0),
      ...steady,
      answers: await answerTimes(orchestrator),
      seenByItself: await seenByOrchestrator(orchestrator),
      withIllServers: await watchWithIll(fleet, orchestrator, seconds, say),
      restart: await restarted(orchestrator, folder, configuration, say),
      ...surroundings(`pretended ${family}`),
    };
  } finally {
    await orchestrator?.stop();
    await fleet.stop();
    removeWorkFolder(folder);
  }
}

async function untilFound(fleet: PretendFleet, { isRunning }: OrchestratorProcess, startedAt: number): Promise<number> {
  const giveUpAt = performance.now() + foundDeadlineMillis;
  for (;;) {
    const all = await fleet.servers();
    const found = all.filter(({ packets }) => packets >= packetsOfFound).length;
    if (found === all.length) return performance.now() - startedAt;
    if (performance.now() > giveUpAt || !isRunning())
      throw new Error(`only ${found} of ${all.length} servers were found`);
    await pause(foundLookMillis);
  }
}

async function watch(fleet: PretendFleet, { pid }: OrchestratorProcess, seconds: number): Promise<object> {
  const packetsBefore = await packetsOf(fleet);
  const cpuBefore = cpuMillisOf(pid);
  const beganAt = performance.now();
  const staleness: { fresh: number; stalestMillis: number }[] = [];
  while (performance.now() - beganAt < seconds * 1000) {
    await pause(sampleMillis);
    staleness.push(await stalenessOf(fleet));
  }
  const watchedSeconds = (performance.now() - beganAt) / 1000;
  const cpuMillis = cpuMillisOf(pid) - cpuBefore;
  const polls = (await packetsOf(fleet)) - packetsBefore;
  const servers = fleet.clusters.reduce((sum, { ports }) => sum + ports.length, 0);
  return {
    watchedSeconds: rounded(watchedSeconds, 1),
    pollsWantedPerSecond: servers / pollSeconds,
    pollsPerSecond: rounded(polls / watchedSeconds, 1),
    freshShare: rounded(Math.min(...staleness.map(({ fresh }) => fresh)), 4),
    stalestSeconds: rounded(Math.max(...staleness.map(({ stalestMillis }) => stalestMillis)) / 1000, 2),
    cpuSecondsPerSecond: rounded(cpuMillis / 1000 / watchedSeconds, 3),
    cpuMillisPerPoll: rounded(cpuMillis / polls, 3),
    ...memoryOf(pid),
  };
}

/** What pages and operators ask most, as often as it takes to know. */
async function answerTimes({ url }: OrchestratorProcess): Promise<object> {
  const times: Record<string, unknown> = {};
  for (const path of ['clusters-info', 'replication-analysis']) {
    const millis: number[] = [];
    for (let asked = 0; asked < askedTimes; asked++) {
      const startedAt = performance.now();
      await (await fetch(`${url}/api/${path}`)).arrayBuffer();
      millis.push(performance.now() - startedAt);
    }
    const { median, worst } = summary(millis, 1) ?? { median: 0, worst: 0 };
    times[path] = { medianMillis: median, worstMillis: worst };
  }
  return times;
}

/** A part of the fleet is dead or hangs: is the rest as fresh? */
async function watchWithIll(
  fleet: PretendFleet,
  orchestrator: OrchestratorProcess,
  seconds: number,
  say: (line: string) => void,
): Promise<object> {
  // No primaries: what failovers cost is measured elsewhere.
  const replicas = fleet.clusters.flatMap(({ ports }) => ports.slice(1));
  const step = Math.max(1, Math.round(1 / illShare));
  const ill = replicas.filter((_, index) => index % step === 0);
  for (const [index, port] of ill.entries()) await fleet.order({ kind: index % 2 === 0 ? 'kill' : 'hang', port });
  say(`${ill.length} servers are dead or hang; watching for ${seconds} s`);
  await pause(warmUpMillis);
  const watched = await watch(fleet, orchestrator, seconds);
  for (const [index, port] of ill.entries()) await fleet.order({ kind: index % 2 === 0 ? 'revive' : 'resume', port });
  return { ill: ill.length, ...watched };
}

/** Started anew with all that it knew in its backend. */
async function restarted(
  before: OrchestratorProcess,
  folder: string,
  configuration: Readonly<Record<string, unknown>>,
  say: (line: string) => void,
): Promise<object> {
  await before.stop();
  say('starting again with what the backend knows');
  const startedAt = performance.now();
  const again = await startOrchestrator({ folder, port: await freePort(), configuration });
  try {
    const servesAfterMillis = performance.now() - startedAt;
    const known = (await again.api.allInstances()).length;
    return { servesAfterMillis: rounded(servesAfterMillis, 0), known };
  } finally {
    await again.stop();
  }
}

async function packetsOf(fleet: PretendFleet): Promise<number> {
  return (await fleet.servers()).reduce((sum, { packets }) => sum + packets, 0);
}

/** Of those who can answer. */
async function stalenessOf(fleet: PretendFleet): Promise<{ fresh: number; stalestMillis: number }> {
  const alive = (await fleet.servers()).filter(({ state }) => state === 'runs');
  const all = alive.map(({ askedMillisAgo }) => askedMillisAgo ?? Number.POSITIVE_INFINITY);
  return { fresh: all.filter((millis) => millis <= freshMillis).length / all.length, stalestMillis: Math.max(...all) };
}

/** After the measurement, for it costs: whether it took in what it was answered. */
async function seenByOrchestrator({ api }: OrchestratorProcess): Promise<object> {
  const startedAt = performance.now();
  const all = await api.allInstances();
  const valid = all.filter((one) => one.IsLastCheckValid && one.IsUpToDate);
  return {
    instances: all.length,
    upToDate: valid.length,
    answeredAfterMillis: rounded(performance.now() - startedAt, 0),
  };
}
