/**
 * Analysis: a picture of servers in, one entry for each server that is worth one out (spec/failure-detection.md 2, 5, 6).
 */
import type { UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys, keyId } from '../model/instance-key.ts';
import { type AnalysisEntry, analysisEntry } from './entry.ts';
import { type ClusterPicture, keyAsSource, replicasBySource } from './picture.ts';
import type { AnalysisPolicy } from './policy.ts';
import { failsToConnect } from './receiver-failure.ts';
import { lastCheckValidity } from './validity.ts';

/**
 * Evaluates every server of the picture that is not under maintenance. Entries without a problem are in the result (the
 * changelog wants them); `reported` in filters.ts says which of them people and recoveries get to see.
 *
 * Order: primaries first, then those whose cluster is named after them, then more replicas before fewer, then by key.
 * Pure: no server is contacted, `now` only ends downtimes and ages stale coordinates.
 */
export function analyse(picture: ClusterPicture, policy: AnalysisPolicy, now: UnixMillis): readonly AnalysisEntry[] {
  const replicasOf = replicasBySource(picture.instances);
  const context = { picture, policy, now };
  return picture.instances
    .filter((instance) => isAnalysed(instance, picture))
    .map((subject) => ({ subject, replicas: replicasOf.get(keyId(keyAsSource(subject, picture.resolve))) ?? [] }))
    .filter(({ subject, replicas }) => isWorthAnEntry(subject, replicas, policy))
    .map(({ subject, replicas }) => analysisEntry(subject, replicas, context))
    .sort(compareEntries);
}

function isAnalysed(instance: Instance, picture: ClusterPicture): boolean {
  const isOfCluster = picture.clusterName === null || picture.clusterName === instance.clusterName;
  return isOfCluster && !picture.maintenance.has(keyId(instance.key));
}

/** The reduction: healthy leaves make no entry, nor do servers without replicas of which nothing was ever seen. */
function isWorthAnEntry(subject: Instance, replicas: readonly Instance[], policy: AnalysisPolicy): boolean {
  if (!policy.reduceReplicationAnalysisCount || replicas.length > 0 || failsToConnect(subject)) return true;
  return lastCheckValidity(subject, policy) === 'invalid';
}

/** Result order (spec section 6). Ties, which the contract leaves open, go by key, so that nothing jumps between two looks. */
export function compareEntries(one: AnalysisEntry, other: AnalysisEntry): number {
  return (
    Number(other.isPrimary) - Number(one.isPrimary) ||
    Number(other.isClusterPrimary) - Number(one.isClusterPrimary) ||
    other.countReplicas - one.countReplicas ||
    compareKeys(one.key, other.key)
  );
}
