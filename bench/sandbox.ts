// What one process of pretended servers holds and answers: all of them in a single process, most with a connection that is kept open, and clients that
// probe as orchestrator does, as fast as they are answered.

import { performance } from 'node:perf_hooks';
import { dialServer } from '../src/mysql/server-connection.ts';
import { ServerLink } from '../src/mysql/server-link.ts';
import type { Dial, ServerWire } from '../src/ports/server-wire.ts';
import { orchestratorAccount } from '../src/sandbox/accounts.ts';
import { freePorts } from '../src/sandbox/free-ports.ts';
import { clustersOf } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import { startRemoteShare } from '../src/sandbox/pretend-fleet/remote-share.ts';
import { systemClock } from '../src/service/system-clock.ts';
import { cpuMillisOf } from './process-cpu.ts';
import { memoryOf } from './process-memory.ts';
import { rounded } from './statistics.ts';
import { surroundings } from './surroundings.ts';

const perCluster = 10;

/** Of the servers: a process may have twice as many files open as there are servers, and needs some besides. */
const connectedShare = 0.9;

/** How many are asked at once. */
const askers = 16;

const timeouts = { connectMillis: 10_000, answerMillis: 10_000 };

export interface SandboxBench {
  readonly servers: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchSandbox({ servers, seconds, say }: SandboxBench): Promise<object> {
  const ports = await freePorts(servers);
  say(`sandbox: starting ${servers} pretended servers in one process`);
  const share = await startRemoteShare({
    clusters: clustersOf({ ports, perCluster, family: 'mysql' }),
    rowsPerSecond: 0,
  });
  const links = ports.slice(0, Math.floor(servers * connectedShare)).map(linkTo);
  try {
    const asleep = memoryOf(share.pid);
    say(`sandbox: connecting to ${links.length} of them`);
    await probeAll(links);
    say(`sandbox: probing for ${seconds} s`);
    const cpuBefore = cpuMillisOf(share.pid);
    const beganAt = performance.now();
    const before = answered;
    const probes = await probeFor(links, seconds * 1000);
    const statements = answered - before;
    const watchedSeconds = (performance.now() - beganAt) / 1000;
    const cpuSeconds = (cpuMillisOf(share.pid) - cpuBefore) / 1000;
    return {
      bench: 'sandbox',
      servers,
      connections: links.length,
      statementsPerProbe: rounded(statements / probes, 1),
      watchedSeconds: rounded(watchedSeconds, 1),
      probesPerSecond: rounded(probes / watchedSeconds, 0),
      statementsPerSecond: rounded(statements / watchedSeconds, 0),
      cpuSecondsPerSecond: rounded(cpuSeconds / watchedSeconds, 2),
      statementsPerCoreSecond: rounded(statements / cpuSeconds, 0),
      residentMebibytesAsleep: asleep.residentMebibytes,
      ...memoryOf(share.pid),
      ...surroundings('pretended mysql'),
    };
  } finally {
    for (const link of links) link.close();
    await share.stop();
  }
}

/** Statements that servers have answered, all together. */
let answered = 0;

const countingDial: Dial = async (options) => {
  const dialled = await dialServer(options);
  if (dialled.kind === 'failed') return dialled;
  const { wire } = dialled;
  const counting: ServerWire = {
    get usable() {
      return wire.usable;
    },
    session: wire.session,
    async ask(sql, deadlineMillis) {
      const answer = await wire.ask(sql, deadlineMillis);
      answered += answer.results.length;
      return answer;
    },
    ping: (deadlineMillis) => wire.ping(deadlineMillis),
    destroy: () => wire.destroy(),
  };
  return { kind: 'connected', wire: counting };
};

const linkTo = (port: number): ServerLink =>
  new ServerLink(
    { hostname: '127.0.0.1', port },
    {
      dial: countingDial,
      clock: systemClock,
      credentials: () => orchestratorAccount,
      onBroken: () => {},
      configuredQueries: () => [],
    },
  );

async function probe(link: ServerLink): Promise<void> {
  const result = await link.probe(timeouts);
  if (result.kind === 'failed') throw new Error(result.failure.text);
}

async function probeAll(links: readonly ServerLink[]): Promise<void> {
  let next = 0;
  const asker = async (): Promise<void> => {
    for (let link = links[next++]; link !== undefined; link = links[next++]) await probe(link);
  };
  await Promise.all(Array.from({ length: askers }, asker));
}

/** Each server in its turn, again and again. Returns how many probes were answered. */
async function probeFor(links: readonly ServerLink[], millis: number): Promise<number> {
  const endAt = performance.now() + millis;
  let probes = 0;
  let next = 0;
  const asker = async (): Promise<void> => {
    while (performance.now() < endAt) {
      const link = links[next++ % links.length];
      if (link === undefined) return;
      await probe(link);
      probes += 1;
    }
  };
  await Promise.all(Array.from({ length: askers }, asker));
  return probes;
}
