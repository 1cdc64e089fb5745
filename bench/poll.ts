// What a poll costs: the probe alone in a loop, and orchestrator's own process while it polls four servers once a second.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { dialServer } from '../src/mysql/server-connection.ts';
import { ServerLink } from '../src/mysql/server-link.ts';
import { orchestratorAccount } from '../src/sandbox/accounts.ts';
import { waitForPicture } from '../src/sandbox/demo.ts';
import { configureFor } from '../src/sandbox/demo-configuration.ts';
import { freePort } from '../src/sandbox/free-ports.ts';
import { startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import type { ServerFamily } from '../src/sandbox/server-releases.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { systemClock } from '../src/service/system-clock.ts';
import { cpuMillisOf } from './process-cpu.ts';
import { type ProxiedFleet, startProxiedFleet } from './proxied-fleet.ts';
import { rounded } from './statistics.ts';
import { surroundings } from './surroundings.ts';

const replicaCount = 3;

/** The first probes run code that is not yet compiled. */
const warmUpProbes = 500;
const measuredProbes = 3_000;
const countedProbes = 200;

/** orchestrator's start, its first crawl and most of its compiling are over. */
const warmUpMillis = 10_000;

const timeouts = { connectMillis: 2_000, answerMillis: 5_000 };

export interface PollBench {
  readonly family: ServerFamily;
  /** How long the process is watched. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** One JSON object. */
export async function benchPoll({ family, seconds, say }: PollBench): Promise<object> {
  const fleet = await startProxiedFleet(family, replicaCount);
  try {
    say(`${family} poll: the probe alone, ${measuredProbes} times`);
    const probe = await measureProbe(fleet);
    const configuration = await configureFor(fleet);
    say(`${family} poll: orchestrator that looks at nothing, ${seconds} s`);
    const idle = await watch(fleet, configuration, ['--discovery=false'], seconds);
    say(`${family} poll: orchestrator that polls ${fleet.servers.length} servers every second, ${seconds} s`);
    const busy = await watch(fleet, configuration, [], seconds);
    const polls = fleet.servers.length * seconds;
    return {
      bench: 'poll',
      family,
      probe,
      process: {
        servers: fleet.servers.length,
        pollSeconds: configuration['InstancePollSeconds'],
        watchedSeconds: seconds,
        pollsWanted: polls,
        roundTrips: busy.commands,
        roundTripsPerPoll: rounded(busy.commands / polls, 3),
        newConnections: busy.connections,
        cpuMillisIdlePerSecond: rounded(idle.cpuMillis / seconds, 2),
        cpuMillisBusyPerSecond: rounded(busy.cpuMillis / seconds, 2),
        cpuMillisPerPoll: rounded((busy.cpuMillis - idle.cpuMillis) / polls, 3),
      },
      ...surroundings(`${family} ${fleet.primary.version}`),
    };
  } finally {
    await fleet.stop();
  }
}

/** The probe of `src/mysql` against a replica: the cost of driver and reading, without storing and analysing. */
async function measureProbe({ proxies, portsBehind }: ProxiedFleet): Promise<object> {
  const [, proxy] = proxies;
  const [, port] = portsBehind;
  if (proxy === undefined || port === undefined) throw new Error('the fleet has replicas');
  const counted = await withLink(proxy.port, async (probe) => {
    // The first one learns on its connection which variables the server has.
    await probe(1);
    const before = proxy.commandsOf(orchestratorAccount.user);
    await probe(countedProbes);
    return proxy.commandsOf(orchestratorAccount.user) - before;
  });
  // Past the proxy: it works in this process and would count as ours.
  return withLink(port, async (probe) => {
    await probe(warmUpProbes);
    const before = process.cpuUsage();
    const startedAt = performance.now();
    await probe(measuredProbes);
    const wallMillis = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    return {
      probes: measuredProbes,
      roundTripsPerProbe: counted / countedProbes,
      cpuMillisPerProbe: rounded((user + system) / 1000 / measuredProbes, 3),
      wallMillisPerProbe: rounded(wallMillis / measuredProbes, 3),
    };
  });
}

/** Gives `work` a way to probe so many times, one after another, on one kept-open connection. */
async function withLink<Value>(
  port: number,
  work: (probe: (times: number) => Promise<void>) => Promise<Value>,
): Promise<Value> {
  const link = new ServerLink(
    { hostname: '127.0.0.1', port },
    {
      dial: dialServer,
      clock: systemClock,
      credentials: () => orchestratorAccount,
      onBroken: () => {},
      configuredQueries: () => [],
    },
  );
  try {
    return await work(async (times) => {
      for (let turn = 0; turn < times; turn++) {
        const result = await link.probe(timeouts);
        if (result.kind === 'failed') throw new Error(`a probe failed: ${JSON.stringify(result.failure)}`);
      }
    });
  } finally {
    link.close();
  }
}

interface Watched {
  readonly cpuMillis: number;
  readonly commands: number;
  readonly connections: number;
}

/** What orchestrator uses and asks in `seconds` after it has warmed up. */
async function watch(
  fleet: ProxiedFleet,
  configuration: Readonly<Record<string, unknown>>,
  flags: readonly string[],
  seconds: number,
): Promise<Watched> {
  const folder = makeWorkFolder();
  const orchestrator = await startOrchestrator({ folder, port: await freePort(), configuration, flags });
  try {
    if (flags.length === 0) await waitForPicture(orchestrator, fleet);
    await pause(warmUpMillis);
    const cpuMillis = cpuMillisOf(orchestrator.pid);
    const commands = fleet.commands();
    const connections = fleet.connections();
    await pause(seconds * 1000);
    return {
      cpuMillis: cpuMillisOf(orchestrator.pid) - cpuMillis,
      commands: fleet.commands() - commands,
      connections: fleet.connections() - connections,
    };
  } finally {
    await orchestrator.stop();
    removeWorkFolder(folder);
  }
}
