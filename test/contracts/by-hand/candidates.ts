/** What every backend on SQL does about candidates that other programs and people write. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

export function candidatesByHand(newWorld: NewSqlWorld): void {
  describe('promotion rules', () => {
    /** The time of such a row is the present on one engine and none on the other (spec/backend-schema.md 4). */
    it('without a time count and do not expire at once', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(
        "insert into candidate_database_instance (hostname, port, promotion_rule) values ('a', 1, 'must_not')",
      );
      expect(await backend.deleteCandidatesOlderThan(noon())).toBe(0);
      expect(await backend.loadCandidates()).toMatchObject([{ key: key('a', 1), rule: 'must_not' }]);
    });

    it('registered without a time have none and do not expire', async () => {
      const { backend } = await newWorld();
      await backend.registerCandidate({ key: key('a'), rule: 'prefer_not', lastSuggested: null });
      expect(await backend.deleteCandidatesOlderThan(noon())).toBe(0);
      expect(await backend.loadCandidates()).toEqual([{ key: key('a'), rule: 'prefer_not', lastSuggested: null }]);
    });
  });
}
