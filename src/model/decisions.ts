/**
 * What people and recoveries decided about servers and clusters, apart from what was observed (architecture: one owner a fact).
 */
import type { UnixMillis } from './brand.ts';
import { compareKeys, type InstanceKey, keyId } from './instance-key.ts';
import type { PromotionRule } from './promotion-rule.ts';

/** Downtime mutes: problems are not recovered automatically. `lost-in-recovery` as reason is special (spec/discovery.md 20). */
export interface Downtime {
  readonly key: InstanceKey;
  readonly owner: string;
  readonly reason: string;
  readonly begin: UnixMillis;
  readonly end: UnixMillis;
}

export const LOST_IN_RECOVERY = 'lost-in-recovery';

/** Maintenance locks: one operation or person at a time on a server. */
export interface Maintenance {
  readonly id: number;
  readonly key: InstanceKey;
  readonly owner: string;
  readonly reason: string;
  readonly begin: UnixMillis;
  readonly end: UnixMillis;
}

/** By host and port; of a server that is named twice the first. Whoever takes many locks in one order meets others who do, and no deadlock. */
export function onePerServer<Lock extends { readonly key: InstanceKey }>(locks: readonly Lock[]): readonly Lock[] {
  const byServer = new Map(locks.toReversed().map((lock) => [keyId(lock.key), lock]));
  return [...byServer.values()].sort((one, other) => compareKeys(one.key, other.key));
}

/** A promotion rule somebody or some query registered; expires unless renewed. */
export interface CandidateRegistration {
  readonly key: InstanceKey;
  readonly rule: PromotionRule;
  /** Null: written by hand without a time; counts as valid. */
  readonly lastSuggested: UnixMillis | null;
}
