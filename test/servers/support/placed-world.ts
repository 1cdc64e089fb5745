// The four servers on which the contract tries failovers and takeovers (spec/recovery.md 11.1): two in one data centre, one in another, one in another region, and a
// heartbeat by which lag is told. Cases come one after another, and each leaves them as it found them.

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { expect } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { freePorts } from '../../../src/sandbox/free-ports.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from './eventually.ts';
import { asRoot, executed, followsSoon, isWritable, kill, others, writablePorts } from './servers.ts';
import { openWorld, the, type World, write } from './world.ts';

/** Of each server in turn: data centre and region. */
const PLACES = [
  ['dc-east-1', 'rgn-east'],
  ['dc-east-1', 'rgn-east'],
  ['dc-east-2', 'rgn-east'],
  ['dc-west', 'rgn-west'],
] as const;

/** Between two beats. Milliseconds. */
const BEAT_MILLIS = 100;

type Keys = Readonly<Record<string, unknown>>;

export class PlacedWorld {
  readonly world: World;
  #heart: Heart | null = null;

  private constructor(world: World) {
    this.world = world;
  }

  /** `keys`: of the configuration, over those of the contract. */
  static async open(family: ServerFamily, keys: Keys): Promise<PlacedWorld> {
    const ports = await freePorts(PLACES.length);
    const byPort = (place: 0 | 1) =>
      `select case @@port ${ports.map((port, index) => `when ${port} then '${PLACES[index]?.[place]}'`).join(' ')} end`;
    const world = await openWorld({
      family,
      ports,
      configuration: {
        RecoverIntermediateMasterClusterFilters: ['*'],
        RecoveryPeriodBlockSeconds: 5,
        FailureDetectionPeriodBlockMinutes: 5,
        PreventCrossRegionMasterFailover: true,
        FailMasterPromotionOnLagMinutes: 1,
        RecoverNonWriteableMaster: true,
        DetectDataCenterQuery: byPort(0),
        DetectRegionQuery: byPort(1),
        DetectPhysicalEnvironmentQuery: "select 'prod'",
        ReplicationLagQuery:
          'select coalesce((select seconds from demo.feigned_lag), (select cast(unix_timestamp(now(6)) - at as signed) from demo.heartbeat))',
        // Whoever was killed is one of the four again when it is back.
        AutoRejoinDemotedPrimary: true,
        ...keys,
      },
      async prepare({ primary }) {
        await write(primary, 'CREATE TABLE demo.heartbeat (id INT PRIMARY KEY, at DOUBLE NOT NULL)');
        await write(primary, 'CREATE TABLE demo.feigned_lag (seconds INT PRIMARY KEY)');
        await write(primary, 'INSERT INTO demo.heartbeat VALUES (1, unix_timestamp(now(6)))');
      },
    });
    const placed = new PlacedWorld(world);
    await placed.beat(world.primary);
    return placed;
  }

  /** The first one is the primary at the start. */
  get servers(): readonly [RunningServer, RunningServer, RunningServer, RunningServer] {
    const [one, two, three, four] = this.world.fleet.servers;
    return [the(one), the(two), the(three), the(four)];
  }

  /** The heart beats on this primary from now on. */
  async beat(primary: RunningServer): Promise<void> {
    await this.#heart?.stop();
    this.#heart = await Heart.start(primary);
  }

  /** Kills a primary that beats no more and whose transactions these have: so it has nothing of its own when it comes back. */
  async killed(primary: RunningServer, having: readonly RunningServer[]): Promise<void> {
    await this.#heart?.stop();
    this.#heart = null;
    const history = await executed(primary);
    for (const server of having) await eventually(() => executed(server)).toBe(history);
    await kill(primary);
  }

  async isPreferred(server: RunningServer): Promise<void> {
    expect(await this.world.get(`register-candidate/${this.world.at(server)}/prefer`)).toMatchObject({ code: 'OK' });
  }

  /** Whatever the heart says, these seem to lag so, and orchestrator has seen it; null: they do not. Nothing of it is replicated. */
  async feignLag(servers: readonly RunningServer[], seconds: number | null): Promise<void> {
    for (const server of servers) {
      const isSwitched = server.family === 'mysql' && !(await isWritable(server));
      const switched = (value: 0 | 1) => (isSwitched ? [`SET GLOBAL super_read_only = ${value}`] : []);
      const row = seconds === null ? [] : [`INSERT INTO demo.feigned_lag VALUES (${seconds})`];
      await asRoot(server, ...switched(0), 'DELETE FROM demo.feigned_lag', ...row, ...switched(1));
      await eventually(async () => (await this.world.instance(server)).ReplicationLagSeconds.Int64 === seconds).toBe(
        seconds !== null,
      );
    }
  }

  /** One server takes writes, and these alone run below it, as they say and as orchestrator sees it; the cluster is called by it. */
  async isTree(primary: RunningServer, replicas: readonly RunningServer[]): Promise<void> {
    const { world } = this;
    for (const replica of replicas) await followsSoon(replica, primary);
    await eventually(() => writablePorts(world.fleet.servers)).toEqual([primary.port]);
    const below = async () => {
      const seen = await world.instances();
      return seen
        .filter((one) => one.MasterKey.Port === primary.port && one.IsLastCheckValid)
        .map(({ Key }) => Key.Port);
    };
    await eventually(async () => (await below()).sort()).toEqual(replicas.map(({ port }) => port).sort());
    await eventually(() => world.instance(primary)).toMatchObject({ ReadOnly: false, MasterKey: { Port: 0 } });
    expect((await world.get('master/c1')).details).toMatchObject({ Key: { Port: primary.port } });
    await this.beat(primary);
  }

  /** The ports of those that a recovery has given up. */
  async lost(): Promise<readonly number[]> {
    const downtimed = (await this.world.instances()).filter(({ IsDowntimed }) => IsDowntimed);
    expect(downtimed.filter(({ DowntimeReason }) => DowntimeReason !== 'lost-in-recovery')).toEqual([]);
    return downtimed.map(({ Key }) => Key.Port);
  }

  /** Starts whoever was killed, and waits until it is one of the four below this primary again; then `home` takes over, with all others below it. */
  async restored(dead: RunningServer, primary: RunningServer, home: RunningServer): Promise<void> {
    const { world, servers } = this;
    await dead.restart();
    await this.isTree(primary, others(servers, primary));
    // By itself it ends a minute after its beginning.
    expect(await world.get(`end-downtime/${world.at(dead)}`)).toMatchObject({ code: 'OK' });
    await world.get('ack-all-recoveries?comment=next');
    for (const server of servers) await world.get(`register-candidate/${world.at(server)}/neutral`);
    if (home === primary) return;
    const answer = await world.get(`graceful-master-takeover-auto/c1/${world.at(home)}`);
    expect([answer.code, answer.message]).toEqual(['OK', 'graceful-master-takeover: successor promoted']);
    await this.isTree(home, others(servers, home));
  }

  async close(): Promise<void> {
    await this.#heart?.stop();
    await this.world.stop();
  }
}

/** Rewrites its row until it is stopped, or its server is. */
class Heart {
  readonly #connection: Connection;
  readonly #beating: Promise<void>;
  #goesOn = true;

  private constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('error', () => {});
    this.#beating = this.#run().catch(() => {});
  }

  static async start(server: RunningServer): Promise<Heart> {
    return new Heart(await server.connect(applicationAccount));
  }

  async #run(): Promise<void> {
    while (this.#goesOn) {
      await this.#connection.query('REPLACE INTO demo.heartbeat VALUES (1, unix_timestamp(now(6)))');
      await pause(BEAT_MILLIS);
    }
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#beating;
    this.#connection.destroy();
  }
}
