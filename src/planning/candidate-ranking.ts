/**
 * Who of those that may be promoted is better: received decides, then what serves the topology (spec/recovery.md 2.3 with 12.2 #4; scenarios C1, C8, C11, C16). Pure.
 */
import type { GtidSet } from '../model/gtid-set.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys } from '../model/instance-key.ts';
import { hasSeveralSources } from '../model/instance-status.ts';
import { comparePromotionRules } from '../model/promotion-rule.ts';
import { asPrimary, replicationRefusal } from './can-replicate.ts';
import { bySmallerMajor, versionOf } from './candidate-refusal.ts';
import type { FrozenReplica } from './candidates.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { compareAmounts, hasAppliedAll } from './replica-progress.ts';

/** Better first. Received decides; then what serves the topology; the key settles ties, so that the choice is the same every time (C16). */
export function compareCandidates(
  one: FrozenReplica,
  other: FrozenReplica,
  {
    failed,
    errant,
    policy,
    orphansOf,
  }: {
    readonly failed: Instance;
    readonly errant: GtidSet;
    readonly policy: PromotionPolicy;
    readonly orphansOf: (candidate: FrozenReplica) => number;
  },
): number {
  return (
    compareByReceived(one, other, errant) ||
    orphansOf(one) - orphansOf(other) ||
    compareByPlace(one.instance, other.instance, failed) ||
    Number(one.instance.gtidErrant !== '') - Number(other.instance.gtidErrant !== '') ||
    comparePromotionRules(policy.promotionRule(one.instance.key), policy.promotionRule(other.instance.key)) ||
    // D2: of equals the one that has applied it all takes writes at once.
    Number(hasAppliedAll(other.progress)) - Number(hasAppliedAll(one.progress)) ||
    bySmallerMajor(versionOf(one.instance), versionOf(other.instance)) ||
    // K12: whom a recovery that was cut had begun to gather the others below; the others would be left two steps down.
    other.instance.replicas.length - one.instance.replicas.length ||
    compareKeys(one.instance.key, other.instance.key)
  );
}

/**
 * C11: how many of the others could not follow a candidate, for its version, format, delay or the like. What each has received is looked at before; what a candidate has purged is
 * not looked at, and told when the plan is made.
 */
export function orphanCounts(
  replicas: readonly FrozenReplica[],
  policy: PromotionPolicy,
): (candidate: FrozenReplica) => number {
  const counts = new Map<FrozenReplica, number>();
  // Of hundreds that are alike every one can follow any other: nobody compares each with each while a cluster waits.
  if (areAlike(replicas.map(({ instance }) => instance))) return () => 0;
  return (candidate) => {
    const known = counts.get(candidate);
    if (known !== undefined) return known;
    const source = asPrimary(candidate.instance);
    const orphans = replicas.filter(
      (other) => other !== candidate && replicationRefusal(other.instance, source, policy) !== null,
    );
    counts.set(candidate, orphans.length);
    return orphans.length;
  };
}

/** In everything that keeps one server from replicating from another, but for identifiers, which are twice the same by mistake alone. */
function areAlike([first, ...others]: readonly Instance[]): boolean {
  const shapeOf = ({ version, binlogFormat, logBinEnabled, logReplicaUpdatesEnabled, ...of }: Instance): string =>
    [
      version,
      binlogFormat,
      logBinEnabled,
      logReplicaUpdatesEnabled,
      of.hasReplicationFilters,
      of.sqlDelaySeconds,
    ].join();
  if (first === undefined) return true;
  const shape = shapeOf(first);
  return others.every((other) => shapeOf(other) === shape && !hasSeveralSources(other));
}

/**
 * By amounts, which order sets as containment does where there is any. Where there is none, errant transactions do not count at first:
 * two writes by mistake on a replica must not outweigh one that the primary has acknowledged. Whoever is not chosen loses what it
 * alone has; the plan names it.
 */
function compareByReceived(one: FrozenReplica, other: FrozenReplica, errant: GtidSet): number {
  return compareAmounts(other.progress, one.progress, errant) || compareAmounts(other.progress, one.progress);
}

/** C8: the failed primary's data center, else its region. Where its place is not known, place decides nothing. */
function compareByPlace(one: Instance, other: Instance, failed: Instance): number {
  const nearness = (instance: Instance): number => {
    if (failed.dataCenter !== '' && instance.dataCenter === failed.dataCenter) return 2;
    return failed.region !== '' && instance.region === failed.region ? 1 : 0;
  };
  return nearness(other) - nearness(one);
}
