/** What every backend does about candidates. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

export function candidatesContract(newWorld: NewWorld): void {
  describe('promotion rules', () => {
    it('are registered anew over the old ones', async () => {
      const { backend } = await newWorld();
      await backend.registerCandidate({ key: key('a'), rule: 'prefer', lastSuggested: noon(-0.5) });
      await backend.registerCandidate({ key: key('a'), rule: 'must_not', lastSuggested: noon(9.5) });
      expect(await backend.loadCandidates()).toEqual([{ key: key('a'), rule: 'must_not', lastSuggested: noon(9.5) }]);
    });

    it('expire unless renewed', async () => {
      const { backend } = await newWorld();
      await backend.registerCandidate({ key: key('a'), rule: 'prefer', lastSuggested: noon(0) });
      await backend.registerCandidate({ key: key('b'), rule: 'prefer', lastSuggested: noon(60) });
      expect(await backend.deleteCandidatesOlderThan(noon(30))).toBe(1);
      expect((await backend.loadCandidates()).map((found) => found.key.hostname)).toEqual(['b']);
    });
  });
}
