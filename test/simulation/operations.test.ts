// Random operations on random topologies, while rows flow and servers, the network and the node fail (issue: property tests in the simulated world).

import { expect, it } from 'vitest';
import { operateAtRandom } from './support/operate-at-random.ts';

const SEEDS = 40;

it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
  'H1, H2, H3, D4: whatever is asked, nothing acknowledged is lost, nothing goes round, and nobody is stranded unmarked: seed %i',
  async (seed) => {
    const { faults, operations } = await operateAtRandom({ seed });
    expect({ faults, operations: faults.length === 0 ? [] : operations }).toEqual({ faults: [], operations: [] });
  },
);

it('says the same, byte for byte, when a seed is run again', async () => {
  const [once, again] = [await operateAtRandom({ seed: 3 }), await operateAtRandom({ seed: 3 })];
  expect(again.transcript.join('\n')).toBe(once.transcript.join('\n'));
});
