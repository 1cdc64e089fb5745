// Runs of the decision core in the pretended world in which servers, their disks and the network fail: whatever happens, the invariants hold.

import { expect, it } from 'vitest';
import { simulate } from './support/simulate.ts';
import { violationsOfSeeds } from './support/violations-of-seeds.ts';

const SEEDS = 12;

it.each(['crash', 'hang', 'partition', 'storage', 'strain', 'flapping', 'intermediate'] as const)(
  'keeps every invariant in %s',
  async (profile) => {
    expect(await violationsOfSeeds(profile, SEEDS)).toEqual([]);
  },
);

it.each(['crash', 'switchover'] as const)(
  'says the same, byte for byte, when a seed is run again: %s',
  async (profile) => {
    const [once, again] = [await simulate({ seed: 7, profile }), await simulate({ seed: 7, profile })];
    expect(again.transcript.join('\n')).toBe(once.transcript.join('\n'));
    expect(once.transcript.length).toBeGreaterThan(10);
  },
);
