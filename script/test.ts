// The command `script/test`: brings what the wanted levels need, runs them, and ends with one line of counts.

import { globSync } from 'node:fs';
import { startVitest } from 'vitest/node';
import { ensureServer, ServerUnavailable } from '../src/sandbox/fetch-server.ts';
import { serverFamilies } from '../src/sandbox/server-binaries.ts';
import { buildWebIfStale } from './build.ts';
import { ChromiumUnavailable, ensureChromium } from './chromium.ts';
import { CountingReporter, countsLine, type TestCounts } from './counting-reporter.ts';

const levels = ['unit', 'servers', 'people'] as const;
type Level = (typeof levels)[number];

const usage = `usage: script/test [LEVEL...] [FILTER...]

Levels: unit (pure code), servers (real MySQL and MariaDB), people (real browser, shell). Default: all of them.
A filter is a part of a test file's path, e.g. script/test unit src/model`;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Why this machine cannot run a level, or null after everything it needs is there. */
async function obstacle(level: Level): Promise<string | null> {
  try {
    if (level !== 'unit') for (const family of serverFamilies) await ensureServer(family, say);
    if (level === 'people') {
      ensureChromium(say);
      await buildWebIfStale(say);
    }
    return null;
  } catch (error) {
    if (error instanceof ServerUnavailable || error instanceof ChromiumUnavailable) return error.message;
    throw error;
  }
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) {
    console.log(usage);
    return 0;
  }
  const named = levels.filter((level) => words.includes(level));
  const filters = words.filter((word) => !levels.some((level) => level === word));
  const wanted = named.length > 0 ? named : [...levels];

  const runnable: Level[] = [];
  const skipped: string[] = [];
  let skippedFiles = 0;
  for (const level of wanted) {
    const reason = await obstacle(level);
    if (reason === null) runnable.push(level);
    else {
      skippedFiles += globSync(`test/${level}/**/*.test.ts`).length;
      skipped.push(`SKIPPED: all tests of level "${level}", because this machine ${reason}`);
    }
  }
  const counts = runnable.length > 0 ? await runLevels(runnable, filters) : { passed: 0, failed: 0, skipped: 0 };
  // Repeated at the end: at the beginning of a long run nobody would see them.
  for (const line of skipped) say(line);
  console.log(countsLine({ ...counts, skipped: counts.skipped + skippedFiles }));
  // A run in which nothing was tested must not look like a success.
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

async function runLevels(project: Level[], filters: string[]): Promise<TestCounts> {
  const counter = new CountingReporter();
  const vitest = await startVitest('test', filters, {
    watch: false,
    project,
    reporters: ['default', counter],
    passWithNoTests: true,
  });
  await vitest.close();
  return counter.counts;
}

// Vitest's workers and whatever tests start must find the project's own Node, not an older one of the system.
const bin = new URL('../node_modules/.bin', import.meta.url).pathname;
process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
// Set last: vitest writes process.exitCode too.
process.exitCode = await main(process.argv.slice(2));
