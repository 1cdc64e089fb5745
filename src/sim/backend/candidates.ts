/**
 * Registered promotion rules, one a server.
 */
import { keyId } from '../../model/instance-key.ts';
import type { CandidateStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { deleteWhere, inKeyOrder } from './rows.ts';
import { storedKey } from './stored-keys.ts';
import { isBefore, readTime, storedTime } from './timestamp.ts';

export const candidateStore = (engine: MemoryEngine): CandidateStore => ({
  registerCandidate: ({ key, rule, lastSuggested }) =>
    engine.write(({ candidates }) => {
      const at = lastSuggested === null ? null : storedTime(lastSuggested);
      candidates.set(keyId(key), { key: storedKey(key), rule, lastSuggested: at });
    }),

  loadCandidates: () =>
    engine.read(({ candidates }) =>
      inKeyOrder(candidates).map((row) => ({ ...row, lastSuggested: readTime(row.lastSuggested) })),
    ),

  deleteCandidatesOlderThan: (oldest) =>
    engine.write(({ candidates }) =>
      // Without a time there is no age: dropping a `must_not` somebody wrote by hand would let that server be promoted.
      deleteWhere(
        candidates,
        ({ lastSuggested }) =>
          lastSuggested !== null && readTime(lastSuggested) !== null && isBefore(lastSuggested, oldest),
      ),
    ),
});
