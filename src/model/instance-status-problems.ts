/**
 * What is the matter with one instance, by itself: the problem keys of spec/http-api.md 4.3 and spec/discovery.md 19.
 * What is the matter with a topology is the business of `analysis`.
 */
import type { UnixMillis } from './brand.ts';
import type { Instance, ThreadState } from './instance.ts';
import {
  isGroupMember,
  isLastCheckValid,
  isRecentlyChecked,
  isReplicaRunning,
  type StatusSettings,
  threadsExist,
} from './instance-status.ts';

export type InstanceProblem =
  | 'last_check_invalid'
  | 'not_recently_checked'
  | 'not_replicating'
  | 'replication_lag'
  | 'errant_gtid'
  | 'group_replication_member_not_online';

/** Problem keys in decreasing importance. Of the first four at most one: an invalid instance says nothing about its lag. */
export function instanceProblems(instance: Instance, now: UnixMillis, settings: StatusSettings): InstanceProblem[] {
  const problems: InstanceProblem[] = [];
  const first = leadingProblem(instance, now, settings);
  if (first !== null) problems.push(first);
  if (instance.gtidErrant !== '') problems.push('errant_gtid');
  if (isGroupMemberNotOnline(instance)) problems.push('group_replication_member_not_online');
  return problems;
}

function leadingProblem(instance: Instance, now: UnixMillis, settings: StatusSettings): InstanceProblem | null {
  if (!isLastCheckValid(instance)) return 'last_check_invalid';
  if (!isRecentlyChecked(instance, now, settings)) return 'not_recently_checked';
  if (threadsExist(instance) && !isReplicaRunning(instance)) return 'not_replicating';
  if (lagsBeyondReason(instance.replicationLagSeconds, instance, settings)) return 'replication_lag';
  return null;
}

/**
 * Whether the instance belongs on the list of problems. Wider than `instanceProblems`: the server's own lag counts besides the
 * queried one, and a single thread that does not run is enough. Downtimed and ignored hosts are for the caller to drop.
 */
export function hasListedProblem(instance: Instance, now: UnixMillis, settings: StatusSettings): boolean {
  return (
    instanceProblems(instance, now, settings).length > 0 ||
    isThreadAmiss(instance.receiverState) ||
    isThreadAmiss(instance.applierState) ||
    lagsBeyondReason(instance.secondsBehindSource, instance, settings) ||
    lagsBeyondReason(instance.replicationLagSeconds, instance, settings)
  );
}

const isThreadAmiss = (state: ThreadState): boolean => state !== 'none' && state !== 'running';

const isGroupMemberNotOnline = (instance: Instance): boolean =>
  isGroupMember(instance) && instance.group.memberState !== 'ONLINE';

/** Lag is measured against the configured delay: a delayed replica that is not behind enough is amiss too. */
function lagsBeyondReason(lagSeconds: number | null, instance: Instance, settings: StatusSettings): boolean {
  if (lagSeconds === null) return false;
  return Math.abs(lagSeconds - instance.sqlDelaySeconds) > settings.reasonableReplicationLagSeconds;
}
