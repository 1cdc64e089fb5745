// Whether watching survives: servers of a pretended fleet die, hang and come back at random, a third of them away at a time, for minutes. At the end all
// are back: how long until the picture is right, and whether memory has grown.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, freePorts } from '../src/sandbox/free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import { fleetConfiguration } from '../src/sandbox/pretend-fleet/fleet-configuration.ts';
import type { ControlledServer } from '../src/sandbox/pretend-fleet/fleet-order.ts';
import { type PretendFleet, startPretendFleet } from '../src/sandbox/pretend-fleet/start-pretend-fleet.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { cpuMillisOf } from './process-cpu.ts';
import { memoryOf } from './process-memory.ts';
import { rounded } from './statistics.ts';
import { surroundings } from './surroundings.ts';

const perCluster = 10;
const pollSeconds = 5;

/** So many are away at a time. */
const awayShare = 1 / 3;

/** Somebody dies or comes back this often. */
const changeMillis = 20;

const sampleMillis = 10_000;

const foundDeadlineMillis = 120_000;
const rightDeadlineMillis = 180_000;
const lookMillis = 500;

export interface ChurnBench {
  readonly servers: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchChurn({ servers, seconds, say }: ChurnBench): Promise<object> {
  const fleet = await startPretendFleet({
    ports: await freePorts(servers),
    perCluster,
    family: 'both',
    controlPort: 0,
  });
  const folder = makeWorkFolder();
  let orchestrator: OrchestratorProcess | null = null;
  try {
    const configuration = fleetConfiguration(fleet.clusters, pollSeconds);
    orchestrator = await startOrchestrator({ folder, port: await freePort(), configuration });
    const found = await untilRight(fleet, orchestrator, foundDeadlineMillis);
    if (found.wrong > 0) throw new Error(`${found.wrong} of ${servers} servers were not found`);
    say(`churn: ${servers} servers found; they come and go for ${seconds} s`);
    const cpuBefore = cpuMillisOf(orchestrator.pid);
    const { memories, changes } = await churn(fleet, orchestrator, seconds, say);
    const cpuMillis = cpuMillisOf(orchestrator.pid) - cpuBefore;
    const right = await untilRight(fleet, orchestrator, rightDeadlineMillis);
    return {
      bench: 'churn',
      servers,
      seconds,
      awayShare: rounded(awayShare, 2),
      changes,
      cpuSecondsPerSecond: rounded(cpuMillis / 1000 / seconds, 3),
      residentMebibytes: memories,
      rightAfterMillis: rounded(right.afterMillis, 0),
      wrongAtTheEnd: right.wrong,
      wrong: right.examples,
      ...surroundings('pretended both'),
    };
  } finally {
    await orchestrator?.stop();
    await fleet.stop();
    removeWorkFolder(folder);
  }
}

async function churn(
  fleet: PretendFleet,
  { pid }: OrchestratorProcess,
  seconds: number,
  say: (line: string) => void,
): Promise<{ memories: readonly number[]; changes: number }> {
  const ports = fleet.clusters.flatMap((cluster) => cluster.ports);
  const away = new Map<number, 'revive' | 'resume'>();
  const memories: number[] = [];
  const beganAt = performance.now();
  let changes = 0;
  let sampledAt = Number.NEGATIVE_INFINITY;
  while (performance.now() - beganAt < seconds * 1000) {
    const port = ports[Math.floor(Math.random() * ports.length)] ?? 0;
    const back = away.get(port);
    if (back !== undefined) {
      away.delete(port);
      await fleet.order({ kind: back, port });
      changes += 1;
    } else if (away.size < ports.length * awayShare) {
      const dies = Math.random() < 0.5;
      away.set(port, dies ? 'revive' : 'resume');
      await fleet.order({ kind: dies ? 'kill' : 'hang', port });
      changes += 1;
    }
    if (performance.now() - sampledAt > sampleMillis) {
      sampledAt = performance.now();
      memories.push(memoryOf(pid).residentMebibytes);
      say(`churn: ${away.size} away, ${memories.at(-1)} MiB`);
    }
    await pause(changeMillis);
  }
  for (const [port, kind] of away) await fleet.order({ kind, port });
  return { memories, changes };
}

interface Comparison {
  readonly afterMillis: number;
  readonly wrong: number;
  readonly examples: readonly string[];
}

/** Until every server is shown as it is, or patience ends. */
async function untilRight(
  fleet: PretendFleet,
  { api }: OrchestratorProcess,
  patienceMillis: number,
): Promise<Comparison> {
  const beganAt = performance.now();
  for (;;) {
    const seen = new Map((await api.allInstances()).map((instance) => [instance.Key.Port, instance]));
    const wrong = (await fleet.servers()).flatMap((server) => {
      const instance = seen.get(server.port);
      if (instance === undefined) return [`${server.port} is not known`];
      if (!instance.IsLastCheckValid) return [`${server.port} is not seen`];
      const source = instance.MasterKey.Port === 0 ? null : instance.MasterKey.Port;
      if (source !== server.source) return [`${server.port} follows ${server.source}, shown: ${source}`];
      return instance.ReadOnly === server.isWritable ? [`${server.port} is ${writableText(server)}`] : [];
    });
    const afterMillis = performance.now() - beganAt;
    if (wrong.length === 0 || afterMillis > patienceMillis) {
      return { afterMillis, wrong: wrong.length, examples: wrong.slice(0, 5) };
    }
    await pause(lookMillis);
  }
}

const writableText = ({ isWritable }: ControlledServer): string =>
  isWritable ? 'writable, shown read-only' : 'read-only, shown writable';
