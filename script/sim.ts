// The command `npm run sim`: the decision core in the pretended world, one run a seed. A run that violates an invariant is made smaller, and told with its
// seed and what happened in it.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { faultText } from '../src/sim/faults.ts';
import { PROFILES, type Profile } from '../src/sim/nemesis.ts';
import { shrink } from '../test/simulation/support/shrink.ts';
import { type RunReport, simulate } from '../test/simulation/support/simulate.ts';

const usage = `usage: npm run sim -- [--seeds N] [--from SEED] [--scenario NAME] [--seed SEED] [--without-gtids] [--jobs N]

--seeds N         so many runs (default 100), seeds FROM, FROM + 1, …
--from SEED       the first seed (default 1)
--scenario NAME   ${PROFILES.join(', ')}; default: the seed decides
--seed SEED       one run, with all that happened in it
--without-gtids   everybody replicates by file and position
--jobs N          processes at once (default: one a core)

Exit status 1 when an invariant was violated.`;

/** Failing runs that are shown whole; of the others only the seed. */
const MAX_SHOWN = 3;

interface Share {
  readonly seeds: readonly number[];
  readonly profile: Profile | null;
  readonly withGtids: boolean;
}

/** What a worker tells of a run. */
interface Told {
  readonly seed: number;
  readonly profile: Profile;
  readonly acknowledgedRows: number;
  readonly promotions: number;
  readonly violation: string | null;
  readonly pending: readonly string[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      scenario: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      'without-gtids': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const profile = PROFILES.find((name) => name === values.scenario) ?? null;
  if (values.scenario !== undefined && profile === null) {
    console.error(`there is no scenario "${values.scenario}": ${PROFILES.join(', ')}`);
    return 2;
  }
  const numbers = [values.seeds, values.from, values.jobs, values.seed ?? '1'].map(Number);
  if (numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) {
    console.error('--seeds, --from, --seed and --jobs take whole numbers');
    return 2;
  }
  const withGtids = !values['without-gtids'];
  if (values.seed !== undefined) return showOne(Number(values.seed), profile, withGtids);
  return runMany({
    count: Number(values.seeds),
    from: Number(values.from),
    jobs: Math.max(1, Number(values.jobs)),
    profile,
    withGtids,
  });
}

async function showOne(seed: number, profile: Profile | null, withGtids: boolean): Promise<number> {
  const report = await simulate({ seed, profile, withGtids });
  console.log(report.transcript.join('\n'));
  return report.violations.length === 0 ? 0 : 1;
}

interface Many {
  readonly count: number;
  readonly from: number;
  readonly jobs: number;
  readonly profile: Profile | null;
  readonly withGtids: boolean;
}

async function runMany({ count, from, jobs, profile, withGtids }: Many): Promise<number> {
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  const began = performance.now();
  const shares = Array.from({ length: jobs }, (_, job) => seeds.filter((_seed, index) => index % jobs === job));
  let done = 0;
  const progress = (): void => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count} runs`);
  };
  const told = (
    await Promise.all(shares.map((share) => runShare({ seeds: share, profile, withGtids }, progress)))
  ).flat();
  if (process.stderr.isTTY) process.stderr.write('\n');
  const failing = told.filter(({ violation }) => violation !== null).sort((one, other) => one.seed - other.seed);
  for (const { seed, profile: kind, violation } of failing) console.log(`seed ${seed} (${kind}): ${violation}`);
  for (const { seed } of failing.slice(0, MAX_SHOWN)) await explain(seed, profile, withGtids);
  const rows = told.reduce((sum, { acknowledgedRows }) => sum + acknowledgedRows, 0);
  const promotions = told.reduce((sum, run) => sum + run.promotions, 0);
  const pending = new Map<string, number>();
  for (const id of told.flatMap((run) => run.pending)) pending.set(id, (pending.get(id) ?? 0) + 1);
  for (const [id, times] of pending) console.log(`${id}, which is not handled yet, came up in ${times} runs`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${count} runs in ${seconds} s: ${rows} acknowledged rows, ${promotions} promotions, ${failing.length} runs with violations`,
  );
  return failing.length === 0 ? 0 : 1;
}

/** The smallest run that still fails in the same way. */
async function explain(seed: number, profile: Profile | null, withGtids: boolean): Promise<void> {
  const small = await shrink(await simulate({ seed, profile, withGtids }));
  console.log(`\n=== seed ${seed}, made smaller: ${small.faults.length} faults; replay with --seed ${seed}`);
  for (const { at, fault } of small.faults) console.log(`  at ${(at / 1000).toFixed(3)} s: ${faultText(fault)}`);
  console.log(small.transcript.join('\n'));
}

function runShare(share: Share, onRun: () => void): Promise<readonly Told[]> {
  return new Promise((resolve, reject) => {
    const told: Told[] = [];
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on('message', (run: Told) => {
      told.push(run);
      onRun();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(told));
  });
}

async function work({ seeds, profile, withGtids }: Share): Promise<void> {
  for (const seed of seeds) parentPort?.postMessage(toldOf(await simulate({ seed, profile, withGtids })));
}

function toldOf({ seed, profile, acknowledgedRows, promotions, violations, pending }: RunReport): Told {
  const [first] = violations;
  const violation = first === undefined ? null : `invariant ${first.invariant}: ${first.text}`;
  return { seed, profile, acknowledgedRows, promotions, violation, pending };
}

if (isMainThread) process.exitCode = await main();
else await work(workerData);
