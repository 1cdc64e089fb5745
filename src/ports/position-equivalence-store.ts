/**
 * The backend as the memory of equal places in the binary logs of two servers, which repoints have shown (spec/topology-operations.md 1.11, 3.2 step 7;
 * `master_position_equivalence`). With them a replica moves between the two without a search.
 */
import type { UnixMillis } from '../model/brand.ts';
import type { Equivalence } from '../planning/operations/operation-facts.ts';

export type { Equivalence };

/** Times are kept in whole seconds. */
export interface PositionEquivalenceStore {
  /**
   * The two are one place in history. Where the first is known to equal another place of the second's server, the new one replaces it: logs may have been
   * reset. Nothing is written where both are of one server, or one has no file.
   */
  saveEquivalence(one: Equivalence, other: Equivalence, at: UnixMillis): Promise<void>;
  /** What was written beside this place, whichever was given first; the newest first, each once. Of what equals those nothing is said. */
  loadEquivalences(place: Equivalence): Promise<readonly Equivalence[]>;
  /** Those that nobody has written since; tells how many. */
  deleteEquivalencesOlderThan(oldest: UnixMillis): Promise<number>;
}
