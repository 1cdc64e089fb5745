// For cores that are wrong on purpose: the first seed whose run violates an invariant.

import type { Violation } from '../../../src/sim/invariants/violation.ts';
import type { Profile } from '../../../src/sim/nemesis.ts';
import { simulate } from './simulate.ts';

/** A mistake that so many runs do not expose is one that they would not find in the core either. */
const MAX_SEEDS = 100;

export interface Caught {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

export interface CaughtOptions {
  /** What happens in the runs; null: each seed decides. */
  readonly profile?: Profile | null;
  /** The invariant that must be violated; null: any. */
  readonly invariant?: number | null;
}

/** Null: nobody noticed. */
export async function firstCaught({ profile = null, invariant = null }: CaughtOptions = {}): Promise<Caught | null> {
  for (let seed = 1; seed <= MAX_SEEDS; seed++) {
    const { violations } = await simulate({ seed, profile });
    const found = violations.filter((violation) => invariant === null || violation.invariant === invariant);
    if (found.length > 0) return { seed, violations };
  }
  return null;
}
