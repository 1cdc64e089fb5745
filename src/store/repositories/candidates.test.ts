import { describe, expect, it } from 'vitest';
import { key, newBackend, noon } from '../temporary-backend.ts';

describe('promotion rules', () => {
  it('written by hand without a time count and do not expire', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec("insert into candidate_database_instance (hostname, port, promotion_rule) values ('a', 1, 'must_not')");
    expect(await backend.deleteCandidatesOlderThan(noon())).toBe(0);
    expect(await backend.loadCandidates()).toEqual([{ key: key('a', 1), rule: 'must_not', lastSuggested: null }]);
  });
});
