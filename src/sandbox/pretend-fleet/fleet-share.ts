// Clusters of a pretended fleet that live in this process: one world for all of them, whose time is the real one, and a door for each server.

import { PretendSql, packetsOf } from '../../sim/sql/pretend-sql.ts';
import { World } from '../../sim/world.ts';
import { applicationAccount, orchestratorAccount, replicationAccount } from '../accounts.ts';
import { SqlDoor } from '../protocol/serve-sql.ts';
import { clusterServers, fleetHost } from './cluster-servers.ts';
import type { ControlledFleet, ControlledServer, FleetOrder } from './fleet-order.ts';
import { FleetServer } from './fleet-server.ts';
import type { ClusterShape } from './fleet-shape.ts';
import { FleetWriter } from './fleet-writer.ts';
import { RealTime } from './real-time.ts';
import { RealTimeSql } from './real-time-sql.ts';

/** So many doors are opened at once: more would not be faster, and Ctrl-C would have to wait for all of them. */
const doorsAtOnce = 500;

export interface ShareOptions {
  readonly clusters: readonly ClusterShape[];
  /** Rows that a client writes, all clusters together; 0: nobody writes. */
  readonly rowsPerSecond: number;
}

const passwords: ReadonlyMap<string, string> = new Map(
  [orchestratorAccount, replicationAccount, applicationAccount].map(({ user, password }) => [user, password]),
);

/** Resolves when every server of it can be dialled. Rejects, with nothing left open, when a port is taken. */
export async function startShare(options: ShareOptions): Promise<FleetShare> {
  const share = new FleetShare(options);
  try {
    await share.open();
    return share;
  } catch (error) {
    share.stop();
    throw error;
  }
}

export class FleetShare implements ControlledFleet {
  readonly #world: World;
  readonly #time: RealTime;
  readonly #clusters: readonly (readonly FleetServer[])[];
  readonly #servers: ReadonlyMap<number, FleetServer>;
  readonly #doors: SqlDoor[] = [];

  constructor({ clusters, rowsPerSecond }: ShareOptions) {
    const sqls = new Map<object, PretendSql>();
    const packets = new Map<object, ReturnType<typeof packetsOf>>();
    this.#world = new World({
      seed: 1,
      servers: [],
      // Loopback: what a hop costs is what Node's timers add.
      network: { latencyMillis: 0, jitterMillis: 0 },
      sqlOf(server) {
        const shared = packets.get(server.options.answers) ?? packetsOf(server.options);
        packets.set(server.options.answers, shared);
        const sql = new PretendSql(server, { packets: shared });
        sqls.set(server, sql);
        return sql;
      },
    });
    this.#time = new RealTime(this.#world.queue);
    this.#clusters = this.#time.now(() => clusters.map((cluster) => this.#addCluster(cluster, sqls)));
    this.#servers = new Map(this.#clusters.flat().map((server) => [server.port, server]));
    if (rowsPerSecond > 0) {
      this.#time.now(() => new FleetWriter(this.#world.queue, this.#clusters, rowsPerSecond));
    }
  }

  async open(): Promise<void> {
    for (let first = 0; first < this.#doors.length; first += doorsAtOnce) {
      const some = this.#doors.slice(first, first + doorsAtOnce);
      // All of them are waited for: a door that opens after the failure of another would stay open.
      const failed = (await Promise.allSettled(some.map((door) => door.open()))).find(
        ({ status }) => status === 'rejected',
      );
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }

  async servers(): Promise<readonly ControlledServer[]> {
    return [...this.#servers.values()].map((server) => server.describe());
  }

  async serversOf(cluster: number): Promise<readonly ControlledServer[]> {
    return this.#members(cluster).map((server) => server.describe());
  }

  async order(order: FleetOrder): Promise<string | null> {
    const server = this.#servers.get(order.port);
    if (server === undefined) return `there is no server on port ${order.port}`;
    switch (order.kind) {
      case 'lag':
        return server.lag(order.applyMillis);
      case 'cut':
      case 'heal':
        return this.#setHeard(server, order.kind);
      default:
        return server[order.kind]();
    }
  }

  stop(): void {
    this.#time.stop();
    for (const door of this.#doors) door.close();
  }

  #addCluster(shape: ClusterShape, sqls: ReadonlyMap<object, PretendSql>): readonly FleetServer[] {
    const options = clusterServers(shape);
    const servers = this.#world.addCluster(options);
    // GTIDs that every server has, as on any server that was ever set up: without them nothing could be compared.
    servers[0]?.writeLocally({ kind: 'statement', sql: 'CREATE DATABASE fleet' });
    return options.map((own) => {
      const server = this.#world.server(own.name ?? own.host);
      const spoken = sqls.get(server);
      if (spoken === undefined) throw new Error(`${server.name} speaks no SQL`);
      const sql = new RealTimeSql(spoken, this.#time);
      const door = new SqlDoor({
        server: sql,
        host: fleetHost,
        port: own.port,
        passwordOf: (user) => passwords.get(user) ?? null,
      });
      this.#doors.push(door);
      return new FleetServer({ cluster: shape.number, options: own, server, sql, door, time: this.#time });
    });
  }

  #members(cluster: number): readonly FleetServer[] {
    return this.#clusters.find(([first]) => first?.cluster === cluster) ?? [];
  }

  #setHeard(server: FleetServer, what: 'cut' | 'heal'): null {
    const { network } = this.#world;
    const others = this.#members(server.cluster).filter((other) => other !== server);
    this.#time.now(() => {
      for (const other of others) network[what](server.server.name, other.server.name);
    });
    return null;
  }
}
