// For cores that are wrong on purpose: the first seed whose run violates an invariant.

import type { Violation } from '../../../src/sim/invariants/violation.ts';
import { simulate } from './simulate.ts';

/** A mistake that so many runs do not expose is one that they would not find in the core either. */
const MAX_SEEDS = 100;

export interface Caught {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** Null: nobody noticed. */
export async function firstCaught(): Promise<Caught | null> {
  for (let seed = 1; seed <= MAX_SEEDS; seed++) {
    const { violations } = await simulate({ seed, profile: null });
    if (violations.length > 0) return { seed, violations };
  }
  return null;
}
