// What the commands of a transcript act on: a world, the node that watches it, and what has been said of it already.

import { type Family, serverOptions } from '../../../src/sim/server/server-options.ts';
import { sqlOf } from '../../../src/sim/sql/pretend-sql.ts';
import { World } from '../../../src/sim/world.ts';
import { PretendNode } from '../../simulation/support/pretend-node.ts';
import { Run } from '../../simulation/support/run.ts';

export const NODE = 'orc1';

export interface StageOptions {
  readonly family: Family;
  readonly replicas: number;
  readonly semiSync: boolean;
  readonly seed: number;
  /** Keys of the node's configuration file that differ from the usual ones. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Answers of single servers to configured queries, by server and query. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const FOR_EVER_MILLIS = 1_000_000_000;

/** Until the node has found everybody and leads. */
const FIND_EVERYBODY_MILLIS = 6_000;

export class Stage {
  readonly world: World;
  readonly node: PretendNode;
  readonly run: Run;
  nextRow = 1;
  #saidLines = 0;

  constructor(options: StageOptions) {
    const { family, replicas, semiSync, seed, answers } = options;
    const servers = Array.from({ length: 1 + replicas }, (_, index) => {
      const base = serverOptions(family, index + 1);
      return serverOptions(family, index + 1, {
        semiSync: { source: semiSync && index === 0, replica: semiSync, waitCount: 1, timeoutMillis: FOR_EVER_MILLIS },
        answers: answers.get(base.host) ?? new Map(),
      });
    });
    this.world = new World({ seed, servers, network: { jitterMillis: 0 }, sqlOf });
    this.run = new Run(this.world);
    this.node = new PretendNode(this.world, {
      place: NODE,
      touch: this.run.touch,
      configuration: {
        MySQLTopologyUser: 'orc',
        MySQLTopologyPassword: 'orc_pw',
        InstancePollSeconds: 1,
        HostnameResolveMethod: 'none',
        MySQLHostnameResolveMethod: 'none',
        DiscoverByShowSlaveHosts: true,
        DiscoverySeeds: ['db1:3306'],
        RecoverMasterClusterFilters: ['*'],
        ...(family === 'mariadb' ? { ReplicationCredentialsQuery: "select 'repl', 'repl_pw'" } : {}),
        ...options.configuration,
      },
    });
  }

  async begin(): Promise<void> {
    this.node.start();
    await this.run.pass(FIND_EVERYBODY_MILLIS);
    this.news();
  }

  /** What happened since this was last asked. */
  news(): readonly string[] {
    const { lines } = this.world.transcript;
    const news = lines.slice(this.#saidLines);
    this.#saidLines = lines.length;
    return news;
  }
}
