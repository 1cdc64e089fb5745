// The command `script/test`: brings what the wanted levels need, runs them, and ends with one line of counts.

import { globSync } from 'node:fs';
import { startVitest } from 'vitest/node';
import { PackageUnavailable } from '../src/sandbox/fetch-debian.ts';
import { ensureServer } from '../src/sandbox/fetch-server.ts';
import { serverReleases } from '../src/sandbox/server-releases.ts';
import { buildServerIfStale, buildWebIfStale } from './build.ts';
import { ChromiumUnavailable, ensureChromium } from './chromium.ts';
import { addCounts, CountingReporter, countsLine, type TestCounts } from './counting-reporter.ts';

const levels = ['unit', 'simulation', 'servers', 'people'] as const;
type Level = (typeof levels)[number];

/** Projects of `vitest.config.ts`. */
const projectsOf: Readonly<Record<Level, string[]>> = {
  unit: ['unit'],
  simulation: ['simulation'],
  servers: ['servers', 'servers-alone'],
  people: ['people'],
};

const usage = `usage: script/test [--update] [LEVEL...] [FILTER...]

Levels: unit (pure code), simulation (the decision core in the pretended world), servers (real MySQL and MariaDB), people (real browser,
shell). Default: all of them. --update writes the expected outputs of transcripts anew.
A filter is a part of a test file's path, e.g. script/test unit src/model`;

const UPDATE = '--update';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Why a level cannot run: this machine has no way to offer what it needs, or the project itself is broken. */
interface Obstacle {
  kind: 'machine' | 'project';
  reason: string;
}

const needsServers = (level: Level): boolean => level === 'servers' || level === 'people';

/** Brings what a level needs; null when everything is there. */
async function obstacle(level: Level): Promise<Obstacle | null> {
  try {
    if (needsServers(level)) {
      for (const release of serverReleases) await ensureServer(release, say);
      await buildServerIfStale(say);
      // Hundreds of times tests start the program: as it is published.
      process.env['ORCHESTRATOR_BUNDLED'] = '1';
    }
    if (level === 'people') {
      ensureChromium(say);
      await buildWebIfStale(say);
    }
    return null;
  } catch (error) {
    const isMachine = error instanceof PackageUnavailable || error instanceof ChromiumUnavailable;
    return { kind: isMachine ? 'machine' : 'project', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) {
    console.log(usage);
    return 0;
  }
  const named = levels.filter((level) => words.includes(level));
  const filters = words.filter((word) => word !== UPDATE && !levels.some((level) => level === word));
  const wanted = named.length > 0 ? named : [...levels];

  const runnable: Level[] = [];
  const notices: string[] = [];
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const level of wanted) {
    const found = await obstacle(level);
    if (found === null) {
      runnable.push(level);
    } else if (found.kind === 'machine') {
      total.skipped += globSync(`test/${level}/**/*.test.ts`).length;
      notices.push(`SKIPPED: all tests of level "${level}": ${found.reason}`);
    } else {
      total.failed++;
      notices.push(`FAILED: level "${level}" could not start: ${found.reason}`);
    }
  }
  if (runnable.length > 0) addCounts(total, await runLevels(runnable, filters, words.includes(UPDATE)));
  // After the tests: at the beginning of a long run nobody would see them.
  for (const line of notices) say(line);
  console.log(countsLine(total));
  // A run in which nothing was tested must not look like a success.
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function runLevels(wanted: readonly Level[], filters: string[], update: boolean): Promise<TestCounts> {
  const counter = new CountingReporter();
  const vitest = await startVitest('test', filters, {
    watch: false,
    update,
    project: wanted.flatMap((level) => projectsOf[level]),
    reporters: ['default', counter],
    passWithNoTests: true,
  });
  await vitest.close();
  return counter.counts;
}

// Vitest's workers and whatever tests start must find the project's own Node, not an older one of the system.
const bin = new URL('../node_modules/.bin', import.meta.url).pathname;
process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
// Nobody compiles anew what another process has compiled.
process.env['NODE_COMPILE_CACHE'] ??= new URL('../.cache/compiled', import.meta.url).pathname;
// Set last: vitest writes process.exitCode too.
process.exitCode = await main(process.argv.slice(2));
