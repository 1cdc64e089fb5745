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
import type { ServerOptions } from './server/server-options.ts';
import type { SqlServer } from './sql-session.ts';
import { type SqlListener, sqlListener } from './sql-wire.ts';
import { gtidText } from './transaction.ts';
import { Transcript } from './transcript.ts';

export interface WorldOptions {
  readonly seed: number;
  /** The first one is the primary of the others. */
  readonly servers: readonly ServerOptions[];
  readonly network?: Partial<NetworkOptions>;
  /** What speaks SQL on a server. */
  readonly sqlOf: (server: PretendServer) => SqlServer;
}

const USUAL_NETWORK: NetworkOptions = { latencyMillis: 0.2, jitterMillis: 0.1 };

/** The account that replicas log in with; nobody checks it here. */
const REPLICATION = { user: 'repl', password: 'repl_pw' };

export class World {
  readonly queue = new EventQueue();
  readonly random: Random;
  readonly network: Network;
  readonly transcript: Transcript;
  readonly #servers = new Map<string, PretendServer>();
  readonly #doors = new Map<PretendServer, SqlListener>();
  readonly #observers: Partial<ServerObserver>[] = [];

  constructor(options: WorldOptions) {
    this.random = new Random(options.seed);
    this.network = new Network(this.queue, this.random.fork(), { ...USUAL_NETWORK, ...options.network });
    this.transcript = new Transcript(this.queue);
    for (const serverOptions of options.servers) {
      const server = new PretendServer({
        options: serverOptions,
        queue: this.queue,
        network: this.network,
        find: (host, port) => this.#servers.get(addressOf(host, port)) ?? null,
        observer: this.#observer(),
      });
      this.#servers.set(addressOf(serverOptions.host, serverOptions.port), server);
      this.#doors.set(server, sqlListener(server, options.sqlOf(server)));
      server.start();
    }
    this.#beginReplication();
  }

  get servers(): readonly PretendServer[] {
    return [...this.#servers.values()];
  }

  /** By its host name. Throws when there is none. */
  server(name: string): PretendServer {
    const found = this.servers.find((server) => server.name === name);
    if (found === undefined) throw new Error(`there is no server ${name}`);
    return found;
  }

  /** Where orchestrator and clients dial; null: no such host. */
  doorAt({ hostname, port }: InstanceKey): SqlListener | null {
    const server = this.#servers.get(addressOf(hostname, port));
    return server === undefined ? null : (this.#doors.get(server) ?? null);
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

  #beginReplication(): void {
    const [primary, ...replicas] = this.servers;
    if (primary === undefined) throw new Error('a world has a server');
    primary.running.gate.set('off', 0, () => {});
    for (const replica of replicas) {
      const { family, host, port } = primary.options;
      replica.configure({
        host,
        port,
        ...REPLICATION,
        gtid: family === 'mysql' ? 'auto-position' : 'slave-pos',
        delaySeconds: 0,
        tls: false,
      });
      startReplica(replica, BOTH);
    }
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
    };
  }
}

const addressOf = (host: string, port: number): string => `${host}:${port}`;
