/**
 * Who gives a candidate what it has not received (C10, D5): a replica that has more and is not wanted itself, or less than another, feeds it before it is promoted. Pure.
 */
import { compareKeys, type InstanceKey, sameKey } from '../model/instance-key.ts';
import { replicationRefusal } from './can-replicate.ts';
import type { FrozenReplica } from './candidates.ts';
import { purgedAndMissing } from './gtid-progress.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { compareAmounts, hasAppliedAll, hasReceivedAll, type ReplicaProgress } from './replica-progress.ts';

/** `unfit`: those that failed as donors earlier, or cannot apply what they have received. Null: nobody has more, or nobody who has can give it. */
export function donorFor<Progress extends ReplicaProgress>(
  candidate: FrozenReplica<Progress>,
  replicas: readonly FrozenReplica<Progress>[],
  policy: PromotionPolicy,
  unfit: (replica: FrozenReplica) => boolean,
): FrozenReplica<Progress> | null {
  const able = replicas.filter((donor) => !unfit(donor) && canFeed(donor, candidate, policy));
  return [...able].sort(compareDonors)[0] ?? null;
}

/** Better first: whoever has more; of equals the one that has applied it all gives at once; the key settles ties (C16). */
const compareDonors = (one: FrozenReplica, other: FrozenReplica): number =>
  compareAmounts(other.progress, one.progress) ||
  Number(hasAppliedAll(other.progress)) - Number(hasAppliedAll(one.progress)) ||
  compareKeys(one.instance.key, other.instance.key);

/** It has all that the candidate has received, and more; and the candidate can replicate from it. */
function canFeed(donor: FrozenReplica, candidate: FrozenReplica, policy: PromotionPolicy): boolean {
  if (donor === candidate || donor.progress.family !== candidate.progress.family) return false;
  // By place it would have to be found where the one stands in the log of the other, while nobody takes writes.
  if (donor.progress.family === 'position') return false;
  const hasAll = hasReceivedAll(donor.progress, candidate.progress);
  if (!hasAll || hasReceivedAll(candidate.progress, donor.progress)) return false;
  if (purgedAndMissing(donor.instance, candidate.instance) !== '') return false;
  // Its delay is of what it applies; all of that is applied when it feeds.
  return replicationRefusal(candidate.instance, { ...donor.instance, sqlDelaySeconds: 0 }, policy) === null;
}

export const isOneOf = (keys: readonly InstanceKey[], { instance }: FrozenReplica): boolean =>
  keys.some((key) => sameKey(key, instance.key));
