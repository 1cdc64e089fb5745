// The levels of tests; `script/test` runs them in this order. What each is for: docs and architecture of the project.

import { defineConfig } from 'vitest/config';

/** Most take milliseconds. A machine that does much else beside them takes seconds for the longest. */
const unitMillis = 30_000;

/** A real server takes seconds to start, more on a busy machine. */
const serverTestMillis = 120_000;

/** Hundreds of runs a test, each some tens of milliseconds. */
const simulationMillis = 300_000;

const realThings = { testTimeout: serverTestMillis, hookTimeout: serverTestMillis };

/** They start servers of their own, and wait for them most of the time: two beside each other take half as long. */
const twoAtOnce = { ...realThings, maxWorkers: 2 };

/** The network of the whole machine, or what a failover takes, is what they look at. */
const oneAtATime = { ...realThings, fileParallelism: false };

const alone = ['test/servers/sandbox/**/*.test.ts', 'test/servers/network/**/*.test.ts'];

export default defineConfig({
  test: {
    // The default leaves one core idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'script/**/*.test.ts', 'test/contracts/**/*.test.ts'],
          testTimeout: unitMillis,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/transcripts/**/*.test.ts', 'test/simulation/**/*.test.ts'],
          testTimeout: simulationMillis,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          exclude: alone,
          sequence: { groupOrder: 2 },
          ...twoAtOnce,
        },
      },
      { test: { name: 'servers-alone', include: alone, sequence: { groupOrder: 3 }, ...oneAtATime } },
      { test: { name: 'people', include: ['test/people/**/*.test.ts'], sequence: { groupOrder: 4 }, ...oneAtATime } },
    ],
  },
});
