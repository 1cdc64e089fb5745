// One run of the whole decision core in the pretended world: a cluster, a node of orchestrator, a writer, a nemesis, and the judgement at the end.

import type { JournalPhase } from '../../../src/ports/decision-store.ts';
import { HOOKS, injectFault, type PlannedFault } from '../../../src/sim/faults.ts';
import { InvariantWatch } from '../../../src/sim/invariants/invariant-watch.ts';
import type { Violation } from '../../../src/sim/invariants/violation.ts';
import { faultsOf, PROFILES, type Profile } from '../../../src/sim/nemesis.ts';
import { Random } from '../../../src/sim/random.ts';
import {
  type Family,
  type ServerOptions,
  serverOptions,
  withoutGtids,
} from '../../../src/sim/server/server-options.ts';
import { sqlOf } from '../../../src/sim/sql/pretend-sql.ts';
import { World } from '../../../src/sim/world.ts';
import { Writer } from '../../../src/sim/writer.ts';
import { healEverything } from './heal-everything.ts';
import { PretendNode } from './pretend-node.ts';
import { Run } from './run.ts';

export interface RunOptions {
  readonly seed: number;
  /** Null: the seed decides. */
  readonly profile: Profile | null;
  /** False: everybody replicates by file and position, and GTIDs are switched off. Default: true. */
  readonly withGtids?: boolean;
  /** Instead of those that the seed gives: for shrinking and replaying. */
  readonly faults?: readonly PlannedFault[];
  /** For faults that are over early. */
  readonly faultsEndMillis?: number;
  readonly settleMillis?: number;
  /** Between two writes of the client. Absent: the seed decides. */
  readonly writeIntervalMillis?: number;
}

export interface RunReport {
  readonly seed: number;
  readonly profile: Profile;
  readonly family: Family;
  readonly withGtids: boolean;
  readonly faults: readonly PlannedFault[];
  readonly violations: readonly Violation[];
  /** Scenarios that the core does not handle yet, and that came up. */
  readonly pending: readonly string[];
  readonly transcript: readonly string[];
  readonly acknowledgedRows: number;
  readonly promotions: number;
  /** The phase of each line of its recoveries' journals, in the order in which they were written. */
  readonly journaled: readonly JournalPhase[];
}

/** The nemesis has ended by then; what is not well so long after it has gone will not become so. */
const FAULTS_END_MILLIS = 40_000;
const SETTLE_MILLIS = 40_000;

const NODE = 'orc1';
const CLIENT = 'app1';
const NODE_USER = 'orc';

/** Never lossy: a source that has no acker waits for one, however long that takes. */
const FOR_EVER_MILLIS = 1_000_000_000;

export async function simulate({
  seed,
  profile: wished,
  withGtids = true,
  faults: given,
  faultsEndMillis = FAULTS_END_MILLIS,
  settleMillis = SETTLE_MILLIS,
  writeIntervalMillis,
}: RunOptions): Promise<RunReport> {
  const random = new Random(seed);
  // Drawn in any case: a replay that names the scenario is the same run.
  const drawn = random.pick(PROFILES);
  const profile = wished ?? drawn;
  const family: Family = random.chance(0.5) ? 'mysql' : 'mariadb';
  const servers = clusterOf(family, random, withGtids);
  // Now and then faster than the slowest appliers: then relay logs hold something when a primary dies.
  const drawnInterval = random.pick([5, 10, 20]);
  const intervalMillis = writeIntervalMillis ?? drawnInterval;
  const world = new World({ seed: random.integer(0, 0x7fff_ffff), servers, sqlOf });
  const run = new Run(world);
  const node = new PretendNode(world, {
    place: NODE,
    configuration: {
      ...configurationFor(family, servers),
      ...repairsOf(profile, seed),
      ...(withGtids ? {} : { AutoPseudoGTID: true }),
    },
    touch: run.touch,
  });
  const [primary = '', ...replicas] = servers.map(({ host }) => host);
  const faults = given ?? faultsOf(profile, { primary, replicas, node: NODE, client: CLIENT }, random);
  const watch = new InvariantWatch(world, { place: NODE, user: NODE_USER, disk: node.disk }, faults);
  const writer = new Writer(world, {
    place: CLIENT,
    intervalMillis,
    answerMillis: 1_000,
    isLarge: (row) => row % 7 === 0,
    onAcknowledged: (row) => watch.acknowledged(row),
  });
  world.transcript.say(`seed ${seed}: ${profile} on ${family}, ${servers.length} servers`);
  node.start();
  world.queue.after(2_000, () => writer.start());
  for (const { at, fault } of faults) world.queue.after(at, () => injectFault(world, node, fault));
  await run.until(faultsEndMillis);
  healEverything(world, node);
  await run.until(faultsEndMillis + settleMillis);
  writer.stop();
  await run.until(faultsEndMillis + settleMillis + 2_000);
  const judgement = watch.judge(writer);
  const { violations } = judgement;
  for (const { invariant, text } of violations) world.transcript.say(`VIOLATION of invariant ${invariant}: ${text}`);
  return {
    seed,
    profile,
    family,
    withGtids,
    faults,
    violations,
    pending: judgement.pending,
    transcript: world.transcript.lines,
    acknowledgedRows: writer.acknowledged.length,
    promotions: watch.promotions,
    journaled: node.disk.tables.journal.map(({ phase }) => phase),
  };
}

function clusterOf(family: Family, random: Random, withGtids: boolean): readonly ServerOptions[] {
  const make = withGtids ? serverOptions : withoutGtids;
  const semiSync = random.chance(0.7);
  const count = random.integer(3, 5);
  return Array.from({ length: count }, (_, index) =>
    make(family, index + 1, {
      semiSync: {
        source: semiSync && index === 0,
        replica: semiSync,
        waitCount: 1,
        timeoutMillis: FOR_EVER_MILLIS,
      },
      relayLogRecovery: random.chance(0.5),
      syncsBinlog: random.chance(0.8),
      applyMillis: random.between(0.5, 12),
      commitMillis: random.between(0.2, 2),
    }),
  );
}

function configurationFor(family: Family, servers: readonly ServerOptions[]): Record<string, unknown> {
  const [primary] = servers;
  return {
    MySQLTopologyUser: NODE_USER,
    MySQLTopologyPassword: 'orc_pw',
    InstancePollSeconds: 1,
    HostnameResolveMethod: 'none',
    MySQLHostnameResolveMethod: 'none',
    DiscoverByShowSlaveHosts: true,
    DiscoverySeeds: [`${primary?.host}:${primary?.port}`],
    RecoverMasterClusterFilters: ['*'],
    RecoveryPeriodBlockSeconds: 5,
    ...hooksConfiguration(),
    ...(family === 'mariadb' ? { ReplicationCredentialsQuery: "select 'repl', 'repl_pw'" } : {}),
  };
}

/** Every other run is of people who have everything repaired. */
function repairsOf(profile: Profile, seed: number): Record<string, unknown> {
  if (profile !== 'intermediate' && seed % 2 === 1) return {};
  return {
    RecoverIntermediateMasterClusterFilters: ['*'],
    RecoverNonWriteableMaster: true,
    AutoRejoinDemotedPrimary: true,
  };
}

/** Each hook's text is the name that the nemesis knows it by. */
function hooksConfiguration(): Record<string, unknown> {
  const keys: Readonly<Record<(typeof HOOKS)[number], string>> = {
    detected: 'OnFailureDetectionProcesses',
    'before-switchover': 'PreGracefulTakeoverProcesses',
    before: 'PreFailoverProcesses',
    'after-primary': 'PostMasterFailoverProcesses',
    after: 'PostFailoverProcesses',
    'after-failure': 'PostUnsuccessfulFailoverProcesses',
  };
  return Object.fromEntries(HOOKS.map((hook) => [keys[hook], [hook]]));
}
