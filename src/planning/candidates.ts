/**
 * Who may be promoted, and who is best: constraints filter before ranking; the most received wins among the allowed
 * (spec/recovery.md 2.3 with 12.2 #4; scenarios C1 to C9, C14, C16, C18).
 */
import type { GtidSet } from '../model/gtid-set.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, isReplica, usesGtid } from '../model/instance-status.ts';
import { comparePromotionRules } from '../model/promotion-rule.ts';
import { isSmallerMajor, majorVersionText, parseServerVersion } from '../model/server-version.ts';
import { asPrimary, compareFormats, isSmallerFormat, replicationRefusal } from './can-replicate.ts';
import { donorFor, isOneOf } from './donors.ts';
import { errantOf, type GtidProgress, gtidProgress } from './gtid-progress.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { startDropsRelayLog } from './relay-log-ends.ts';
import {
  compareAmounts,
  hasAppliedAll,
  hasReceivedAll,
  type PositionProgress,
  type ReplicaProgress,
  replicaProgress,
} from './replica-progress.ts';
import { secondChoice } from './second-choice.ts';

export type CandidateRefusalKind =
  | 'unreachable'
  | 'no-binary-log'
  | 'no-log-replica-updates'
  | 'binlog-server'
  | 'several-sources'
  | 'must-not-be-promoted'
  | 'ignored-by-configuration'
  | 'no-gtid'
  | 'minority-version'
  | 'minority-binlog-format'
  | 'crosses-data-center'
  | 'crosses-region'
  | 'dying-data-center'
  | 'lags'
  | 'applier-broken'
  | 'applier-cannot-start'
  | 'not-drained'
  | 'has-less'
  | 'has-more'
  | 'logs-replica-updates'
  | 'other-binary-log'
  | 'delayed'
  | 'excluded';

/** Why a server may not be promoted now. */
export interface CandidateRefusal {
  readonly kind: CandidateRefusalKind;
  readonly text: string;
}

export interface RefusedCandidate {
  readonly key: InstanceKey;
  readonly refusal: CandidateRefusal;
}

/** A replica that answered after its receiver was stopped: what it shows does not grow any more. */
export interface FrozenReplica<Progress extends ReplicaProgress = ReplicaProgress> {
  readonly instance: Instance;
  readonly progress: Progress;
}

export type GtidReplica = FrozenReplica<GtidProgress>;
export type PlaceReplica = FrozenReplica<PositionProgress>;

export interface Choice<Progress extends ReplicaProgress = ReplicaProgress> {
  readonly chosen: FrozenReplica<Progress>;
  /** Has received more, and feeds it before it is promoted (C10); null: nobody has. */
  readonly donor: FrozenReplica<Progress> | null;
  /** Why that one, a clause about it. */
  readonly because: string;
  /** Allowed, and not chosen; best first. */
  readonly others: readonly FrozenReplica<Progress>[];
  readonly refused: readonly RefusedCandidate[];
}

export type ChoiceResult<Progress extends ReplicaProgress = ReplicaProgress> =
  | { readonly kind: 'chosen'; readonly choice: Choice<Progress> }
  | { readonly kind: 'none'; readonly refused: readonly RefusedCandidate[] };

export interface ChoiceRequest<Progress extends ReplicaProgress = ReplicaProgress> {
  readonly failed: Instance;
  /** Reachable direct replicas with a readable state; all by GTID, or all by place. */
  readonly replicas: readonly FrozenReplica<Progress>[];
  /** Honoured or refused with its reason, never replaced silently (C12). */
  readonly designated: InstanceKey | null;
  /** Tried already in this recovery and failed (C15). */
  readonly excluded: readonly InstanceKey[];
  /** That are being lost: nobody is promoted there when there is somebody elsewhere. */
  readonly dyingDataCenters: ReadonlySet<string>;
  /** Were to feed others in this recovery, which failed. */
  readonly failedDonors: readonly InstanceKey[];
  /** Have not applied in time what they have received, in this recovery. */
  readonly undrained: readonly InstanceKey[];
}

export function chooseCandidate<Progress extends ReplicaProgress>(
  request: ChoiceRequest<Progress>,
  policy: PromotionPolicy,
): ChoiceResult<Progress> {
  // A binlog server is nobody's choice, and its version is not one of a database server's.
  const majority = majorityOf(request.replicas.filter(({ instance }) => !instance.isBinlogServer));
  const refused: RefusedCandidate[] = [];
  const allowed: FrozenReplica<Progress>[] = [];
  for (const replica of request.replicas) {
    const refusal = candidateRefusal(replica, request, majority, policy);
    if (refusal === null) allowed.push(replica);
    else refused.push({ key: replica.instance.key, refusal });
  }
  const { designated, failed } = request;
  const errant = errantOf(request.replicas.map(({ instance }) => instance));
  const places = outsideOfDying(allowed, request);
  refused.push(...places.refused);
  const donorOf = (candidate: FrozenReplica<Progress>): FrozenReplica<Progress> | null =>
    donorFor(candidate, request.replicas, policy, (replica) => isUnfitDonor(replica, request, policy));
  const full = withoutLess(places.allowed, refused, { request, donorOf, policy });
  refused.push(...full.refused);
  const orphansOf = orphanCounts(request.replicas, policy);
  const ranked = [...full.allowed].sort((one, other) =>
    compareCandidates(one, other, { failed, errant, policy, orphansOf }),
  );
  const chosen =
    designated === null
      ? preferred(ranked, failed, donorOf, policy)
      : ranked.find((replica) => sameKey(replica.instance.key, designated));
  if (chosen === undefined) return { kind: 'none', refused };
  const others = ranked.filter((replica) => replica !== chosen);
  const because = reasonFor(chosen, ranked, designated);
  return { kind: 'chosen', choice: { chosen, donor: donorOf(chosen), because, others, refused } };
}

/** B7. Whoever a person has named is promoted wherever it is. */
function outsideOfDying<Progress extends ReplicaProgress>(
  allowed: readonly FrozenReplica<Progress>[],
  { dyingDataCenters, designated }: Pick<ChoiceRequest, 'dyingDataCenters' | 'designated'>,
): { readonly allowed: readonly FrozenReplica<Progress>[]; readonly refused: readonly RefusedCandidate[] } {
  const isIn = ({ instance }: FrozenReplica): boolean => dyingDataCenters.has(instance.dataCenter);
  if (designated !== null || allowed.every(isIn)) return { allowed, refused: [] };
  const refused = allowed.filter(isIn).map(({ instance: { key, dataCenter } }): RefusedCandidate => {
    const text = `${instanceKeyText(key)} is in ${dataCenter}, where most servers do not answer`;
    return { key, refusal: { kind: 'dying-data-center', text } };
  });
  return { allowed: allowed.filter((replica) => !isIn(replica)), refused };
}

/** Reasons why a replica that might be promoted cannot apply what it has received. */
const UNDRAINABLE: ReadonlySet<CandidateRefusalKind> = new Set<CandidateRefusalKind>([
  'applier-broken',
  'applier-cannot-start',
  'delayed',
  'not-drained',
]);

/** Those who could not apply what they have received. */
export const undrainable = (refused: readonly RefusedCandidate[]): readonly InstanceKey[] =>
  refused.filter(({ refusal }) => UNDRAINABLE.has(refusal.kind)).map(({ key }) => key);

/** B8, C18: what somebody has received and cannot apply is not given up for one that has less, unless people want it so. Whoever a person has named is promoted all the same. */
function withoutLess<Progress extends ReplicaProgress>(
  allowed: readonly FrozenReplica<Progress>[],
  refused: readonly RefusedCandidate[],
  {
    request,
    donorOf,
    policy,
  }: {
    readonly request: ChoiceRequest<Progress>;
    readonly donorOf: (candidate: FrozenReplica<Progress>) => FrozenReplica<Progress> | null;
    readonly policy: PromotionPolicy;
  },
): { readonly allowed: readonly FrozenReplica<Progress>[]; readonly refused: readonly RefusedCandidate[] } {
  if (policy.whenNotDrained === 'next' || request.designated !== null) return { allowed, refused: [] };
  const keys = undrainable(refused);
  const stuck = request.replicas.filter((replica) => isOneOf(keys, replica));
  const less: RefusedCandidate[] = [];
  const enough = allowed.filter((candidate) => {
    const has = (donorOf(candidate) ?? candidate).progress;
    const fuller = stuck.find(({ progress }) => !hasReceivedAll(has, progress));
    if (fuller === undefined) return true;
    const [key, other] = [instanceKeyText(candidate.instance.key), instanceKeyText(fuller.instance.key)];
    less.push({
      key: candidate.instance.key,
      refusal: { kind: 'has-less', text: `${key} has not received what ${other} has, and has not applied` },
    });
    return false;
  });
  return { allowed: enough, refused: less };
}

/** C6, C10: the one that has received most, or whom people prefer to it, where that one has as much or can be fed. */
function preferred<Progress extends ReplicaProgress>(
  ranked: readonly FrozenReplica<Progress>[],
  failed: Instance,
  donorOf: (candidate: FrozenReplica<Progress>) => FrozenReplica<Progress> | null,
  policy: PromotionPolicy,
): FrozenReplica<Progress> | undefined {
  const [first] = ranked;
  if (first === undefined) return undefined;
  const able = ranked.filter((one) => hasReceivedAll((donorOf(one) ?? one).progress, first.progress));
  const instances = able.map(({ instance }) => instance);
  const chosen = secondChoice({ failed, first: first.instance, able: instances }, policy);
  return able.find(({ instance }) => instance === chosen);
}

function reasonFor(chosen: FrozenReplica, [first]: readonly FrozenReplica[], designated: InstanceKey | null): string {
  if (designated !== null) return 'as ordered';
  return chosen === first
    ? 'which has received the most'
    : `which is preferred to ${first === undefined ? '' : instanceKeyText(first.instance.key)}`;
}

/** It must log what it replicates, and be able to apply what it has received: from its relay log nobody is fed. */
function isUnfitDonor(
  replica: FrozenReplica,
  { failedDonors, undrained }: ChoiceRequest,
  policy: PromotionPolicy,
): boolean {
  const { instance, progress } = replica;
  const logs = instance.logBinEnabled && instance.logReplicaUpdatesEnabled && !instance.isBinlogServer;
  const cannotApply = drainRefusal(instance, progress, policy) !== null || isOneOf(undrained, replica);
  return !logs || hasSeveralSources(instance) || cannotApply || isOneOf(failedDonors, replica);
}

interface Majority {
  readonly version: string;
  readonly format: string;
}

/** C2, C3, C4: with the majority of versions and formats, not with the newest; a tie goes to the smaller. */
function majorityOf(replicas: readonly FrozenReplica[]): Majority {
  const versions = replicas.map((replica) => versionOf(replica.instance)).sort(bySmallerMajor);
  const formats = replicas
    .map((replica) => replica.instance.binlogFormat)
    .sort((one, other) => compareFormats(one, other) || (one < other ? -1 : 1));
  return { version: mostFrequent(versions.map(majorVersionText)), format: mostFrequent(formats) };
}

const versionOf = (instance: Instance) => parseServerVersion(instance.version, instance.versionComment);

type Version = ReturnType<typeof versionOf>;

const bySmallerMajor = (one: Version, other: Version): number =>
  isSmallerMajor(one, other) ? -1 : isSmallerMajor(other, one) ? 1 : 0;

/** The first of the most frequent ones; '' for an empty list. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

/** Why this replica may not be promoted in place of the failed primary, or null. Pure: facts in, verdict out. */
function candidateRefusal(
  { instance, progress }: FrozenReplica,
  request: ChoiceRequest,
  majority: Majority,
  policy: PromotionPolicy,
): CandidateRefusal | null {
  const refuse = (kind: CandidateRefusalKind, text: string): CandidateRefusal => ({ kind, text });
  const { failed } = request;
  const key = instanceKeyText(instance.key);
  if (request.excluded.some((excluded) => sameKey(excluded, instance.key))) {
    return refuse('excluded', `${key} failed earlier in this recovery`);
  }
  if (request.undrained.some((undrained) => sameKey(undrained, instance.key))) {
    return refuse('not-drained', `${key} has not applied in time what it has received`);
  }
  if (instance.isBinlogServer) return refuse('binlog-server', `${key} is a binlog server`);
  if (hasSeveralSources(instance)) {
    return refuse('several-sources', `${key} replicates from other sources too`);
  }
  if (!instance.logBinEnabled) return refuse('no-binary-log', `${key} has no binary log`);
  if (!instance.logReplicaUpdatesEnabled) {
    return refuse('no-log-replica-updates', `${key} does not log what it replicates`);
  }
  if (policy.promotionRule(instance.key) === 'must_not') {
    return refuse('must-not-be-promoted', `${key} has the promotion rule must_not`);
  }
  if (policy.isIgnored(instance.key)) {
    return refuse('ignored-by-configuration', `${key} matches PromotionIgnoreHostnameFilters`);
  }
  if (majorVersionText(versionOf(instance)) !== majority.version && isNewerThan(instance, majority.version)) {
    return refuse('minority-version', `${key} is newer (${instance.version}) than most replicas (${majority.version})`);
  }
  if (isSmallerFormat(majority.format, instance.binlogFormat)) {
    return refuse('minority-binlog-format', `${key} logs ${instance.binlogFormat}, most replicas ${majority.format}`);
  }
  if (policy.preventCrossDataCenter && instance.dataCenter !== failed.dataCenter) {
    const text = `PreventCrossDataCenterMasterFailover: will not promote server in ${instance.dataCenter} when failed server in ${failed.dataCenter}`;
    return refuse('crosses-data-center', text);
  }
  if (policy.preventCrossRegion && instance.region !== failed.region) {
    const text = `PreventCrossRegionMasterFailover: will not promote server in ${instance.region} when failed server in ${failed.region}`;
    return refuse('crosses-region', text);
  }
  const lagLimitSeconds = policy.failOnLagMinutes * 60;
  if (lagLimitSeconds > 0 && (instance.replicationLagSeconds ?? 0) >= lagLimitSeconds) {
    const text = `FailMasterPromotionOnLagMinutes: ${key} lags ${instance.replicationLagSeconds} seconds`;
    return refuse('lags', text);
  }
  return drainRefusal(instance, progress, policy);
}

/** C18: a received transaction is no use on a server that cannot apply it. */
export function drainRefusal(
  instance: Instance,
  progress: ReplicaProgress,
  policy: PromotionPolicy,
): CandidateRefusal | null {
  if (hasAppliedAll(progress)) return null;
  const key = instanceKeyText(instance.key);
  if ((instance.evidence?.lastSqlErrorNumber ?? 0) !== 0) {
    return { kind: 'applier-broken', text: `${key} cannot apply what it received: ${instance.lastSqlError}` };
  }
  if (startDropsRelayLog(instance)) {
    return { kind: 'applier-cannot-start', text: `${key} would drop what it received when its applier is started` };
  }
  if (instance.sqlDelaySeconds > policy.drainSeconds) {
    return { kind: 'delayed', text: `${key} is delayed by ${instance.sqlDelaySeconds} seconds` };
  }
  return null;
}

function isNewerThan(instance: Instance, majorVersion: string): boolean {
  return isSmallerMajor(parseServerVersion(majorVersion), versionOf(instance));
}

/** Better first. Received decides; then what serves the topology; the key settles ties, so that the choice is the same every time (C16). */
function compareCandidates(
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
function orphanCounts(
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

/** Freezes what was observed; null when the server replicates without GTID or shows no readable GTID state. */
export function frozenReplica(instance: Instance): GtidReplica | null {
  if (!isReplica(instance) || !usesGtid(instance)) return null;
  const progress = gtidProgress(instance);
  return progress === null ? null : { instance, progress };
}

export interface Sorted {
  /** Those that can be compared with each other. */
  readonly replicas: readonly FrozenReplica[];
  /** Cannot be moved beside them. */
  readonly withoutGtid: readonly Instance[];
}

/** By GTID where one of them replicates so: the others are left out. Else all by their places in the binary log of the one source that they have. */
export function comparable(instances: readonly Instance[]): Sorted {
  const read = instances.map((instance) => ({
    instance,
    progress: isReplica(instance) ? replicaProgress(instance) : null,
  }));
  const isByGtid = instances.some(usesGtid);
  const fits = ({ progress }: { readonly progress: ReplicaProgress | null }): boolean =>
    progress !== null && (progress.family !== 'position') === isByGtid;
  return {
    replicas: read.flatMap(({ instance, progress }) =>
      progress !== null && fits({ progress }) ? [{ instance, progress }] : [],
    ),
    withoutGtid: read.filter((one) => !fits(one)).map(({ instance }) => instance),
  };
}
