import { describe, expect, it } from 'vitest';
import { key, newBackend, noon } from '../temporary-backend.ts';

describe('promotion rules', () => {
  it('are registered anew over the old ones', async () => {
    const { backend } = await newBackend();
    await backend.registerCandidate({ key: key('a'), rule: 'prefer', lastSuggested: noon(-0.5) });
    await backend.registerCandidate({ key: key('a'), rule: 'must_not', lastSuggested: noon(9.5) });
    expect(await backend.loadCandidates()).toEqual([{ key: key('a'), rule: 'must_not', lastSuggested: noon(9.5) }]);
  });

  it('expire unless renewed', async () => {
    const { backend } = await newBackend();
    await backend.registerCandidate({ key: key('a'), rule: 'prefer', lastSuggested: noon(0) });
    await backend.registerCandidate({ key: key('b'), rule: 'prefer', lastSuggested: noon(60) });
    expect(await backend.deleteCandidatesOlderThan(noon(30))).toBe(1);
    expect((await backend.loadCandidates()).map((found) => found.key.hostname)).toEqual(['b']);
  });

  it('written by hand without a time count and do not expire', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec("insert into candidate_database_instance (hostname, port, promotion_rule) values ('a', 1, 'must_not')");
    expect(await backend.deleteCandidatesOlderThan(noon())).toBe(0);
    expect(await backend.loadCandidates()).toEqual([{ key: key('a', 1), rule: 'must_not', lastSuggested: null }]);
  });
});
