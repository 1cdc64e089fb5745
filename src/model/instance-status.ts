/**
 * What follows from an instance record: its role, the state of its replication, how fresh our knowledge of it is.
 *
 * spec/topology-operations.md 1.6, spec/discovery.md 13, 14 and 16. Nothing here reads a clock: `now` is an argument.
 */
import { extractDetached, hasNoFile, sameCoordinates } from './binlog-coordinates.ts';
import { type UnixMillis, unixMillis } from './brand.ts';
import type { Downtime } from './decisions.ts';
import type { Instance, ThreadState } from './instance.ts';
import { type InstanceKey, isDetachedKey, NO_SOURCE_HOSTNAME, sameKey } from './instance-key.ts';

/** The settings that status depends on; all in seconds, under the configuration keys of the same names. */
export interface StatusSettings {
  readonly instancePollSeconds: number;
  readonly reasonableReplicationLagSeconds: number;
  readonly reasonableMaintenanceReplicationLagSeconds: number;
}

/** A check is recent for this many poll periods (spec/discovery.md 16). */
export const RECENT_CHECK_POLLS = 5;

const MILLIS_PER_SECOND = 1000;

export const usesGtid = (instance: Instance): boolean => instance.usingOracleGtid || instance.usingMariadbGtid;

/** Whether the server has a source configured and has something to read from it. A stopped replica is a replica. */
export function isReplica(instance: Instance): boolean {
  return namesASource(instance.sourceKey) && (!hasNoFile(instance.readCoordinates) || usesGtid(instance));
}

function namesASource(key: InstanceKey | null): boolean {
  return key !== null && key.hostname !== '' && key.hostname !== NO_SOURCE_HOSTNAME && key.port !== 0;
}

/**
 * It has channels to other sources. Our commands name no channel, so that they would stop, or forget, the others too: such a server is shown, and moved by
 * people alone.
 */
export const hasSeveralSources = (instance: Instance): boolean => instance.otherChannels.length > 0;

/** Both threads run. For evidence about the source look at the receiver alone: a stopped applier says nothing of it. */
export const isReplicaRunning = (instance: Instance): boolean =>
  isReplica(instance) && bothThreads(instance, 'running');

export const threadsExist = (instance: Instance): boolean =>
  instance.receiverState !== 'none' && instance.applierState !== 'none';

export const threadsStopped = (instance: Instance): boolean => bothThreads(instance, 'stopped');

const bothThreads = (instance: Instance, state: ThreadState): boolean =>
  instance.receiverState === state && instance.applierState === state;

/** Not a replica, and in a replication group only the member whose role says so. */
export const isPrimary = (instance: Instance): boolean =>
  !isReplica(instance) && (!isGroupMember(instance) || instance.group.memberRole === 'PRIMARY');

export const isGroupMember = (instance: Instance): boolean => instance.group.name !== '';

export const isGroupPrimary = (instance: Instance): boolean =>
  isGroupMember(instance) && sameKey(instance.group.primaryKey, instance.key);

/** A member that is not the primary; also one that knows of no primary (expelled). */
export const isGroupSecondary = (instance: Instance): boolean => isGroupMember(instance) && !isGroupPrimary(instance);

/** Both replicate from the same server. */
export const isSiblingOf = (one: Instance, other: Instance): boolean =>
  isReplica(one) && isReplica(other) && !sameKey(one.key, other.key) && sameKey(one.sourceKey, other.sourceKey);

/** Whether `replica` replicates directly from `source`. */
export const isSourceOf = (source: Instance, replica: Instance): boolean =>
  isReplica(replica) && !sameKey(source.key, replica.key) && sameKey(replica.sourceKey, source.key);

/** By ancestry UUIDs: every server descends from itself, each of two co-primaries from the other (contract). */
export const isDescendantOf = (instance: Instance, other: Instance): boolean =>
  other.serverUuid !== '' && instance.ancestryUuid.split(',').includes(other.serverUuid);

/** The source was detached: its host name is kept behind `//` so that it can be put back. */
export const isSourceDetached = (instance: Instance): boolean =>
  instance.sourceKey !== null && isDetachedKey(instance.sourceKey);

/** The applier's coordinates are in detached form; nothing writes it any more, but stored rows may have it. */
export const isDetached = (instance: Instance): boolean => extractDetached(instance.execCoordinates) !== null;

/** Everything fetched is applied. */
export const isApplierCaughtUp = (instance: Instance): boolean =>
  sameCoordinates(instance.readCoordinates, instance.execCoordinates);

/**
 * The last check that ended was a good one. Facts of an invalid instance are those of its last good check. Never checked is before any time at which it was
 * seen: so are rows that somebody filled by hand (spec/failure-detection.md 3).
 */
export const isLastCheckValid = ({ lastChecked, lastSeen }: Instance): boolean =>
  lastSeen !== null && (lastChecked === null || lastChecked <= lastSeen);

/**
 * When the last check ended, for who keeps whole seconds, cut downwards. A bad check stays later than the last good one: a server that was seen and lost within
 * one second would be valid again for a command, or after a restart.
 */
export function lastCheckedInSeconds(instance: Instance): UnixMillis | null {
  const { lastChecked, lastSeen } = instance;
  if (lastChecked === null || lastSeen === null || isLastCheckValid(instance)) return lastChecked;
  const secondAfter = (Math.floor(lastSeen / MILLIS_PER_SECOND) + 1) * MILLIS_PER_SECOND;
  return unixMillis(Math.max(lastChecked, secondAfter));
}

/** Whole seconds since the last check ended, well or badly; null: never checked. Never negative: clocks step back. */
export const secondsSinceLastCheck = (instance: Instance, now: UnixMillis): number | null =>
  wholeSecondsSince(instance.lastChecked, now);

/** Whole seconds since the last good check ended; null: never seen. */
export const secondsSinceLastSeen = (instance: Instance, now: UnixMillis): number | null =>
  wholeSecondsSince(instance.lastSeen, now);

function wholeSecondsSince(then: UnixMillis | null, now: UnixMillis): number | null {
  return then === null ? null : Math.max(0, Math.floor((now - then) / MILLIS_PER_SECOND));
}

/** Checked within one poll period. */
export const isUpToDate = (instance: Instance, now: UnixMillis, settings: StatusSettings): boolean =>
  checkedWithin(instance, now, settings.instancePollSeconds);

/** Checked within five poll periods, well or badly. */
export const isRecentlyChecked = (instance: Instance, now: UnixMillis, settings: StatusSettings): boolean =>
  checkedWithin(instance, now, RECENT_CHECK_POLLS * settings.instancePollSeconds);

function checkedWithin(instance: Instance, now: UnixMillis, limitSeconds: number): boolean {
  const age = secondsSinceLastCheck(instance, now);
  return age !== null && age <= limitSeconds;
}

/** Whether the applier is close enough to its source, or to its configured delay, for a topology change. Unknown lag counts as 0. */
export function hasReasonableMaintenanceLag(instance: Instance, settings: StatusSettings): boolean {
  const limit = settings.reasonableMaintenanceReplicationLagSeconds;
  const lag = instance.secondsBehindSource ?? 0;
  return instance.sqlDelaySeconds > 0 ? Math.abs(lag - instance.sqlDelaySeconds) <= limit : lag <= limit;
}

/** Downtime counts while its end is strictly in the future (spec/discovery.md 18). */
export const isDowntimeActive = (downtime: Downtime | null | undefined, now: UnixMillis): boolean =>
  downtime !== null && downtime !== undefined && downtime.end > now;
