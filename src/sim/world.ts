/**
 * The pretended world: servers on a network, under one clock and one source of chance. Everything that happens in it follows from its options, its seed
 * and what it is told; no real time passes.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import { EventQueue } from './event-queue.ts';
import { Network, type NetworkOptions } from './network.ts';
import { Random } from './random.ts';
import { PretendServer, type ServerObserver } from './server/pretend-server.ts';
import { BOTH, startReplica } from './server/replica-commands.ts';
import { sandboxOptions } from './server/replica-settings.ts';
import type { ServerOptions } from './server/server-options.ts';
import type { SqlServer } from './sql-session.ts';
import { type SqlListener, sqlListener } from './sql-wire.ts';
import { gtidText } from './transaction.ts';
import { Transcript } from './transcript.ts';

export interface WorldOptions {
  readonly seed: number;
  /** The first cluster; none: the world begins empty, and `addCluster` or `addTopology` fill it. */
  readonly servers: readonly ServerOptions[];
  readonly network?: Partial<NetworkOptions>;
  /** What speaks SQL on a server. */
  readonly sqlOf: (server: PretendServer) => SqlServer;
}

/** A server, and whom it replicates from; null: nobody. */
export interface TopologyMember {
  readonly options: ServerOptions;
  readonly source: ServerOptions | null;
}

const USUAL_NETWORK: NetworkOptions = { latencyMillis: 0.2, jitterMillis: 0.1 };

/** The account that replicas log in with; nobody checks it here. */
const REPLICATION = { user: 'repl', password: 'repl_pw' };

export class World {
  readonly queue = new EventQueue();
  readonly random: Random;
  readonly network: Network;
  readonly transcript: Transcript;
  readonly #sqlOf: WorldOptions['sqlOf'];
  readonly #servers = new Map<string, PretendServer>();
  readonly #byName = new Map<string, PretendServer>();
  /** By further names that lead to them. */
  readonly #hosts = new Map<string, string>();
  readonly #doors = new Map<PretendServer, SqlListener>();
  readonly #observers: Partial<ServerObserver>[] = [];
  readonly #told = this.#observer();

  constructor(options: WorldOptions) {
    this.random = new Random(options.seed);
    this.network = new Network(this.queue, this.random.fork(), { ...USUAL_NETWORK, ...options.network });
    this.transcript = new Transcript(this.queue);
    this.#sqlOf = options.sqlOf;
    if (options.servers.length > 0) this.addCluster(options.servers);
  }

  /**
   * Starts servers of which the first is the writable primary of the others. Throws when an address or a name is taken: two servers of one name would be
   * one place in the network, and a cut that is meant for one would cut off both.
   */
  addCluster(options: readonly ServerOptions[]): readonly PretendServer[] {
    const [primary] = options;
    return this.addTopology(
      options.map((one, index) => ({ options: one, source: index === 0 ? null : (primary ?? one) })),
    );
  }

  /** Starts servers of which each replicates from the one that it names, in whatever shape that makes. The first takes writes. Throws as `addCluster` does. */
  addTopology(members: readonly TopologyMember[]): readonly PretendServer[] {
    const servers = members.map(({ options }) => this.#addServer(options));
    const [primary] = servers;
    if (primary === undefined) throw new Error('a cluster has a server');
    primary.running.gate.set('off', 0, () => {});
    for (const [index, { source }] of members.entries()) {
      const server = servers[index];
      if (source !== null && server !== undefined) beginReplication(server, source);
    }
    return servers;
  }

  get servers(): readonly PretendServer[] {
    return [...this.#servers.values()];
  }

  /** By its name. Throws when there is none. */
  server(name: string): PretendServer {
    const found = this.#byName.get(name);
    if (found === undefined) throw new Error(`there is no server ${name}`);
    return found;
  }

  /** Where orchestrator and clients dial; null: no such host. */
  doorAt({ hostname, port }: InstanceKey): SqlListener | null {
    const server = this.#serverAt(hostname, port);
    return server === undefined ? null : (this.#doors.get(server) ?? null);
  }

  /** From now on, whoever dials `name` gets to `host`; null: nobody has that name any more. */
  nameHost(name: string, host: string | null): void {
    if (host === null) this.#hosts.delete(name);
    else this.#hosts.set(name, host);
  }

  #serverAt(host: string, port: number): PretendServer | undefined {
    return this.#servers.get(addressOf(this.#hosts.get(host) ?? host, port));
  }

  observe(observer: Partial<ServerObserver>): void {
    this.#observers.push(observer);
  }

  /** Lets time pass, without anybody whose promises would have to settle in between. */
  run(forMillis: number): void {
    const until = this.queue.now + forMillis;
    for (let next = this.queue.nextAt; next !== null && next <= until; next = this.queue.nextAt) this.queue.step();
    this.queue.advanceTo(until);
  }

  #addServer(options: ServerOptions): PretendServer {
    const address = addressOf(options.host, options.port);
    const server = new PretendServer({
      options,
      queue: this.queue,
      network: this.network,
      find: (host, port) => this.#serverAt(host, port) ?? null,
      observer: this.#told,
    });
    if (this.#servers.has(address)) throw new Error(`there is a server at ${address} already`);
    if (this.#byName.has(server.name)) throw new Error(`there is a server ${server.name} already`);
    this.#servers.set(address, server);
    this.#byName.set(server.name, server);
    this.#doors.set(server, sqlListener(server, this.#sqlOf(server)));
    server.start();
    return server;
  }

  #observer(): ServerObserver {
    const tell = (work: (observer: Partial<ServerObserver>) => void): void => {
      for (const observer of this.#observers) work(observer);
    };
    return {
      committed: (server, transaction) => tell((observer) => observer.committed?.(server, transaction)),
      level: (server, level) => {
        this.transcript.say(`${server.name} is ${level === 'off' ? 'writable' : level}`);
        tell((observer) => observer.level?.(server, level));
      },
      relayLogDropped: (server, drop) => {
        if (drop.lost.length > 0) {
          const gtids = drop.lost.map(({ gtid }) => gtidText(gtid)).join(' ');
          this.transcript.say(
            `${server.name} drops ${drop.lost.length} received transactions (${drop.reason}): ${gtids}`,
          );
        }
        tell((observer) => observer.relayLogDropped?.(server, drop));
      },
      lost: (server, transactions) => {
        this.transcript.say(`${server.name} loses ${transactions.length} transactions that were not flushed`);
        tell((observer) => observer.lost?.(server, transactions));
      },
      life: (server, what) => {
        this.transcript.say(`${server.name} ${what}`);
        tell((observer) => observer.life?.(server, what));
      },
      told: (server, user, text) => tell((observer) => observer.told?.(server, user, text)),
    };
  }
}

function beginReplication(replica: PretendServer, source: ServerOptions): void {
  const { options } = replica;
  const { family, host, port } = source;
  replica.configure({
    host,
    port,
    ...REPLICATION,
    gtid: usesGtid(options, source) ? (family === 'mysql' ? 'auto-position' : 'slave-pos') : 'off',
    delaySeconds: options.delaySeconds,
    tls: family === 'mysql' && !options.isBinlogServer,
    others: sandboxOptions(options.connectRetryMillis, options.heartbeatPeriodMillis),
  });
  startReplica(replica, BOTH);
}

function usesGtid(options: ServerOptions, source: ServerOptions): boolean {
  if (options.isBinlogServer || source.isBinlogServer || !options.replicatesByGtid) return false;
  return options.family === 'mariadb' || options.gtidMode === 'ON';
}

const addressOf = (host: string, port: number): string => `${host}:${port}`;
