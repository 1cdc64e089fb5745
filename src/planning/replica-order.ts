/**
 * Replicas from the most to the least attractive, and who among them is fit to have the others below it (spec/topology-operations.md 2.3 to 2.6, O51). A strict order:
 * one criterion after the other, the key last, so that the choice is the same every time (C16).
 */
import { type BinlogCoordinates, compareCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys } from '../model/instance-key.ts';
import { isLastCheckValid, usesGtid } from '../model/instance-status.ts';
import { comparePromotionRules } from '../model/promotion-rule.ts';
import { isSmallerMajor, majorVersionText, parseServerVersion } from '../model/server-version.ts';
import { compareFormats, isSmallerFormat, replicationRefusal } from './can-replicate.ts';
import { compareReceived, gtidProgress, receivedAmount } from './gtid-progress.ts';
import type { PromotionPolicy } from './promotion-policy.ts';

const versionOf = (instance: Instance) => parseServerVersion(instance.version, instance.versionComment);

/** Best first. `dataCenter`: where the source was; '' decides nothing. */
export function orderReplicas(
  replicas: readonly Instance[],
  dataCenter: string,
  policy: PromotionPolicy,
): readonly Instance[] {
  return [...replicas].sort((one, other) => compareReplicas(one, other, dataCenter, policy));
}

function compareReplicas(one: Instance, other: Instance, dataCenter: string, policy: PromotionPolicy): number {
  return (
    -compareProgress(one, other) ||
    Number(other.logReplicaUpdatesEnabled) - Number(one.logReplicaUpdatesEnabled) ||
    compareVersions(one, other) ||
    compareFormats(one.binlogFormat, other.binlogFormat) ||
    compareDataCenters(one, other, dataCenter) ||
    Number(one.gtidErrant !== '') - Number(other.gtidErrant !== '') ||
    comparePromotionRules(policy.promotionRule(one.key), policy.promotionRule(other.key)) ||
    compareKeys(one.key, other.key)
  );
}

/**
 * Negative: `one` is less far. By what was received where both replicate by GTID (architecture rule 1): one that has received more and applied less is the one that
 * others can be fed from. Else by how far in their source's binary log they get by themselves.
 */
export function compareProgress(one: Instance, other: Instance): number {
  const [a, b] = [gtidProgress(one), gtidProgress(other)];
  if (!usesGtid(one) || !usesGtid(other) || a === null || b === null) {
    return compareCoordinates(getsTo(one), getsTo(other));
  }
  switch (compareReceived(a, b)) {
    case 'equal':
      return 0;
    case 'ahead':
      return 1;
    case 'behind':
      return -1;
    case 'diverged':
      return receivedAmount(a) - receivedAmount(b);
  }
}

/**
 * What a running applier has before it is applied in a moment: whoever was chosen for having applied more than one that has received more would never get to where that
 * one stands (O54). A stopped or delayed applier does not get there in time.
 */
function getsTo({ applierRunning, sqlDelaySeconds, readCoordinates, execCoordinates }: Instance): BinlogCoordinates {
  const applies = applierRunning && sqlDelaySeconds === 0 && readCoordinates.file !== '';
  return applies ? readCoordinates : execCoordinates;
}

function compareVersions(one: Instance, other: Instance): number {
  const [a, b] = [versionOf(one), versionOf(other)];
  return isSmallerMajor(a, b) ? -1 : isSmallerMajor(b, a) ? 1 : 0;
}

function compareDataCenters(one: Instance, other: Instance, dataCenter: string): number {
  return dataCenter === '' ? 0 : Number(other.dataCenter === dataCenter) - Number(one.dataCenter === dataCenter);
}

export const isValidSource = (instance: Instance): boolean =>
  isLastCheckValid(instance) && instance.logBinEnabled && instance.logReplicaUpdatesEnabled;

export const isValidCandidate = (instance: Instance): boolean => isValidSource(instance) && !instance.isBinlogServer;

/** What stands below a binlog server logs nothing of it, and becomes its source (O57). */
export const isValidBelowBinlogServer = (instance: Instance): boolean =>
  isLastCheckValid(instance) &&
  instance.logBinEnabled &&
  !instance.logReplicaUpdatesEnabled &&
  !instance.isBinlogServer;

export const isBanned = (instance: Instance, policy: PromotionPolicy): boolean =>
  policy.promotionRule(instance.key) === 'must_not' || policy.isIgnored(instance.key);

/** The most frequent major version; of several the smallest, compared as numbers. Null: there is nobody. */
export function priorityVersion(replicas: readonly Instance[]): string | null {
  const smallestFirst = [...replicas].sort(compareVersions).map((replica) => majorVersionText(versionOf(replica)));
  return mostFrequent(smallestFirst);
}

export function priorityFormat(replicas: readonly Instance[]): string | null {
  const smallestFirst = replicas.map(({ binlogFormat }) => binlogFormat).sort(compareFormats);
  return mostFrequent(smallestFirst);
}

/** The first of the most frequent ones. */
function mostFrequent(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, one], [, other]) => other - one);
  return first?.[0] ?? null;
}

export interface ReplicaChoice {
  readonly chosen: Instance;
  /** Further than the chosen one. */
  readonly ahead: readonly Instance[];
  readonly equal: readonly Instance[];
  readonly later: readonly Instance[];
  readonly cannotReplicate: readonly Instance[];
}

export type ReplicaChoiceResult =
  | { readonly kind: 'chosen'; readonly choice: ReplicaChoice }
  /** `lastResort`: one that is not banned, and not fit either. */
  | { readonly kind: 'none'; readonly lastResort: Instance | null };

/** 2.6. Replicas in any order. */
export function chooseReplica(
  replicas: readonly Instance[],
  dataCenter: string,
  policy: PromotionPolicy,
): ReplicaChoiceResult {
  const ordered = orderReplicas(replicas, dataCenter, policy);
  const [version, format] = [priorityVersion(replicas), priorityFormat(replicas)];
  const chosen = ordered.find((replica) => isFit(replica, version, format, policy));
  if (chosen === undefined) {
    return { kind: 'none', lastResort: ordered.find((replica) => !isBanned(replica, policy)) ?? null };
  }
  const others = ordered.filter((replica) => replica !== chosen);
  const cannotReplicate = others.filter((replica) => replicationRefusal(replica, chosen, policy) !== null);
  const able = others.filter((replica) => !cannotReplicate.includes(replica));
  const standing = (wanted: (order: number) => boolean) =>
    able.filter((replica) => wanted(compareProgress(replica, chosen)));
  return {
    kind: 'chosen',
    choice: {
      chosen,
      ahead: standing((order) => order > 0),
      equal: standing((order) => order === 0),
      later: standing((order) => order < 0),
      cannotReplicate,
    },
  };
}

function isFit(replica: Instance, version: string | null, format: string | null, policy: PromotionPolicy): boolean {
  if (!isValidCandidate(replica) || isBanned(replica, policy)) return false;
  if (version !== null && isSmallerMajor(parseServerVersion(version), versionOf(replica))) return false;
  return format === null || !isSmallerFormat(format, replica.binlogFormat);
}
