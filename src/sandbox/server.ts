// One real database server: start, kill, restart, query, and leave nothing behind.

import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Account, orchestratorAccount } from './accounts.ts';
import { freshDataDir } from './data-template.ts';
import { setupOf } from './family-setups.ts';
import type { Say } from './fetch-debian.ts';
import { ensureServer } from './fetch-server.ts';
import { freePort } from './free-ports.ts';
import { userOptions } from './run-to-end.ts';
import { loopback, type ServerHost } from './server-host.ts';
import { type ServerExit, type ServerProcess, startProcess, waitUntilReady } from './server-process.ts';
import type { ServerChoice, ServerFamily } from './server-releases.ts';
import type { SemiSync, ServerTraits } from './server-setup.ts';
import { claimFolder, emptyFolder, makeWorkFolder, removeWorkFolder } from './work-folder.ts';

/** How long a connection attempt may take. */
const connectDeadlineMillis = 5_000;

export interface ServerOptions extends ServerChoice {
  /** Where it runs. Default: on loopback. */
  host?: ServerHost;
  /** Default: a free one. */
  port?: number;
  /** Default: the port, which no other server on this machine can have. */
  serverId?: number;
  /** An empty or missing folder for everything it writes, removed by `stop`. Default: one of its own. */
  dir?: string;
  /** Default: false. */
  readOnly?: boolean;
  /** Flush at every commit, as production servers do. Default: false, for speed. */
  durable?: boolean;
  /** Default: off. */
  semiSync?: SemiSync;
  /** Options of the server program that come last and win, e.g. `--max-connections=20`. */
  extraOptions?: readonly string[];
  /** Hears about the first fetch of the server, which takes a while. */
  say?: Say;
}

/** A server that was started. It lives until `stop`, through kills and restarts, under the same port and data. */
export interface RunningServer {
  readonly family: ServerFamily;
  readonly version: string;
  /** The address where it listens. */
  readonly host: string;
  readonly port: number;
  readonly serverId: number;
  readonly dir: string;
  readonly errorLog: string;
  /** Process id of the current run, or of the last one. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** Settles when the current (or last) run ends. */
  readonly exited: Promise<ServerExit>;
  /** Sends a signal to the process; nothing happens when it is not running. `SIGSTOP` makes it hang. */
  kill(signal?: NodeJS.Signals): void;
  /** Shuts it down cleanly if it runs, starts it on the same data, waits until it answers. */
  restart(extraOptions?: readonly string[]): Promise<void>;
  /** Kills it, throws its data away, starts it as it was started first. */
  renew(): Promise<void>;
  /** A connection of the orchestrator account, or of another; the caller closes it. */
  connect(account?: Account, database?: string): Promise<Connection>;
  /** Runs one statement on a connection of its own, as the orchestrator account or another; rows, if it gives any. */
  query(statement: string, account?: Account): Promise<RowDataPacket[]>;
  /** Kills it, waits for its end, removes its folder. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers. Throws with the end of its error log when it does not come up. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const binaries = await ensureServer(options, options.say);
  const host = options.host ?? loopback;
  const port = options.port ?? (await freePort());
  if (options.dir !== undefined) claimFolder(options.dir);
  const dir = options.dir ?? makeWorkFolder();
  const traits: ServerTraits = {
    address: host.address,
    port,
    serverId: options.serverId ?? port,
    dataDir: join(dir, 'data'),
    socket: join(dir, 'socket'),
    errorLog: join(dir, 'error.log'),
    pidFile: join(dir, 'pid'),
    readOnly: options.readOnly ?? false,
    durable: options.durable ?? false,
    semiSync: options.semiSync ?? { kind: 'off' },
  };

  const connect: RunningServer['connect'] = (account = orchestratorAccount, database) =>
    createConnection({
      host: host.address,
      port,
      user: account.user,
      password: account.password,
      connectTimeout: connectDeadlineMillis,
      ...(database === undefined ? {} : { database }),
    });
  const answers = async () => {
    try {
      await (await connect()).end();
      return true;
    } catch {
      return false;
    }
  };
  const run = async (extraOptions: readonly string[]): Promise<ServerProcess> => {
    const started = startProcess(
      [
        ...host.enter,
        ...binaries.command,
        '--no-defaults',
        ...binaries.fixedArguments,
        ...userOptions(),
        ...setupOf(options.family).options(traits),
        ...extraOptions,
      ],
      dir,
    );
    await waitUntilReady(started, traits.errorLog, answers);
    return started;
  };

  let current: ServerProcess;
  try {
    await freshDataDir(binaries, traits.dataDir);
    current = await run(options.extraOptions ?? []);
  } catch (error) {
    removeWorkFolder(dir);
    throw error;
  }

  return {
    family: options.family,
    version: binaries.version,
    host: host.address,
    port,
    serverId: traits.serverId,
    dir,
    errorLog: traits.errorLog,
    get pid() {
      return current.pid;
    },
    get isRunning() {
      return current.isRunning();
    },
    get exited() {
      return current.exited;
    },
    kill(signal = 'SIGKILL') {
      current.kill(signal);
    },
    async restart(extraOptions = options.extraOptions ?? []) {
      // A stopped process does not see a request to shut down until it is woken.
      current.kill('SIGCONT');
      current.kill('SIGTERM');
      await current.exited;
      current = await run(extraOptions);
    },
    async renew() {
      current.kill('SIGKILL');
      await current.exited;
      emptyFolder(dir);
      await freshDataDir(binaries, traits.dataDir);
      current = await run(options.extraOptions ?? []);
    },
    connect,
    async query(statement, account) {
      const connection = await connect(account);
      try {
        const [rows] = await connection.query(statement);
        return Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
      } finally {
        connection.destroy();
      }
    },
    async stop() {
      current.kill('SIGKILL');
      await current.exited;
      removeWorkFolder(dir);
    },
  };
}
