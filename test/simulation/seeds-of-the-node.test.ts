// As `seeds.test.ts`, with what fails while orchestrator itself fails, during switchovers, and where hooks and people are in the way. A file of its own, so that both run beside each other.

import { expect, it } from 'vitest';
import { violationsOfSeeds } from './support/violations-of-seeds.ts';

const SEEDS = 12;

it.each(['node', 'switchover', 'hooks', 'operators', 'double'] as const)(
  'keeps every invariant in %s',
  async (profile) => {
    expect(await violationsOfSeeds(profile, SEEDS)).toEqual([]);
  },
);
