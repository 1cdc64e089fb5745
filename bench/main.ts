// The command `script/bench`: measures, and prints one JSON object a line on standard output; progress goes to standard error.

import { type DrillEvent, drillEvents } from '../src/sandbox/drill.ts';
import type { FleetFamily } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import { type ServerFamily, serverFamilies } from '../src/sandbox/server-releases.ts';
import { obstacleToTestHosts } from '../src/sandbox/test-hosts.ts';
import { benchAnalysis } from './analysis.ts';
import { benchChurn } from './churn.ts';
import { benchDetection, type Fault, faults, isNetworkFault, networkFaults } from './detection.ts';
import { benchFailover, failoverReplicas, failoverTrials } from './failover.ts';
import { benchFleet, fleetSizes } from './fleet.ts';
import { benchMassFailover, massPerCluster } from './mass-failover.ts';
import { benchOperations } from './operations.ts';
import { benchPoll } from './poll.ts';
import { benchSandbox } from './sandbox.ts';
import { benchSoak } from './soak.ts';

const massServers = 100 * massPerCluster;

const usage = `usage: script/bench [failover] [mass-failover] [detection] [poll] [operations] [fleet] [churn] [soak] [sandbox] [analysis]
       [mysql] [mariadb] [crash] [hang] [drop] [reject] [switchover] [--trials=N] [--replicas=N] [--seconds=N] [--servers=N]

failover   time without acknowledged writes, on one primary and its replicas, seen by an independent writer:
           crash (kill -9), hang (kill -STOP), switchover (graceful-master-takeover-auto)
mass-failover
           time until each of 100 pretended clusters of three whose primaries die at once takes writes, while orchestrator has one
           core; clusters of both families unless one is named; only when it is named
detection  time from a fault of the primary to the conclusion that it is dead, at a poll of 5 s; nothing is recovered:
           crash, hang, or nobody reaches its host any more: drop (packets vanish), reject (connections are reset and refused)
poll       CPU and round trips of a poll of one server
operations time of operations: a plan, one replica by GTID and by file and position, and 1, 10 and 50 replicas at once (MySQL: 10);
           only when it is named
fleet      time to find a pretended fleet, and CPU, memory and freshness while it is polled; fleets of both families unless one is named
churn      a pretended fleet of which a third dies, hangs and comes back at random: memory, and time to a right picture;
           only when it is named, 2000 servers for 300 s by default
soak       false verdicts about a healthy cluster under load while orchestrator is stopped and goes on; only when it is named, 600 s by default
sandbox    memory of pretended servers in one process, and statements that it answers; only when it is named, 10000 servers for 15 s by default
analysis   CPU of the analysis of a fleet in memory while nothing changes, and the time that one change takes; 10000 servers for 15 s by default
--trials   failovers of each kind, or operations there and back, default 5, of crashes ${failoverTrials.crash}
--replicas of failover; default: ${failoverReplicas.join(', ')} one after another
--seconds  how long orchestrator's own CPU is watched for poll and fleet, default 60
--servers  of the fleet; default: ${fleetSizes.join(', ')} one after another; of a mass failover ${massServers} by default

What is not named is measured: without any word, everything. Numbers are read, never judged here.`;

type EventWord = DrillEvent | Fault;

const eventWords: readonly EventWord[] = [...drillEvents, ...networkFaults];

const benches = [
  'failover',
  'mass-failover',
  'detection',
  'poll',
  'operations',
  'fleet',
  'churn',
  'soak',
  'sandbox',
  'analysis',
] as const;

/** What is measured when nothing is named. */
const usualBenches: readonly string[] = ['failover', 'detection', 'poll', 'fleet', 'analysis'];

/** Of what does not say otherwise. */
const usualTrials = 5;

const churnServers = 2_000;
const churnSeconds = 300;

const soakSeconds = 600;

const sandboxServers = 10_000;
const sandboxSeconds = 15;

const analysisServers = 10_000;
const analysisSeconds = 15;

/** How long orchestrator's own CPU is watched. */
const watchSeconds = 60;

interface Wishes {
  readonly benches: readonly (typeof benches)[number][];
  readonly families: readonly ServerFamily[];
  readonly events: readonly EventWord[];
  /** Null: as many as each bench does. */
  readonly trials: number | null;
  /** Of a failover; null: all sizes. */
  readonly replicas: number | null;
  /** Null: as long as each bench does. */
  readonly seconds: number | null;
  /** Of a fleet; null: all sizes. */
  readonly servers: number | null;
}

function readWishes(words: readonly string[]): Wishes | null {
  const named = words.filter((word) => !word.startsWith('--'));
  const known = new Set<string>([...benches, ...serverFamilies, ...eventWords]);
  const options = words.filter((word) => word.startsWith('--'));
  if (
    named.some((word) => !known.has(word)) ||
    options.some((word) => !/^--(trials|replicas|seconds|servers)=[1-9]\d*$/.test(word))
  ) {
    return null;
  }
  const chosen = <Word extends string>(all: readonly Word[]): readonly Word[] => {
    const some = all.filter((word) => named.includes(word));
    return some.length > 0 ? some : all;
  };
  return {
    benches: chosen(benches).filter((bench) => named.includes(bench) || usualBenches.includes(bench)),
    families: chosen(serverFamilies),
    events: chosen(eventWords),
    trials: numberOf(words, 'trials'),
    replicas: numberOf(words, 'replicas'),
    seconds: numberOf(words, 'seconds'),
    servers: numberOf(words, 'servers'),
  };
}

/** Null: it is not given. */
function numberOf(words: readonly string[], name: string): number | null {
  const given = words.find((word) => word.startsWith(`--${name}=`));
  return given === undefined ? null : Number(given.slice(name.length + 3));
}

async function main(words: readonly string[]): Promise<number> {
  const wishes = readWishes(words);
  if (wishes === null) {
    const isAsked = words.includes('--help') || words.includes('-h');
    (isAsked ? console.log : console.error)(usage);
    return isAsked ? 0 : 2;
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  for (const family of wishes.families) await measureFamily(wishes, family, say);
  if (wishes.benches.includes('fleet')) await measureFleets(wishes, say);
  await measureWhenNamed(wishes, say);
  return 0;
}

/** Real servers of one family. */
async function measureFamily(wishes: Wishes, family: ServerFamily, say: (line: string) => void): Promise<void> {
  const trials = wishes.trials ?? usualTrials;
  if (wishes.benches.includes('failover')) await measureFailovers(wishes, family, say);
  if (wishes.benches.includes('detection')) {
    for (const fault of faults.filter((one) => wishes.events.includes(one))) {
      const obstacle = isNetworkFault(fault) ? await obstacleToTestHosts(say) : null;
      if (obstacle !== null) say(`detection ${family} ${fault}: not measured: ${obstacle}`);
      else console.log(JSON.stringify(await benchDetection({ family, fault, trials, say })));
    }
  }
  if (wishes.benches.includes('poll')) {
    console.log(JSON.stringify(await benchPoll({ family, seconds: wishes.seconds ?? watchSeconds, say })));
  }
  if (wishes.benches.includes('operations')) {
    console.log(JSON.stringify(await benchOperations({ family, trials, say })));
  }
}

async function measureFailovers(
  { events, trials, replicas }: Wishes,
  family: ServerFamily,
  say: (line: string) => void,
): Promise<void> {
  for (const size of replicas === null ? failoverReplicas : [replicas]) {
    for (const event of drillEvents.filter((one) => events.includes(one))) {
      const bench = { family, event, replicas: size, trials: trials ?? failoverTrials[event], say };
      console.log(JSON.stringify(await benchFailover(bench)));
    }
  }
}

/** What takes minutes, or is of interest only to who builds the sandbox. */
async function measureWhenNamed(
  { benches, families, servers, seconds, trials }: Wishes,
  say: (line: string) => void,
): Promise<void> {
  if (benches.includes('mass-failover')) {
    const family = familyOf(families);
    const bench = { servers: servers ?? massServers, family, trials: trials ?? usualTrials, say };
    console.log(JSON.stringify(await benchMassFailover(bench)));
  }
  if (benches.includes('churn')) {
    const bench = { servers: servers ?? churnServers, seconds: seconds ?? churnSeconds, say };
    console.log(JSON.stringify(await benchChurn(bench)));
  }
  if (benches.includes('soak')) {
    for (const family of families) {
      console.log(JSON.stringify(await benchSoak({ family, seconds: seconds ?? soakSeconds, say })));
    }
  }
  if (benches.includes('analysis')) {
    const bench = { servers: servers ?? analysisServers, seconds: seconds ?? analysisSeconds, say };
    console.log(JSON.stringify(await benchAnalysis(bench)));
  }
  if (benches.includes('sandbox')) {
    const bench = { servers: servers ?? sandboxServers, seconds: seconds ?? sandboxSeconds, say };
    console.log(JSON.stringify(await benchSandbox(bench)));
  }
}

async function measureFleets({ families, servers, seconds }: Wishes, say: (line: string) => void): Promise<void> {
  const family = familyOf(families);
  for (const size of servers === null ? fleetSizes : [servers]) {
    console.log(JSON.stringify(await benchFleet({ servers: size, family, seconds: seconds ?? watchSeconds, say })));
  }
}

/** Of a pretended fleet. */
function familyOf([only, other]: readonly ServerFamily[]): FleetFamily {
  return other === undefined && only !== undefined ? only : 'both';
}

// Ctrl-C: what was started dies with this process, and its folders go with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exit(await main(process.argv.slice(2)));
