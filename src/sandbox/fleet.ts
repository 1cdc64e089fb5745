// One primary and its replicas, replicating by GTID: the smallest topology worth watching.

import { setTimeout as pause } from 'node:timers/promises';
import { setupOf } from './family-setups.ts';
import type { Say } from './fetch-debian.ts';
import { ensureServer } from './fetch-server.ts';
import { freePorts } from './free-ports.ts';
import { type RunningServer, startServer } from './server.ts';
import { loopback, type ServerHost } from './server-host.ts';
import type { ServerChoice, ServerFamily } from './server-releases.ts';
import type { SemiSync } from './server-setup.ts';

/** How long replicas may take to connect to their source. */
const replicationDeadlineMillis = 30_000;

const replicationPollMillis = 30;

/** A start costs a core for a second or two: of many at once on few cores, some would be late for their deadline. */
const startsAtOnceMax = 6;

/**
 * Each MySQL server takes thousands of the kernel's slots for asynchronous reads and writes, of which all processes together have 65,536 (`fs.aio-max-nr`): a
 * fleet that is larger does without them, so that others find some too.
 */
const asynchronousServersMax = 8;

/** What a source with semi-sync waits before it answers without a replica's word, unless the caller says otherwise. */
const semiSyncTimeoutMillisDefault = 10_000;

export interface FleetOptions extends ServerChoice {
  /** How many replicas. Default: 3. */
  replicas?: number;
  /** Ports of the primary and then of the replicas. Default: free ones. */
  ports?: readonly number[];
  /** Where they run. Default: all on loopback. */
  hosts?: FleetHosts;
  /** Semi-synchronous replication: the source waits for one replica. Default: false. */
  semiSync?: boolean;
  /** Default: 10 s, as the servers have it. */
  semiSyncTimeoutMillis?: number;
  /** Flush at every commit, as production servers do. Default: false, for speed. */
  durable?: boolean;
  /** Options of the server program for all of them. */
  extraOptions?: readonly string[];
  /** Hears what is going on, one line a step. */
  say?: Say;
}

/** Where the primary runs, and where its replicas. */
export interface FleetHosts {
  readonly primary: ServerHost;
  readonly replicas: ServerHost;
}

export interface Fleet {
  readonly family: ServerFamily;
  /** The server that was the primary at the start. */
  readonly primary: RunningServer;
  readonly replicas: readonly RunningServer[];
  /** The primary, then the replicas. */
  readonly servers: readonly RunningServer[];
  /** Stops all of them and removes their folders. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a fleet; when it returns, every replica's receiver is connected and its applier runs. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { family, release, say = () => {} } = options;
  const hosts = options.hosts ?? { primary: loopback, replicas: loopback };
  const replicaCount = options.replicas ?? 3;
  const ports = options.ports ?? (await freePorts(1 + replicaCount));
  if (ports.length !== 1 + replicaCount) throw new Error(`${1 + replicaCount} ports are needed, got ${ports.length}`);
  const isLarge = family === 'mysql' && ports.length > asynchronousServersMax;
  const extraOptions = [...(isLarge ? ['--innodb-use-native-aio=OFF'] : []), ...(options.extraOptions ?? [])];
  const binaries = await ensureServer(options, say);
  say(`starting 1 primary and ${replicaCount} replicas (${family} ${binaries.version})`);

  const starts = await inTurn(ports, (port, index) =>
    startServer({
      family,
      release,
      host: index > 0 ? hosts.replicas : hosts.primary,
      port,
      readOnly: index > 0,
      semiSync: semiSyncOf(options, index > 0 ? 'replica' : 'source'),
      durable: options.durable ?? false,
      extraOptions,
    }),
  );
  const servers = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [primary, ...replicas] = servers;
    if (primary === undefined) throw new Error('a fleet has a primary');
    await Promise.all(replicas.map((replica) => replicate(replica, primary)));
    return { family, primary, replicas, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A few at a time; after a failure nobody else is started. */
async function inTurn(
  ports: readonly number[],
  start: (port: number, index: number) => Promise<RunningServer>,
): Promise<readonly PromiseSettledResult<RunningServer>[]> {
  const starts: PromiseSettledResult<RunningServer>[] = [];
  while (starts.length < ports.length && starts.every(({ status }) => status === 'fulfilled')) {
    const next = ports.slice(starts.length, starts.length + startsAtOnceMax);
    const first = starts.length;
    starts.push(...(await Promise.allSettled(next.map((port, index) => start(port, first + index)))));
  }
  return starts;
}

/** Makes a server with no history of its own a replica of `source`, and waits until it replicates. */
export async function replicate(replica: RunningServer, source: RunningServer): Promise<void> {
  for (const statement of setupOf(replica.family).replicateFrom(source)) await replica.query(statement);
  const giveUpAt = performance.now() + replicationDeadlineMillis;
  for (;;) {
    const [status] = await replica.query(replica.family === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
    const receiver = status?.['Replica_IO_Running'] ?? status?.['Slave_IO_Running'];
    const applier = status?.['Replica_SQL_Running'] ?? status?.['Slave_SQL_Running'];
    if (receiver === 'Yes' && applier === 'Yes') return;
    if (performance.now() > giveUpAt) {
      const why = status?.['Last_IO_Error'] || status?.['Last_SQL_Error'] || 'no error given';
      throw new Error(`replica on port ${replica.port} does not replicate from ${source.port}: ${why}`);
    }
    await pause(replicationPollMillis);
  }
}

function semiSyncOf(options: FleetOptions, role: 'source' | 'replica'): SemiSync {
  if (options.semiSync !== true) return { kind: 'off' };
  if (role === 'replica') return { kind: 'replica' };
  return {
    kind: 'source',
    waitForReplicas: 1,
    timeoutMillis: options.semiSyncTimeoutMillis ?? semiSyncTimeoutMillisDefault,
  };
}
