/**
 * Pools: names that stand for lists of servers, as somebody outside submits them (spec/topology-operations.md 1.10).
 */
import { compareKeys, type InstanceKey } from './instance-key.ts';

export interface PoolMembership {
  readonly pool: string;
  readonly key: InstanceKey;
}

/** By pool, then server; the same on every backend, whatever its collation. */
export function compareMemberships(one: PoolMembership, other: PoolMembership): number {
  if (one.pool !== other.pool) return one.pool < other.pool ? -1 : 1;
  return compareKeys(one.key, other.key);
}

/** What the column holds (spec/backend-schema.md, `database_instance_pool`). */
const NAME_CHARACTERS_MAX = 128;

/** Why a pool cannot have this name, or null. A tab or a line break in one would forge columns and lines of listings. */
export function poolNameRefusal(name: string): string | null {
  if (name === '') return 'no name of a pool given';
  if (/\p{Cc}/u.test(name)) return 'the name of a pool has no control characters';
  const isShort = [...name].length <= NAME_CHARACTERS_MAX;
  return isShort ? null : `the name of a pool has at most ${NAME_CHARACTERS_MAX} characters`;
}
