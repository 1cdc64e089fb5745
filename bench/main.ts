// The command `script/bench`: measures, and prints one JSON object a line on standard output; progress goes to standard error.

import { type DrillEvent, drillEvents } from '../src/sandbox/drill.ts';
import { type ServerFamily, serverFamilies } from '../src/sandbox/server-releases.ts';
import { obstacleToTestHosts } from '../src/sandbox/test-hosts.ts';
import { benchAnalysis } from './analysis.ts';
import { benchChurn } from './churn.ts';
import { benchDetection, type Fault, faults, isNetworkFault, networkFaults } from './detection.ts';
import { benchFailover } from './failover.ts';
import { benchFleet, fleetSizes } from './fleet.ts';
import { benchOperations } from './operations.ts';
import { benchPoll } from './poll.ts';
import { benchSandbox } from './sandbox.ts';
import { benchSoak } from './soak.ts';

const usage = `usage: script/bench [failover] [detection] [poll] [operations] [fleet] [churn] [soak] [sandbox] [analysis] [mysql] [mariadb] [crash] [hang] [drop] [reject] [switchover] [--trials=N] [--seconds=N] [--servers=N]

failover   time without acknowledged writes, on one primary and three replicas, seen by an independent writer:
           crash (kill -9), hang (kill -STOP), switchover (graceful-master-takeover-auto)
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
--trials   failovers of each kind, or operations there and back, default 5
--seconds  how long orchestrator's own CPU is watched for poll and fleet, default 60
--servers  of the fleet; default: ${fleetSizes.join(', ')} one after another

What is not named is measured: without any word, everything. Numbers are read, never judged here.`;

type EventWord = DrillEvent | Fault;

const eventWords: readonly EventWord[] = [...drillEvents, ...networkFaults];

const benches = [
  'failover',
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
  readonly trials: number;
  /** Null: as long as each bench does. */
  readonly seconds: number | null;
  /** Of a fleet; null: all sizes. */
  readonly servers: number | null;
}

function readWishes(words: readonly string[]): Wishes | null {
  const named = words.filter((word) => !word.startsWith('--'));
  const known = new Set<string>([...benches, ...serverFamilies, ...eventWords]);
  const trials = numberOf(words, 'trials', 5);
  const seconds = numberOf(words, 'seconds', 0) || null;
  const servers = numberOf(words, 'servers', 0) || null;
  const options = words.filter((word) => word.startsWith('--'));
  if (
    named.some((word) => !known.has(word)) ||
    options.some((word) => !/^--(trials|seconds|servers)=[1-9]\d*$/.test(word))
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
    trials,
    seconds,
    servers,
  };
}

function numberOf(words: readonly string[], name: string, fallback: number): number {
  const given = words.find((word) => word.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
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
  if (wishes.benches.includes('failover')) {
    for (const event of drillEvents.filter((one) => wishes.events.includes(one))) {
      console.log(JSON.stringify(await benchFailover({ family, event, trials: wishes.trials, say })));
    }
  }
  if (wishes.benches.includes('detection')) {
    for (const fault of faults.filter((one) => wishes.events.includes(one))) {
      const obstacle = isNetworkFault(fault) ? await obstacleToTestHosts(say) : null;
      if (obstacle !== null) say(`detection ${family} ${fault}: not measured: ${obstacle}`);
      else console.log(JSON.stringify(await benchDetection({ family, fault, trials: wishes.trials, say })));
    }
  }
  if (wishes.benches.includes('poll')) {
    console.log(JSON.stringify(await benchPoll({ family, seconds: wishes.seconds ?? watchSeconds, say })));
  }
  if (wishes.benches.includes('operations')) {
    console.log(JSON.stringify(await benchOperations({ family, trials: wishes.trials, say })));
  }
}

/** What takes minutes, or is of interest only to who builds the sandbox. */
async function measureWhenNamed(
  { benches, families, servers, seconds }: Wishes,
  say: (line: string) => void,
): Promise<void> {
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
  const [only, other] = families;
  const family = other === undefined && only !== undefined ? only : 'both';
  for (const size of servers === null ? fleetSizes : [servers]) {
    console.log(JSON.stringify(await benchFleet({ servers: size, family, seconds: seconds ?? watchSeconds, say })));
  }
}

// Ctrl-C: what was started dies with this process, and its folders go with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exit(await main(process.argv.slice(2)));
