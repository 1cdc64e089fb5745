// A fleet and the links to its servers, as the tests of src/mysql against real servers use them.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Connection, createConnection } from 'mysql2/promise';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import { type RelayLogSafe, relayLogDrained } from '../../../src/model/relay-log-safe.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import type { ServerFailure } from '../../../src/model/server-failure.ts';
import type { ConfiguredQuery, Dialect } from '../../../src/mysql/dialect.ts';
import { mariadb } from '../../../src/mysql/mariadb/mariadb.ts';
import { mysql84 } from '../../../src/mysql/mysql-84/mysql-84.ts';
import { dialServer } from '../../../src/mysql/server-connection.ts';
import { type LinkOptions, type LinkTimeouts, type ProbeResult, ServerLink } from '../../../src/mysql/server-link.ts';
import type { FollowWish } from '../../../src/mysql/testing.ts';
import { gtidContainment } from '../../../src/planning/gtid-progress.ts';
import type { Credentials } from '../../../src/ports/server-wire.ts';
import { applicationAccount, orchestratorAccount } from '../../../src/sandbox/accounts.ts';
import type { Fleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { systemClock } from '../../../src/service/system-clock.ts';

/** For conditions that come true by themselves. */
export const soon = { timeout: 15_000, interval: 20 };

export const TIMEOUTS: LinkTimeouts = { connectMillis: 5_000, answerMillis: 5_000 };
export const COMMAND_TIMEOUTS = { connectMillis: 5_000, deadlineMillis: 15_000 };

export const dialectOf: Record<ServerFamily, Dialect> = { mysql: mysql84, mariadb };

export const keyOf = (server: RunningServer): InstanceKey => ({ hostname: server.host, port: server.port });

const opened: ServerLink[] = [];

/** For `afterEach`. */
export function closeLinks(): void {
  for (const link of opened.splice(0)) link.close();
}

export interface LinkWishes {
  readonly account?: Credentials;
  readonly queries?: readonly ConfiguredQuery[];
  readonly onBroken?: (key: InstanceKey, failure: ServerFailure) => void;
  readonly tls?: LinkOptions['tls'];
}

export function linkTo(key: InstanceKey, wishes: LinkWishes = {}): ServerLink {
  const link = new ServerLink(key, {
    dial: dialServer,
    clock: systemClock,
    credentials: () => wishes.account ?? orchestratorAccount,
    onBroken: wishes.onBroken ?? (() => {}),
    configuredQueries: () => wishes.queries ?? [],
    ...(wishes.tls === undefined ? {} : { tls: wishes.tls }),
  });
  opened.push(link);
  return link;
}

export async function answeredBy(
  link: ServerLink,
  timeouts = TIMEOUTS,
): Promise<Extract<ProbeResult, { kind: 'answered' }>> {
  const result = await link.probe(timeouts);
  if (result.kind === 'failed') throw new Error(result.failure.text);
  return result;
}

export async function failureOf(
  link: ServerLink,
  timeouts = TIMEOUTS,
): Promise<Extract<ProbeResult, { kind: 'failed' }>> {
  const result = await link.probe(timeouts);
  if (result.kind === 'answered') throw new Error('the probe was answered');
  return result;
}

/** The caller ends it. */
export const rootConnection = (server: RunningServer): Promise<Connection> =>
  createConnection({ socketPath: `${server.dir}/socket`, user: 'root' });

/** Root, past read-only and outside the binary log. */
export async function asRoot(server: RunningServer, ...statements: readonly string[]): Promise<void> {
  const root = await rootConnection(server);
  try {
    for (const statement of ['SET sql_log_bin = 0', ...statements]) await root.query(statement);
  } finally {
    root.destroy();
  }
}

/** A fleet and what tests do to it. */
export class World {
  readonly fleet: Fleet;
  readonly dialect: Dialect;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.dialect = dialectOf[fleet.family];
  }

  get primary(): RunningServer {
    return this.fleet.primary;
  }

  replica(index: number): RunningServer {
    const replica = this.fleet.replicas[index];
    if (replica === undefined) throw new Error(`no replica ${index}`);
    return replica;
  }

  /** As the family spells it. */
  word(mysql: string, mariadbSpelling: string): string {
    return this.fleet.family === 'mysql' ? mysql : mariadbSpelling;
  }

  async see(server: RunningServer): Promise<Instance> {
    const link = linkTo(keyOf(server));
    try {
      return (await answeredBy(link)).facts.instance;
    } finally {
      link.close();
    }
  }

  /** Executes as the orchestrator account or another; rows of the last statement. Throws where a command fails. */
  async command(server: RunningServer, commands: readonly ServerCommand[], account?: Credentials) {
    const link = linkTo(keyOf(server), account === undefined ? {} : { account });
    const result = await link.execute(commands, this.dialect, COMMAND_TIMEOUTS);
    link.close();
    if (result.kind === 'failed') throw new Error(`${commands[result.completed]?.kind}: ${result.failure.text}`);
    if (result.refused.length > 0) throw new Error(result.refused.map(({ text }) => text).join('; '));
    return result.lastRows;
  }

  write(statement: string): Promise<unknown> {
    return this.primary.query(statement, applicationAccount);
  }

  async hasTable(server: RunningServer, name: string): Promise<boolean> {
    return (await server.query(`SHOW TABLES FROM demo LIKE '${name}'`)).length > 0;
  }

  /** All that a server has executed, as its family writes it. */
  async executedBy(server: RunningServer): Promise<string> {
    const { executedGtidSet, evidence } = await this.see(server);
    return this.fleet.family === 'mysql' ? executedGtidSet : (evidence?.mariadbCurrentPosition ?? '');
  }

  /** A transaction that the primary will never write. */
  async farFuture(): Promise<string> {
    const { serverUuid, serverId } = await this.see(this.primary);
    return this.fleet.family === 'mysql' ? `${serverUuid}:9999999` : `0-${serverId}-9999999`;
  }

  /** By GTID, unless a place is given. */
  follow(source: RunningServer, { method, stateMethod = false, ...options }: FollowWish = {}): ServerCommand {
    const usualMethod = this.fleet.family === 'mysql' ? 'auto-position' : 'slave-pos';
    const usual = {
      place: { kind: 'gtid', method: method ?? usualMethod, stateMethod },
      allowTls: false,
      tls: NO_REPLICATION_TLS,
      receiver: NO_RECEIVER_OPTIONS,
      delaySeconds: 0,
      credentials: null,
      applierRuns: false,
    } as const;
    return { kind: 'follow', relayLog: noLoss(), options: { source: keyOf(source), ...usual, ...options } };
  }
}

/** A test looks for itself what was received and what became of it. */
export function noLoss(): RelayLogSafe {
  const witness = relayLogDrained(gtidContainment, '', '');
  if (witness === null) throw new Error('an empty relay log is safe');
  return witness;
}

export interface CountingProxy {
  readonly port: number;
  /** How many pieces clients have sent through it. */
  sent(): number;
  /** As a firewall does that no longer knows the connection: the next piece is answered with a reset. */
  resetNext(): void;
  close(): void;
}

/** Stands between a client and a server and counts what the client sends. */
export async function countingProxyTo(server: RunningServer): Promise<CountingProxy> {
  const sockets: Socket[] = [];
  let sent = 0;
  let resets = false;
  const proxy = createServer((client) => {
    const upstream = connect(server.port, server.host);
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', () => {
      sent++;
      if (resets) client.resetAndDestroy();
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const port = await listening(proxy);
  const close = () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  };
  const resetNext = () => {
    resets = true;
  };
  return { port, sent: () => sent, resetNext, close };
}

export function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('a listening socket has a port'));
      else resolve(address.port);
    });
  });
}
