// A world for tests of replication groups: three members, a server that replicates from one of them, and the real program, which knows of one.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { orchestratorAccount } from '../../../src/sandbox/accounts.ts';
import { configureFor } from '../../../src/sandbox/demo-configuration.ts';
import { type Fleet, replicate } from '../../../src/sandbox/fleet.ts';
import { freePort, freePorts } from '../../../src/sandbox/free-ports.ts';
import { joinGroup, startReplicationGroup, waitUntilOnline } from '../../../src/sandbox/replication-group.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { makeWorkFolder } from '../../../src/sandbox/work-folder.ts';
import type { SeenClusterInfo, SeenMember } from './answers.ts';
import { GENERAL_LOG, statementsOf } from './general-log.ts';
import { asRoot } from './servers.ts';
import { the, World, write } from './world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

/** What a drawing is to show of a server besides its place and name: nothing. */
const DESCRIPTION = /\s+\[.*$/;

/** Statements that change nothing on the server, and the one that is about our own session. */
const READS = /^(select|show|set session group_replication_consistency) /i;

export class GroupWorld {
  readonly world: World;
  /** By the names that drawings use: members `A`, `B` and `C`, of which `A` is the primary at the start, and `R`, which replicates from `B`. */
  readonly servers: Readonly<Record<'A' | 'B' | 'C' | 'R', RunningServer>>;
  readonly groupName: string;
  /** How many statements our account had sent to each server when the program started. */
  readonly #before: ReadonlyMap<RunningServer, number>;

  constructor(world: World, servers: GroupWorld['servers'], groupName: string) {
    this.world = world;
    this.servers = servers;
    this.groupName = groupName;
    this.#before = new Map(
      Object.values(servers).map((server) => [server, statementsOf(server, orchestratorAccount.user).length]),
    );
  }

  get members(): readonly RunningServer[] {
    const { A, B, C } = this.servers;
    return [A, B, C];
  }

  /** The drawing of the cluster under this alias or name, names in place of addresses. */
  async drawing(hint: string): Promise<readonly string[]> {
    return this.#plain(String((await this.world.get(`topology/${hint}`)).details));
  }

  /** The same, drawn by the command line from the backend. */
  async drawingByCommand(alias: string): Promise<readonly string[]> {
    const configuration = `--config=${this.world.program.configurationFile}`;
    const { stdout } = await promisify(execFile)(LAUNCHER, [configuration, '-c', 'topology', '-alias', alias]);
    return this.#plain(stdout.trimEnd());
  }

  #plain(text: string): readonly string[] {
    let plain = text;
    for (const [name, server] of Object.entries(this.servers)) plain = plain.replaceAll(this.world.key(server), name);
    return plain.split('\n').map((line) => line.replace(DESCRIPTION, ''));
  }

  /** All clusters there are, each by the server that it is called after. */
  async clusters(): Promise<readonly string[]> {
    return this.#plain(((await this.world.get('clusters')).details as readonly string[]).join('\n'));
  }

  /** After whom the cluster with this alias is called; '' when there is none. */
  async clusterCalled(alias: string): Promise<string> {
    const { details } = await this.world.get(`cluster-info/alias/${alias}`);
    return this.#plain((details as SeenClusterInfo | null)?.ClusterName ?? '').join();
  }

  async seen(server: RunningServer): Promise<SeenMember> {
    return (await this.world.instance(server)) as SeenMember;
  }

  async elect(server: RunningServer): Promise<void> {
    const [row] = await server.query('SELECT @@server_uuid AS uuid');
    await asRoot(server, `SELECT group_replication_set_as_primary('${row?.['uuid']}')`);
  }

  async leave(server: RunningServer): Promise<void> {
    await asRoot(server, 'STOP GROUP_REPLICATION');
  }

  async join(server: RunningServer): Promise<void> {
    await joinGroup(server);
    await waitUntilOnline(server, this.members.length);
  }

  /** What the program has sent to the servers since it started, as far as it is no mere reading. */
  changes(): readonly string[] {
    return Object.entries(this.servers).flatMap(([name, server]) =>
      statementsOf(server, orchestratorAccount.user, this.#before.get(server))
        .filter((statement) => !READS.test(statement))
        .map((statement) => `${name}: ${statement}`),
    );
  }

  stop(): Promise<void> {
    return this.world.stop();
  }
}

/** When it returns, the program runs; what it sees is for the test to wait for. `configuration`: keys that differ from the demo's. */
export async function openGroupWorld(configuration: Readonly<Record<string, unknown>> = {}): Promise<GroupWorld> {
  // In their order, for drawings have siblings in the order of their ports.
  const ports = await freePorts(4);
  const folder = makeWorkFolder();
  const started: { stop(): Promise<void> }[] = [];
  const start = async <Started extends { stop(): Promise<void> }>(starting: Promise<Started>): Promise<Started> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  const stop = async () => {
    await Promise.all(started.map((one) => one.stop()));
  };
  const asFleet = (primary: RunningServer, replicas: readonly RunningServer[]): Fleet => ({
    family: 'mysql',
    primary,
    replicas,
    servers: [primary, ...replicas],
    stop,
  });
  let world: World | null = null;
  try {
    const [starting, alone] = [
      start(startReplicationGroup({ ports: ports.slice(0, 3), extraOptions: GENERAL_LOG })),
      start(startServer({ family: 'mysql', port: the(ports[3]), readOnly: true, extraOptions: GENERAL_LOG })),
    ];
    // Both, so that nothing is still starting when the other fails.
    await Promise.allSettled([starting, alone]);
    const [group, R] = [await starting, await alone];
    const { primary: A } = group;
    const [B, C] = [the(group.secondaries[0]), the(group.secondaries[1])];
    await write(A, 'CREATE TABLE demo.cluster_alias (alias VARCHAR(80) PRIMARY KEY)');
    await write(A, "INSERT INTO demo.cluster_alias VALUES ('c1')");
    await write(A, 'CREATE TABLE demo.numbers (n INT PRIMARY KEY)');
    await replicate(R, B);
    const fleet = asFleet(A, [B, C, R]);
    world = new World([fleet], {
      folder,
      host: A.host,
      port: await freePort(),
      configuration: {
        ...(await configureFor(fleet)),
        DiscoverySeeds: [`${C.host}:${C.port}`],
        DetectClusterAliasQuery: 'select alias from demo.cluster_alias',
        ...configuration,
      },
    });
    const groupWorld = new GroupWorld(world, { A, B, C, R }, group.name);
    await world.startProgram();
    return groupWorld;
  } catch (error) {
    const unfinished = world ?? new World([], { folder, host: '', port: 0, configuration: {} });
    await unfinished.stop();
    await stop();
    throw error;
  }
}
