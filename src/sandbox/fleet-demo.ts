// A pretended fleet on loopback and orchestrator that watches it: what a demo shows where many servers are wanted, or no real ones can be had.

import { setTimeout as pause } from 'node:timers/promises';
import { freePort, freePorts } from './free-ports.ts';
import type { SeenInstance } from './orchestrator-api.ts';
import { type OrchestratorProcess, startOrchestrator } from './orchestrator-process.ts';
import { aliasOf } from './pretend-fleet/cluster-servers.ts';
import { fleetConfiguration } from './pretend-fleet/fleet-configuration.ts';
import type { FleetFamily } from './pretend-fleet/fleet-shape.ts';
import { type PretendFleet, startPretendFleet } from './pretend-fleet/start-pretend-fleet.ts';
import { makeWorkFolder, removeWorkFolder } from './work-folder.ts';

/** How long orchestrator may take to find all servers. Thousands take seconds; a busy machine needs patience. */
const pictureDeadlineMillis = 120_000;

const picturePollMillis = 50;

/** All servers in one answer cost orchestrator time that it needs to find them: we ask again after so many times what the last answer took. */
const restBetweenAnswers = 3;

/** A few servers are polled every second, as one likes to watch them; many as the configuration has it by default. */
const fewServers = 100;
const pollSecondsOfFew = 1;
const pollSecondsOfMany = 5;

export interface FleetDemoOptions {
  readonly servers: number;
  readonly perCluster: number;
  readonly family: FleetFamily;
  /** Where orchestrator listens. Default: a free port. */
  readonly port?: number;
  /** Rows that a client writes, all clusters together. */
  readonly rowsPerSecond: number;
  /** Hears how many servers orchestrator has found and sees replicating. */
  readonly onFound?: (found: number) => void;
}

export interface FleetDemo {
  readonly fleet: PretendFleet;
  readonly orchestrator: OrchestratorProcess;
  /** Address of the page with all clusters, or with the only one. */
  readonly page: string;
  /** Stops everything and removes every file. May be called twice. */
  stop(): Promise<void>;
}

/** Starts it all; when it returns, orchestrator sees every server replicating. */
export async function startFleetDemo(options: FleetDemoOptions): Promise<FleetDemo> {
  const { servers, perCluster, family, rowsPerSecond, onFound = () => {} } = options;
  // The last thing started is the first to stop: orchestrator must not see its servers go away.
  const stops: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const ports = await freePorts(servers);
    const fleet = await startPretendFleet({ ports, perCluster, family, controlPort: 0, rowsPerSecond });
    stops.push(() => fleet.stop());
    const folder = makeWorkFolder();
    stops.push(() => removeWorkFolder(folder));
    const port = options.port ?? (await freePort());
    const pollSeconds = servers <= fewServers ? pollSecondsOfFew : pollSecondsOfMany;
    const configuration = fleetConfiguration(fleet.clusters, pollSeconds);
    const orchestrator = await startOrchestrator({ folder, port, configuration });
    stops.push(() => orchestrator.stop());
    await waitForFleetPicture(orchestrator, fleet, onFound);
    const page = fleet.clusters.length === 1 ? `cluster/alias/${aliasOf(1)}` : 'clusters';
    return { fleet, orchestrator, page: `${orchestrator.url}/web/${page}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until orchestrator sees every server as the fleet has it: primaries writable, all others replicating from theirs. */
async function waitForFleetPicture(
  { api, isRunning }: OrchestratorProcess,
  { clusters }: PretendFleet,
  onFound: (found: number) => void,
): Promise<void> {
  const sources = new Map(clusters.flatMap(({ ports }) => ports.map((port) => [port, ports[0]] as const)));
  const giveUpAt = performance.now() + pictureDeadlineMillis;
  for (;;) {
    const askedAt = performance.now();
    const found = (await api.allInstances()).filter((one) => isWell(one, sources.get(one.Key.Port))).length;
    onFound(found);
    if (found === sources.size) return;
    if (performance.now() > giveUpAt || !isRunning()) {
      throw new Error(`orchestrator found ${found} of ${sources.size} servers`);
    }
    await pause(Math.max(picturePollMillis, restBetweenAnswers * (performance.now() - askedAt)));
  }
}

function isWell(one: SeenInstance, primary: number | undefined): boolean {
  if (!one.IsLastCheckValid) return false;
  if (one.Key.Port === primary) return !one.ReadOnly;
  return one.ReplicationIOThreadRuning && one.ReplicationSQLThreadRuning && one.MasterKey.Port === primary;
}
