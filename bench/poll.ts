// What one poll of a real server costs us: CPU, and round trips as a proxy on the wire counts them.

import { setTimeout as pause } from 'node:timers/promises';
import { ServerLink } from '../src/mysql/server-link.ts';
import { orchestratorAccount } from '../src/sandbox/accounts.ts';
import { startFleet } from '../src/sandbox/fleet.ts';
import { serverFamilies } from '../src/sandbox/server-binaries.ts';
import { countingProxy } from './counting-proxy.ts';
import { machine, rounded } from './machine.ts';
import { serviceCpu } from './service-cpu.ts';

const warmUpPolls = 200;
const countedPolls = 2_000;
const microsPerMilli = 1_000;

const timeouts = { connectMillis: 2_000, answerMillis: 5_000 };

export async function benchPoll(report: (result: object) => void): Promise<void> {
  for (const family of serverFamilies) {
    const fleet = await startFleet({ family });
    try {
      const [replica] = fleet.replicas;
      if (replica === undefined) throw new Error('a fleet without replicas');
      const driver = await pollDirectly(replica.port);
      const roundTrips = await countRoundTrips(replica.port);
      const service = await serviceCpu(fleet);
      const version = replica.version;
      report({ bench: 'poll', family, version, ...driver, roundTripsPerPoll: roundTrips, service, machine: machine() });
    } finally {
      await fleet.stop();
    }
  }
}

function linkTo(port: number): ServerLink {
  return new ServerLink(
    { hostname: '127.0.0.1', port },
    { credentials: () => orchestratorAccount, configuredQueries: () => [], onBroken: () => {} },
  );
}

async function poll(link: ServerLink): Promise<void> {
  const result = await link.probe(timeouts);
  if (result.kind === 'failed') throw new Error(result.failure.text);
}

/** Ask and parse, nothing else: one replica, one poll after another. */
async function pollDirectly(port: number): Promise<object> {
  const link = linkTo(port);
  for (let index = 0; index < warmUpPolls; index++) await poll(link);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let index = 0; index < countedPolls; index++) await poll(link);
  const wallMillis = (performance.now() - startedAt) / countedPolls;
  const { user, system } = process.cpuUsage(cpu);
  link.close();
  return {
    cpuMillisPerProbe: rounded((user + system) / microsPerMilli / countedPolls),
    wallMillisPerProbe: rounded(wallMillis),
  };
}

/** Packets that a client sends in one poll on an open connection. */
async function countRoundTrips(port: number): Promise<number> {
  const proxy = await countingProxy(port);
  const link = linkTo(proxy.port);
  await poll(link);
  proxy.reset();
  const polls = 20;
  for (let index = 0; index < polls; index++) await poll(link);
  // The last bytes pass the proxy before the answer, so there is nothing to wait for but its own bookkeeping.
  await pause(0);
  const count = proxy.requests() / polls;
  link.close();
  await proxy.close();
  return count;
}
