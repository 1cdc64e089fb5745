/**
 * Whom people prefer to the replica that has received most (spec/recovery.md 2.5; C6, C10). Constraints have been applied before: whoever is asked of here may be promoted. Pure.
 */
import type { Instance } from '../model/instance.ts';
import { compareKeys, type InstanceKey } from '../model/instance-key.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import { asPrimary, type ReplicationRules, replicationRefusal } from './can-replicate.ts';

export interface SecondChoiceFacts {
  readonly failed: Instance;
  /** Has received most among those that may be promoted. */
  readonly first: Instance;
  /** All that may be promoted, `first` among them, and that have as much as it or can be fed. */
  readonly able: readonly Instance[];
}

interface Rules extends ReplicationRules {
  readonly promotionRule: (key: InstanceKey) => PromotionRule;
}

/** `first`, or whoever takes its place. The steps are the contract's; within one the last by name wins. */
export function secondChoice({ failed, first, able }: SecondChoiceFacts, policy: Rules): Instance {
  const ruleOf = ({ key }: Instance): PromotionRule => policy.promotionRule(key);
  const others = able
    .filter((one) => one !== first && replicationRefusal(first, asPrimary(one), policy) === null)
    .sort((one, other) => compareKeys(one.key, other.key));
  const candidates = others.filter((one) => isPreferred(ruleOf(one)));
  const isCandidate = isPreferred(ruleOf(first));
  const inPlaceOf = (list: readonly Instance[], other: Instance) => list.findLast((one) => isInPlaceOf(one, other));
  if (isCandidate && isInPlaceOf(first, failed)) return first;
  const near = inPlaceOf(candidates, failed);
  if (near !== undefined) return near;
  if (isCandidate) return first;
  const candidate = inPlaceOf(candidates, first) ?? candidates.at(-1);
  if (candidate !== undefined) return candidate;
  if (ruleOf(first) !== 'prefer_not') return first;
  const neutrals = others.filter((one) => ruleOf(one) === 'neutral');
  return inPlaceOf(neutrals, failed) ?? inPlaceOf(neutrals, first) ?? neutrals.at(-1) ?? first;
}

const isPreferred = (rule: PromotionRule): boolean => rule === 'must' || rule === 'prefer';

const isInPlaceOf = (one: Instance, other: Instance): boolean =>
  one.dataCenter === other.dataCenter && one.physicalEnvironment === other.physicalEnvironment;
