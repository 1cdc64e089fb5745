// The levels of tests; `script/test` runs them in this order. What each is for: docs and architecture of the project.

import { defineConfig } from 'vitest/config';

/** A real server takes seconds to start, more on a busy machine. */
const serverTestMillis = 120_000;

/** Hundreds of runs a test, each some tens of milliseconds. */
const simulationMillis = 300_000;

const realThings = {
  // One file at a time: each starts servers of its own, and timing matters to many.
  fileParallelism: false,
  testTimeout: serverTestMillis,
  hookTimeout: serverTestMillis,
};

export default defineConfig({
  test: {
    // The default leaves one core idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'script/**/*.test.ts', 'test/contracts/**/*.test.ts'],
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
      { test: { name: 'servers', include: ['test/servers/**/*.test.ts'], sequence: { groupOrder: 2 }, ...realThings } },
      { test: { name: 'people', include: ['test/people/**/*.test.ts'], sequence: { groupOrder: 3 }, ...realThings } },
    ],
  },
});
