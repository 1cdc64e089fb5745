// As `seeds.test.ts`, with what fails while orchestrator itself fails, and during switchovers. A file of its own, so that both run beside each other.

import { expect, it } from 'vitest';
import { violationsOfSeeds } from './support/violations-of-seeds.ts';

const SEEDS = 60;

it.each(['node', 'switchover'] as const)('keeps every invariant in %s', async (profile) => {
  expect(await violationsOfSeeds(profile, SEEDS)).toEqual([]);
});
