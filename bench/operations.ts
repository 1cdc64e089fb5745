// How long operations take: the plan of one, a replica moved by GTID and by file and position, and one, ten and fifty replicas moved by one operation.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { configureFor } from '../src/sandbox/demo-configuration.ts';
import { type Fleet, startFleet } from '../src/sandbox/fleet.ts';
import { freePort } from '../src/sandbox/free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import type { RunningServer } from '../src/sandbox/server.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { type Summary, summary } from './statistics.ts';
import { surroundings } from './surroundings.ts';

/** How many replicas are moved by one operation. A MySQL server takes some 400 MiB: fifty do not fit. */
const GROUPS: Record<ServerFamily, readonly number[]> = { mariadb: [1, 10, 50], mysql: [1, 10] };

/** `MaxConcurrentReplicaOperations`. */
const LANES_AT_ONCE = 25;

/** How long orchestrator may take to find all servers. */
const PICTURE_MILLIS = 120_000;
const PICTURE_POLL_MILLIS = 200;

/** One operation. */
const CALL_MILLIS = 300_000;

export interface OperationsBench {
  readonly family: ServerFamily;
  /** Each is measured so many times there and back. */
  readonly trials: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchOperations({ family, trials, say }: OperationsBench): Promise<object> {
  const groups = GROUPS[family];
  const most = Math.max(...groups);
  const folder = makeWorkFolder();
  let fleet: Fleet | null = null;
  let orchestrator: OrchestratorProcess | null = null;
  try {
    fleet = await startFleet({ family, replicas: most + 1, say });
    const configuration = { ...(await configureFor(fleet)), MaxConcurrentReplicaOperations: LANES_AT_ONCE };
    orchestrator = await startOrchestrator({ folder, port: await freePort(), configuration });
    await waitUntilSeen(orchestrator, fleet);
    const measured = await measure({ fleet, url: orchestrator.url, trials, groups, say });
    return {
      bench: 'operations',
      family,
      trials,
      lanesAtOnce: LANES_AT_ONCE,
      ...measured,
      ...surroundings(`${family} ${fleet.primary.version}`),
    };
  } finally {
    await orchestrator?.stop();
    await fleet?.stop();
    removeWorkFolder(folder);
  }
}

interface Course {
  readonly fleet: Fleet;
  readonly url: string;
  readonly trials: number;
  readonly groups: readonly number[];
  readonly say: (line: string) => void;
}

async function measure({ fleet, url, trials, groups, say }: Course): Promise<Readonly<Record<string, Summary | null>>> {
  const { primary } = fleet;
  const [target, ...others] = fleet.replicas;
  const [one] = others;
  if (target === undefined || one === undefined) throw new Error('at least two replicas are needed');
  const results: Record<string, Summary | null> = {};
  const thereAndBack = async (name: string, move: (from: RunningServer, to: RunningServer) => object, dry = false) => {
    const millis: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      millis.push(await timed(url, move(primary, target), dry));
      if (!dry) millis.push(await timed(url, move(target, primary), dry));
    }
    results[name] = summary(millis);
    say(`${fleet.family} ${name}: ${JSON.stringify(results[name]?.median)} ms`);
  };
  const relocate = (_from: RunningServer, to: RunningServer) => ({
    kind: 'relocate',
    key: nameOf(one),
    below: nameOf(to),
  });
  await thereAndBack('dryRunMillis', relocate, true);
  await thereAndBack('relocateByGtidMillis', relocate);
  for (const size of groups) {
    const ports = others.slice(0, size).map(({ port }) => port);
    await thereAndBack(`relocateReplicas${size}Millis`, (from, to) => ({
      kind: 'relocate-replicas',
      key: nameOf(from),
      below: nameOf(to),
      pattern: `:(${ports.join('|')})$`,
    }));
  }
  await timed(url, { kind: 'disable-gtid', key: nameOf(one) }, false);
  await thereAndBack('relocateByPositionMillis', relocate);
  return results;
}

const nameOf = ({ host, port }: RunningServer): string => `${host}:${port}`;

/** Milliseconds until it has answered. Throws what it answered where it was not done: that is no measurement. */
async function timed(url: string, request: object, dry: boolean): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/api/v2/operations${dry ? '?dry-run=true' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(CALL_MILLIS),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${JSON.stringify(request)}: ${answer.status} ${text}`);
  return performance.now() - began;
}

async function waitUntilSeen({ api }: OrchestratorProcess, { servers, primary }: Fleet): Promise<void> {
  const giveUpAt = performance.now() + PICTURE_MILLIS;
  for (;;) {
    const seen = await api.allInstances();
    const well = seen.filter(
      (one) =>
        one.IsLastCheckValid &&
        (one.Key.Port === primary.port || (one.ReplicationIOThreadRuning && one.ReplicationSQLThreadRuning)),
    );
    if (well.length === servers.length) return;
    if (performance.now() > giveUpAt) throw new Error(`of ${servers.length} servers ${well.length} are seen`);
    await pause(PICTURE_POLL_MILLIS);
  }
}
