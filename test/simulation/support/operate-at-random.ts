// One run of random operations on a random topology, while rows flow and things fail: what was acknowledged stays, and nobody is left stopped without a mark.

import type { Instance } from '../../../src/model/instance.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import type { OperationRequest } from '../../../src/planning/operations/operation-request.ts';
import { type Fault, injectFault } from '../../../src/sim/faults.ts';
import { type TopologyFault, topologyFaults } from '../../../src/sim/invariants/topology-faults.ts';
import { Random } from '../../../src/sim/random.ts';
import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { sqlOf } from '../../../src/sim/sql/pretend-sql.ts';
import { type RandomTopology, randomTopology, type TopologyWishes } from '../../../src/sim/topology/random-topology.ts';
import { World } from '../../../src/sim/world.ts';
import { Writer } from '../../../src/sim/writer.ts';
import { healEverything } from './heal-everything.ts';
import { PretendNode } from './pretend-node.ts';
import { Run } from './run.ts';

export interface OperationsOptions {
  readonly seed: number;
  readonly wishes?: TopologyWishes;
  /** Default: things fail while operations are under way. */
  readonly withFaults?: boolean;
  readonly operations?: number;
}

export interface OperationsReport {
  readonly topology: RandomTopology;
  /** What was asked, and what became of it: one line each. */
  readonly operations: readonly string[];
  readonly faults: readonly TopologyFault[];
  readonly transcript: readonly string[];
  /** How many were done, in whole. */
  readonly done: number;
}

const NODE = 'orc1';
const CLIENT = 'app1';
const NODE_USER = 'orc';

/** The node has seen all servers a few times by then. */
const DISCOVERED_MILLIS = 4_000;
/** What was put off while something failed is done. */
const HEALED_MILLIS = 10_000;
const SETTLE_MILLIS = 50_000;
const OPERATIONS = 8;
/** An operation that takes longer is still under way when the next one is asked for. */
const PATIENCE_MILLIS = 20_000;

export async function operateAtRandom(options: OperationsOptions): Promise<OperationsReport> {
  const { seed, wishes = {}, withFaults = true, operations: count = OPERATIONS } = options;
  const random = new Random(seed);
  const topology = randomTopology(seed, wishes);
  const world = new World({ seed: random.integer(0, 0x7fff_ffff), servers: [], sqlOf });
  world.addTopology(topology.members);
  const run = new Run(world);
  const node = new PretendNode(world, {
    place: NODE,
    configuration: configurationFor(topology, random),
    touch: run.touch,
  });
  const acknowledged: number[] = [];
  const writer = new Writer(world, {
    place: CLIENT,
    // Slower than the slowest applier: whoever is behind at the end has lost something.
    intervalMillis: random.pick([15, 25, 40]),
    answerMillis: 1_000,
    isLarge: (row) => row % 7 === 0,
    onAcknowledged: ({ row }) => acknowledged.push(row),
  });
  world.transcript.say(
    `seed ${seed}: ${topology.shape} of ${topology.members.length} ${topology.family}, GTID ${topology.gtid}`,
  );
  node.start();
  writer.start();
  await run.until(DISCOVERED_MILLIS);
  const told: string[] = [];
  let done = 0;
  for (let number = 0; number < count; number += 1) {
    const request = drawRequest(node, random);
    const fault = withFaults && random.chance(0.5) ? drawFault(world, random) : null;
    const delayMillis = random.integer(0, 400);
    if (fault !== null) world.queue.after(delayMillis, () => injectFault(world, node, fault));
    if (request === null) continue;
    const outcome = await operate(node, request, run, world);
    if (outcome === 'done') done += 1;
    told.push(`${JSON.stringify(request)} -> ${outcome}`);
    await run.pass(random.integer(100, 1_500));
  }
  healEverything(world, node);
  await run.pass(HEALED_MILLIS);
  writer.stop();
  await run.pass(SETTLE_MILLIS);
  const marked = await markedServers(node, world);
  const found = topologyFaults(world, {
    acknowledged,
    cycle: topology.cycle,
    isMarked: (server) => marked.has(server),
    isRoot: (server) => topology.members[0]?.options.host === server.options.host || takesWrites(server),
  });
  // A ring from which a server was taken is a smaller ring.
  const faults = found.filter(({ kind }) => kind !== 'loop' || topology.cycle === 0);
  for (const { kind, text } of faults) world.transcript.say(`FAULT ${kind}: ${text}`);
  return { topology, operations: told, faults, transcript: world.transcript.lines, done };
}

const takesWrites = (server: PretendServer): boolean => server.running.gate.level === 'off';

async function operate(node: PretendNode, request: OperationRequest, run: Run, world: World): Promise<string> {
  let outcome: string | null = null;
  world.transcript.say(`asked: ${JSON.stringify(request)}`);
  run.touch();
  if (node.node === null) return 'nobody takes the order';
  void node.calls
    .operate(request)
    .then((ended) => {
      outcome =
        ended.kind === 'refused' || ended.kind === 'done'
          ? ended.kind === 'done'
            ? 'done'
            : `refused: ${ended.refusal.message}`
          : `${ended.kind}: ${ended.refusal.message}`;
    })
    .catch((error: unknown) => {
      outcome = `threw: ${String(error)}`;
    });
  const until = world.queue.now + PATIENCE_MILLIS;
  while (outcome === null && world.queue.now < until) await run.pass(50);
  world.transcript.say(`told: ${outcome ?? 'nothing yet'}`);
  return outcome ?? 'nothing yet';
}

/** Servers that a person is told of: held, with the reason, or downtimed. */
async function markedServers(node: PretendNode, world: World): Promise<ReadonlySet<PretendServer>> {
  if (node.node === null) return new Set();
  const locks = await node.calls.maintenance();
  const downtimed = node.calls.downtimed().map(({ instance }) => instance.key);
  const keys = [...locks.map(({ key }) => key), ...downtimed];
  return new Set(
    world.servers.filter(({ options: { host, port } }) =>
      keys.some((key) => key.hostname === host && key.port === port),
    ),
  );
}

/** Any move of any server; many of them make no sense, and are refused. */
function drawRequest(node: PretendNode, random: Random): OperationRequest | null {
  if (node.node === null) return null;
  const instances = node.calls.allInstances().map(({ instance }) => instance);
  if (instances.length < 2) return null;
  const one = (): InstanceKey => random.pick<Instance>(instances).key;
  const [key, below] = [one(), one()];
  return random.pick<OperationRequest>([
    { kind: 'relocate', key, below },
    { kind: 'relocate', key, below },
    { kind: 'relocate', key, below },
    { kind: 'relocate-replicas', key, below, pattern: '' },
    { kind: 'move-up', key },
    { kind: 'move-up-replicas', key, pattern: '' },
    { kind: 'move-below', key, below },
    { kind: 'move-below-gtid', key, below },
    { kind: 'move-equivalent', key, below },
    { kind: 'repoint', key, below: null },
    { kind: 'repoint-replicas', key, below: null, pattern: '' },
    { kind: 'take-master', key },
    { kind: 'take-siblings', key },
    { kind: 'match-below', key, below },
    { kind: 'match-up', key },
    { kind: 'match-replicas', key, below, pattern: '' },
    { kind: 'regroup-replicas', key, method: 'any' },
    { kind: 'enable-gtid', key },
    { kind: 'restart-replication', key },
    { kind: 'start-replication', key },
  ]);
}

/**
 * The primary may hang and be cut off, and comes back: a failover is another test. Nobody loses power: a server without GTIDs that does not sync its binary log has
 * rows then that its log has not, and nobody can tell where it stands.
 */
function drawFault(world: World, random: Random): Fault | null {
  const servers = world.servers.map(({ name }) => name);
  const replicas = world.servers.filter(({ settings }) => settings !== null).map(({ name }) => name);
  if (replicas.length === 0) return null;
  const server = random.pick(servers);
  const replica = random.pick(replicas);
  const forMillis = random.integer(50, 4_000);
  return random.pick<Fault>([
    { kind: 'kill', server: replica, restartAfterMillis: forMillis },
    { kind: 'hang', server, forMillis },
    { kind: 'cut', from: NODE, to: server, forMillis },
    { kind: 'cut', from: server, to: NODE, forMillis },
    { kind: 'cut', from: server, to: replica, forMillis },
    { kind: 'slow', from: NODE, to: server, addedMillis: random.integer(10, 800), forMillis },
    { kind: 'lock-tables', server: replica, forMillis },
    { kind: 'fail-storage', server: replica, fault: 'stalled', forMillis },
    { kind: 'crowd', server, forMillis },
    { kind: 'kill-node', restartAfterMillis: forMillis },
    { kind: 'hang-node', forMillis },
    { kind: 'break-store', forMillis },
  ]);
}

function configurationFor({ family, members }: RandomTopology, random: Random): Record<string, unknown> {
  const [first] = members;
  const marks = random.chance(0.7);
  return {
    MySQLTopologyUser: NODE_USER,
    MySQLTopologyPassword: 'orc_pw',
    InstancePollSeconds: 1,
    HostnameResolveMethod: 'none',
    MySQLHostnameResolveMethod: 'none',
    DiscoverByShowSlaveHosts: true,
    DiscoverySeeds: [`${first?.options.host}:${first?.options.port}`],
    SkipMaxScaleCheck: false,
    AutoPseudoGTID: marks,
    ...(family === 'mariadb' ? { ReplicationCredentialsQuery: "select 'repl', 'repl_pw'" } : {}),
  };
}
