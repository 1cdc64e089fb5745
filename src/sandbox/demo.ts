// A whole small world on loopback: one primary, its replicas, orchestrator that watches them, a writer that notices.

import { setTimeout as pause } from 'node:timers/promises';
import { configureFor, demoAlias } from './demo-configuration.ts';
import type { Say } from './fetch-debian.ts';
import { type Fleet, type FleetHosts, startFleet } from './fleet.ts';
import { freePort } from './free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from './orchestrator-process.ts';
import type { ServerFamily } from './server-releases.ts';
import { makeWorkFolder, removeWorkFolder } from './work-folder.ts';
import { startWriter, type Writer, type WriterChange } from './writer.ts';

/** How long orchestrator may take to find all servers. */
const pictureDeadlineMillis = 30_000;

const picturePollMillis = 50;

export interface DemoOptions {
  readonly family: ServerFamily;
  /** How many replicas. Default: 3. */
  readonly replicas?: number;
  /** Where the servers run. Default: all on loopback. */
  readonly hosts?: FleetHosts;
  /** Where orchestrator listens. Default: a free port. */
  readonly port?: number;
  /** Time between two rows of the writer. */
  readonly writeIntervalMillis: number;
  readonly onWriterChange?: (change: WriterChange) => void;
  /** Keys of orchestrator's configuration that differ from the demo's. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Hears what is going on, one line a step. */
  readonly say?: Say;
}

export interface Demo {
  readonly fleet: Fleet;
  readonly orchestrator: OrchestratorProcess;
  readonly writer: Writer;
  /** Address of the cluster's page. */
  readonly page: string;
  /** Stops everything and removes every file. May be called twice. */
  stop(): Promise<void>;
}

/** Starts it all; when it returns, orchestrator sees every server replicating and rows are being written. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { family, replicas = 3, hosts, say = () => {}, writeIntervalMillis } = options;
  // The last thing started is the first to stop: orchestrator must not see its servers go away.
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const fleet = await startFleet({ family, replicas, say, ...(hosts === undefined ? {} : { hosts }) });
    stops.push(() => fleet.stop());
    const folder = makeWorkFolder();
    stops.push(async () => removeWorkFolder(folder));
    const configuration = { ...(await configureFor(fleet)), ...options.configuration };
    const port = options.port ?? (await freePort());
    const orchestrator = await startOrchestrator({ folder, port, configuration });
    stops.push(() => orchestrator.stop());
    say('orchestrator runs; waiting until it has found the servers');
    await waitForPicture(orchestrator, fleet);
    const onChange = options.onWriterChange;
    const writer = await startWriter({
      addresses: fleet.servers,
      intervalMillis: writeIntervalMillis,
      ...(onChange === undefined ? {} : { onChange }),
    });
    stops.push(() => writer.stop());
    return { fleet, orchestrator, writer, page: `${orchestrator.url}/web/cluster/alias/${demoAlias}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until orchestrator sees one primary and all others replicating from it. Throws with what it saw instead. */
export async function waitForPicture(
  { api, isRunning }: OrchestratorProcess,
  { primary, servers }: Fleet,
): Promise<void> {
  const giveUpAt = performance.now() + pictureDeadlineMillis;
  for (;;) {
    const seen = await api.allInstances();
    const well = seen.filter((one) => {
      const replicates = one.ReplicationIOThreadRuning && one.ReplicationSQLThreadRuning && one.ReadOnly;
      const isPrimary = one.Key.Port === primary.port && !one.ReadOnly;
      return one.IsLastCheckValid && (isPrimary || (replicates && one.MasterKey.Port === primary.port));
    });
    if (well.length === servers.length && seen.length === servers.length && (await api.knowsAlias(demoAlias))) return;
    if (performance.now() > giveUpAt || !isRunning()) {
      const ports = (some: typeof seen) => some.map((one) => one.Key.Port).join(', ') || 'none';
      throw new Error(`orchestrator found ${ports(seen)}; of them replicating as they should: ${ports(well)}`);
    }
    await pause(picturePollMillis);
  }
}
