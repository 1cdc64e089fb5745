/**
 * Where the replicas of a dead intermediate primary go (spec/recovery.md 3.3; H1, H4): below a sibling of it in the same place, gathered among themselves, below a sibling
 * elsewhere, or up to the server that the dead one replicated from. Pure; what each stage moves is planned when it begins, with what is left by then.
 */
import { compareCoordinates } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isLastCheckValid, isReplicaRunning, usesGtid } from '../../model/instance-status.ts';
import { comparePromotionRules } from '../../model/promotion-rule.ts';
import type { PromotionPolicy } from '../promotion-policy.ts';
import { compareProgress, isBanned } from '../replica-order.ts';

export type OrphanStage =
  /** All that can be go below it. */
  | { readonly kind: 'sibling'; readonly below: InstanceKey }
  /** The best of them gets the others below it; where that one goes is for the next stage. */
  | { readonly kind: 'regroup' }
  | { readonly kind: 'grandparent'; readonly below: InstanceKey };

export interface UnfitSibling {
  readonly key: InstanceKey;
  readonly reason: string;
}

export interface OrphanStages {
  /** In their order; each begins with what those before it have left. Never empty. */
  readonly stages: readonly [OrphanStage, ...OrphanStage[]];
  readonly unfit: readonly UnfitSibling[];
}

type Rules = Pick<PromotionPolicy, 'promotionRule' | 'isIgnored'>;

/** `siblings`: replicas of the dead one's source, itself among them or not, as they were last seen. */
export function orphanStages(failed: Instance, siblings: readonly Instance[], policy: PromotionPolicy): OrphanStages {
  const others = siblings.filter(({ key }) => !sameKey(key, failed.key));
  const unfit = others.flatMap((sibling): UnfitSibling[] => {
    const reason = unfitness(sibling, failed, policy);
    return reason === null ? [] : [{ key: sibling.key, reason }];
  });
  const fit = others.filter(({ key }) => !unfit.some((one) => sameKey(one.key, key)));
  const [best] = [...fit].sort((one, other) => compareSiblings(one, other, failed, policy));
  const top: readonly OrphanStage[] =
    failed.sourceKey === null ? [] : [{ kind: 'grandparent', below: failed.sourceKey }];
  if (best === undefined) return { stages: [{ kind: 'regroup' }, ...top], unfit };
  const sibling = { kind: 'sibling', below: best.key } as const;
  // H4: orphans of another data center stay together rather than each read over the distance.
  const isNear = best.dataCenter === failed.dataCenter;
  return { stages: isNear ? [sibling, { kind: 'regroup' }, ...top] : [{ kind: 'regroup' }, sibling, ...top], unfit };
}

/** Why it cannot take over the replicas of that one; null: it can. */
function unfitness(sibling: Instance, failed: Instance, policy: PromotionPolicy): string | null {
  if (!isLastCheckValid(sibling)) return 'it does not answer';
  if (!isReplicaRunning(sibling)) return 'it does not replicate';
  if (!sibling.logBinEnabled && !sibling.isBinlogServer) return 'it has no binary logs';
  if (!sibling.logReplicaUpdatesEnabled && !sibling.isBinlogServer) return 'it does not log what it replicates';
  if (isBanned(sibling, policy)) return 'it is not to be promoted';
  if (sibling.isBinlogServer !== failed.isBinlogServer)
    return sibling.isBinlogServer ? 'it is a binlog server' : 'it is no binlog server';
  if (sibling.hasReplicationFilters !== failed.hasReplicationFilters)
    return sibling.hasReplicationFilters ? 'it has replication filters' : 'it has no replication filters';
  // By place alone nobody can be brought below a server that has not got as far. By GTID it gets there: its source lives.
  const isBehind =
    !bothByGtid(sibling, failed) && compareCoordinates(sibling.execCoordinates, failed.execCoordinates) < 0;
  return isBehind ? `it is behind ${instanceKeyText(failed.key)}` : null;
}

const bothByGtid = (one: Instance, other: Instance): boolean => usesGtid(one) && usesGtid(other);

/** The contract's passes, and in each of them the one with the most replicas: it has shown that it can carry them. Strict (C16). */
function compareSiblings(one: Instance, other: Instance, failed: Instance, policy: Rules): number {
  return (
    passOf(one, failed, policy) - passOf(other, failed, policy) ||
    other.replicas.length - one.replicas.length ||
    -compareProgress(one, other) ||
    comparePromotionRules(policy.promotionRule(one.key), policy.promotionRule(other.key)) ||
    compareKeys(one.key, other.key)
  );
}

/** A candidate in its place, any candidate, anyone in its place, anyone. */
function passOf(sibling: Instance, failed: Instance, policy: Rules): number {
  const rule = policy.promotionRule(sibling.key);
  const isCandidate = rule === 'must' || rule === 'prefer';
  return (isCandidate ? 0 : 2) + (isInPlaceOf(sibling, failed) ? 0 : 1);
}

const isInPlaceOf = (one: Instance, other: Instance): boolean =>
  one.dataCenter === other.dataCenter && one.physicalEnvironment === other.physicalEnvironment;
