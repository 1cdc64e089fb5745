/**
 * Who may be promoted, and who is best: constraints filter before ranking; the most received wins among the allowed
 * (spec/recovery.md 2.3 with 12.2 #4; scenarios C1 to C9, C14, C16, C18).
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, isReplica, usesGtid } from '../model/instance-status.ts';
import { compareCandidates, orphanCounts } from './candidate-ranking.ts';
import { candidateRefusal, drainRefusal, majorityOf, type RefusedCandidate, undrainable } from './candidate-refusal.ts';
import { donorFor, isOneOf } from './donors.ts';
import { errantOf, type GtidProgress, gtidProgress } from './gtid-progress.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { hasReceivedAll, type PositionProgress, type ReplicaProgress, replicaProgress } from './replica-progress.ts';
import { secondChoice } from './second-choice.ts';

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
