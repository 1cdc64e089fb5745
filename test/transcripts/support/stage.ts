// What the commands of a transcript act on: a world, the node that watches it, and what has been said of it already.

import type { HookBehaviour } from '../../../src/sim/faults.ts';
import { changeSource } from '../../../src/sim/server/change-source.ts';
import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { BOTH, resetReplicaAll, startReplica, stopReplica } from '../../../src/sim/server/replica-commands.ts';
import {
  binlogServerOptions,
  type Family,
  type ServerOptions,
  serverOptions,
  withoutGtids,
} from '../../../src/sim/server/server-options.ts';
import { sqlOf } from '../../../src/sim/sql/pretend-sql.ts';
import type { SqlServer } from '../../../src/sim/sql-session.ts';
import { World } from '../../../src/sim/world.ts';
import { PretendNode } from '../../simulation/support/pretend-node.ts';
import { Run } from '../../simulation/support/run.ts';
import { readable } from './readable.ts';

export const NODE = 'orc1';

export interface StageOptions {
  readonly family: Family;
  readonly replicas: number;
  /** Below the primary, besides the replicas: `bls1`, `bls2`, … */
  readonly binlogServers: number;
  /** False: everybody replicates by file and position. */
  readonly withGtids: boolean;
  readonly semiSync: boolean;
  readonly seed: number;
  /** Keys of the node's configuration file that differ from the usual ones. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What a server has of its own. */
  readonly change: (server: ServerOptions) => ServerOptions;
  /** Servers beside the first that are primaries, of those that come after them. */
  readonly otherPrimaries: readonly string[];
  /** How many further nodes (`orc2`, …) watch the same servers and recover nothing. */
  readonly observers: number;
  /** How many further orchestrators (`rival1`, …) were pointed at the same servers, know nothing of the others, and recover. */
  readonly rivals: number;
}

/** A server that runs answers within this. */
const ANSWER_MILLIS = 1;

const CLIENT = { user: 'orc', clientHost: 'stage', clientPort: 1, onClosed: () => {} };

const FOR_EVER_MILLIS = 1_000_000_000;

/** Until the node has found everybody and leads. */
const FIND_EVERYBODY_MILLIS = 6_000;

export class Stage {
  readonly world: World;
  readonly node: PretendNode;
  readonly observers: readonly PretendNode[];
  readonly rivals: readonly PretendNode[];
  readonly run: Run;
  /** How hooks end, by the first word of their text. */
  readonly hooks = new Map<string, HookBehaviour>();
  nextRow = 1;
  /** Rows whose clients have heard nothing yet, and what the others were told and nobody has printed. */
  readonly waiting = new Set<number>();
  readonly answers = new Map<number, string>();
  readonly #doors = new Map<string, SqlServer>();
  #saidLines = 0;

  constructor(options: StageOptions) {
    const { family, replicas, binlogServers, semiSync, seed, change } = options;
    if (binlogServers > 0 && family !== 'mysql') throw new Error('binlog servers are below MySQL only');
    const databases = Array.from({ length: 1 + replicas }, (_, index) => {
      const usual = {
        source: semiSync && index === 0,
        replica: semiSync,
        waitCount: 1,
        timeoutMillis: FOR_EVER_MILLIS,
      };
      const make = options.withGtids ? serverOptions : withoutGtids;
      return change(make(family, index + 1, { semiSync: usual }));
    });
    const others = Array.from({ length: binlogServers }, (_, index) => change(binlogServerOptions(index + 1)));
    const servers = [...databases, ...others];
    const doorOf = (server: PretendServer): SqlServer => {
      const door = sqlOf(server);
      this.#doors.set(server.name, door);
      return door;
    };
    this.world = new World({ seed, servers, network: { jitterMillis: 0 }, sqlOf: doorOf });
    this.run = new Run(this.world);
    divide(this.world, options.otherPrimaries);
    const configuration = {
      MySQLTopologyUser: 'orc',
      MySQLTopologyPassword: 'orc_pw',
      InstancePollSeconds: 1,
      HostnameResolveMethod: 'none',
      MySQLHostnameResolveMethod: 'none',
      DiscoverByShowSlaveHosts: true,
      ...(binlogServers > 0 ? { SkipMaxScaleCheck: false } : {}),
      DiscoverySeeds: ['db1', ...options.otherPrimaries].map((host) => `${host}:3306`),
      RecoverMasterClusterFilters: ['*'],
      ...(family === 'mariadb' ? { ReplicationCredentialsQuery: "select 'repl', 'repl_pw'" } : {}),
      ...options.configuration,
    };
    this.node = this.#nodeAt(NODE, configuration, this.hooks);
    this.observers = Array.from({ length: options.observers }, (_, index) =>
      this.#nodeAt(`orc${index + 2}`, { ...configuration, RecoverMasterClusterFilters: [] }, new Map()),
    );
    this.rivals = Array.from({ length: options.rivals }, (_, index) => {
      const alone = { place: `rival${index + 1}`, configuration, hooks: new Map(), others: () => [] };
      return new PretendNode(this.world, { ...alone, touch: this.run.touch });
    });
  }

  get #nodes(): readonly PretendNode[] {
    return [this.node, ...this.observers, ...this.rivals];
  }

  #nodeAt(place: string, configuration: Readonly<Record<string, unknown>>, hooks: Map<string, HookBehaviour>) {
    const others = (): readonly PretendNode[] => [this.node, ...this.observers].filter((node) => node.place !== place);
    return new PretendNode(this.world, { place, configuration, hooks, others, touch: this.run.touch });
  }

  /** Throws: there is none of that name. */
  nodeNamed(place: string): PretendNode {
    const found = this.#nodes.find((node) => node.place === place);
    if (found === undefined) throw new Error(`no such node: ${place}`);
    return found;
  }

  /** As a client reads it there; the number of the error where there is none of that name. Throws where nobody is let in. */
  async globalVariable(server: string, name: string): Promise<string> {
    const opened = this.#doors.get(server)?.openSession(CLIENT);
    if (opened?.kind !== 'open') throw new Error(`${server} lets nobody in`);
    let value: string | null = null;
    opened.session.query(`SELECT @@global.${name}`, ([outcome]) => {
      if (outcome?.kind === 'rows') value = String(outcome.rows[0]?.[0]);
      if (outcome?.kind === 'error') value = `(error ${outcome.number})`;
    });
    await this.run.pass(ANSWER_MILLIS);
    opened.session.close();
    if (value === null) throw new Error(`${server} does not answer`);
    return value;
  }

  async begin(): Promise<void> {
    for (const node of this.#nodes) node.start();
    await this.run.pass(FIND_EVERYBODY_MILLIS);
    this.news();
  }

  /** What happened since this was last asked. */
  news(): readonly string[] {
    const { lines } = this.world.transcript;
    const news = lines.slice(this.#saidLines);
    this.#saidLines = lines.length;
    return readable(news);
  }
}

/** Several clusters from one: everybody follows the last primary before it. */
function divide(world: World, primaries: readonly string[]): void {
  let source = '';
  for (const server of world.servers) {
    if (primaries.includes(server.name)) {
      source = server.name;
      stopReplica(server, BOTH, () => {});
      resetReplicaAll(server);
      server.running.gate.set('off', 0, () => {});
    } else if (source !== '' && server.settings !== null) {
      stopReplica(server, BOTH, () => {});
      changeSource(server, { host: source });
      startReplica(server, BOTH);
    }
  }
}
