// Many clusters lose their primaries in the same moment, as when a rack or an availability zone goes: how long until each of them takes writes again, while
// orchestrator has one core.
//
// The servers are pretended ones that speak the MySQL protocol, in this process; orchestrator is the real program, in its own. Servers are the witnesses: who is
// writable, and who replicates from whom, is read from them and not from orchestrator.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, freePorts } from '../src/sandbox/free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import { fleetConfiguration } from '../src/sandbox/pretend-fleet/fleet-configuration.ts';
import type { ControlledServer } from '../src/sandbox/pretend-fleet/fleet-order.ts';
import type { FleetFamily } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import { type PretendFleet, startPretendFleet } from '../src/sandbox/pretend-fleet/start-pretend-fleet.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { cpuMillisOf } from './process-cpu.ts';
import { memoryOf } from './process-memory.ts';
import { rounded, summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

/** A primary and two replicas. */
export const massPerCluster = 3;

/** As it polls by default: what is measured must not come from looking more often. */
const pollSeconds = 5;

/** All clusters together: each has something to replicate. */
const rowsPerSecond = 100;

/** The crawl and most of its compiling are over. */
const warmUpMillis = 3 * pollSeconds * 1000;

const pictureDeadlineMillis = 60_000;
const pictureLookMillis = 200;

/** After so long what has not been recovered counts as not recovered. */
const giveUpMillis = 60_000;

/** Between two looks at the servers, which costs them a fraction of it. */
const lookMillis = 5;

const recoveriesPerPage = 20;

/** The core that orchestrator has, and nothing else of it: also its garbage collector and its backend run there. */
const core = 0;

export interface MassFailoverBench {
  readonly servers: number;
  readonly family: FleetFamily;
  readonly trials: number;
  readonly say: (line: string) => void;
}

interface Trial {
  readonly recovered: number;
  /** From the first kill until the first, the median and the last cluster had a primary that takes writes; null: of those that have none. */
  readonly firstSeconds: number | null;
  readonly medianSeconds: number | null;
  readonly lastSeconds: number | null;
  /** Until every living server of every cluster replicated from its new primary. */
  readonly lastAttachedSeconds: number | null;
  /** The most of a cluster's servers that took writes at one moment. */
  readonly writersMax: number;
  readonly successfulRecords: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

/** One JSON object. Each trial has fresh servers and a fresh orchestrator. */
export async function benchMassFailover({ servers, family, trials, say }: MassFailoverBench): Promise<object> {
  const all: Trial[] = [];
  const clusters = Math.ceil(servers / massPerCluster);
  for (let number = 1; number <= trials; number++) {
    const trial = await oneTrial(servers, family);
    all.push(trial);
    say(
      `mass failover of ${clusters} clusters ${number}/${trials}: ${trial.recovered} recovered, first ${trial.firstSeconds} s, ` +
        `median ${trial.medianSeconds} s, last ${trial.lastSeconds} s, all attached ${trial.lastAttachedSeconds} s, ` +
        `${trial.cpuSeconds} s of CPU`,
    );
  }
  return {
    bench: 'mass-failover',
    family,
    clusters,
    perCluster: massPerCluster,
    pollSeconds,
    trials,
    recoveredAtLeast: Math.min(...all.map(({ recovered }) => recovered)),
    writersMax: Math.max(...all.map(({ writersMax }) => writersMax)),
    lastSeconds: summary(
      all.flatMap(({ lastSeconds }) => lastSeconds ?? []),
      2,
    ),
    all,
    ...surroundings(`pretended ${family}`),
  };
}

async function oneTrial(servers: number, family: FleetFamily): Promise<Trial> {
  const ports = await freePorts(servers);
  const fleet = await startPretendFleet({ ports, perCluster: massPerCluster, family, controlPort: 0, rowsPerSecond });
  const folder = makeWorkFolder();
  let orchestrator: OrchestratorProcess | null = null;
  try {
    orchestrator = await startOrchestrator({
      folder,
      port: await freePort(),
      configuration: fleetConfiguration(fleet.clusters, pollSeconds),
      enter: ['taskset', '--cpu-list', String(core)],
    });
    await untilSeen(orchestrator, fleet);
    await pause(warmUpMillis);
    return await measured(orchestrator, fleet);
  } finally {
    await orchestrator?.stop();
    await fleet.stop();
    removeWorkFolder(folder);
  }
}

/** Every replica is seen replicating from its primary. */
async function untilSeen({ api, isRunning }: OrchestratorProcess, { clusters }: PretendFleet): Promise<void> {
  const replicas = clusters.reduce((sum, { ports }) => sum + ports.length - 1, 0);
  const giveUpAt = performance.now() + pictureDeadlineMillis;
  for (;;) {
    const seen = await api.allInstances();
    const replicating = seen.filter((one) => one.ReplicationIOThreadRuning && one.ReplicationSQLThreadRuning).length;
    if (replicating === replicas) return;
    if (performance.now() > giveUpAt || !isRunning()) {
      throw new Error(`of ${replicas} replicas orchestrator saw ${replicating} replicate`);
    }
    await pause(pictureLookMillis);
  }
}

async function measured({ pid, url }: OrchestratorProcess, fleet: PretendFleet): Promise<Trial> {
  const cpuBefore = cpuMillisOf(pid);
  const startedAt = performance.now();
  // In this process, so that all of them die within milliseconds.
  await Promise.all(fleet.clusters.map(({ ports }) => fleet.order({ kind: 'kill', port: ports[0] ?? 0 })));
  const writableAt = new Map<number, number>();
  const attachedAt = new Map<number, number>();
  let writersMax = 0;
  while (attachedAt.size < fleet.clusters.length && performance.now() - startedAt < giveUpMillis) {
    const now = (performance.now() - startedAt) / 1000;
    for (const [cluster, living] of byCluster(await fleet.servers())) {
      const writers = living.filter(({ isWritable }) => isWritable);
      writersMax = Math.max(writersMax, writers.length);
      const [primary] = writers;
      if (primary === undefined) continue;
      if (!writableAt.has(cluster)) writableAt.set(cluster, now);
      const isWhole = living.every((server) => server === primary || server.source === primary.port);
      if (isWhole && !attachedAt.has(cluster)) attachedAt.set(cluster, now);
    }
    await pause(lookMillis);
  }
  const cpuMillis = cpuMillisOf(pid) - cpuBefore;
  const isEverybody = writableAt.size === fleet.clusters.length;
  const seconds = [...writableAt.values()];
  return {
    recovered: writableAt.size,
    firstSeconds: seconds.length === 0 ? null : rounded(Math.min(...seconds), 2),
    medianSeconds: summary(seconds, 2)?.median ?? null,
    lastSeconds: isEverybody ? rounded(Math.max(...seconds), 2) : null,
    lastAttachedSeconds:
      attachedAt.size === fleet.clusters.length ? rounded(Math.max(...attachedAt.values()), 2) : null,
    writersMax,
    successfulRecords: await successfulRecords(url, fleet.clusters.length),
    cpuSeconds: rounded(cpuMillis / 1000, 2),
    peakMebibytes: memoryOf(pid).peakMebibytes,
  };
}

function byCluster(servers: readonly ControlledServer[]): ReadonlyMap<number, readonly ControlledServer[]> {
  return Map.groupBy(
    servers.filter(({ state }) => state === 'runs'),
    ({ cluster }) => cluster,
  );
}

/** After the measurement, for it costs. */
async function successfulRecords(url: string, wanted: number): Promise<number> {
  let successful = 0;
  for (let page = 0; page * recoveriesPerPage < wanted; page++) {
    const answer = await fetch(`${url}/api/audit-recovery/${page}`);
    const records = (await answer.json()) as readonly { readonly IsSuccessful: boolean }[];
    successful += records.filter(({ IsSuccessful }) => IsSuccessful).length;
  }
  return successful;
}
