/**
 * Second part of a failover: from frozen facts to who is promoted, who follows, and what is lost (spec/recovery.md 3.1 and 12.4).
 *
 * The chosen one applies all it received; then, at the same time, it becomes writable and the others follow it.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { type ClusterName, clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import {
  type BinlogServerFeed,
  feedFor,
  feedUpTo,
  onlyBinlogServerHas,
  receivedPlace,
  type SeenBinlogServer,
} from './binlog-server-feed.ts';
import { asPrimary, replicationRefusal } from './can-replicate.ts';
import type { RefusedCandidate } from './candidate-refusal.ts';
import {
  type Choice,
  type ChoiceRequest,
  chooseCandidate,
  type FrozenReplica,
  type GtidReplica,
} from './candidates.ts';
import { PROMOTE_HALF_TRANSACTION_MILLIS, PROMOTE_MILLIS } from './deadlines.ts';
import type { StepCommand } from './deferred-command.ts';
import { failoverByGtid } from './failover-by-gtid.ts';
import { failoverByPlace } from './failover-by-place.ts';
import type { FailoverStep, FailoverWay } from './failover-way.ts';
import { failoverWithLoss } from './failover-with-loss.ts';
import {
  asFarAsApplied,
  type GtidProgress,
  gtidProgress,
  joinedText,
  missingFrom,
  missingFromAny,
  onlyUnapplied,
  receivedOf,
} from './gtid-progress.ts';
import { drainStepId, type LostServer, type Plan, promotionStepId } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { type PromotionSemiSync, promotionSemiSync, semiSyncCommands } from './promotion-semi-sync.ts';
import { hasHalfTransaction } from './relay-log-ends.ts';
import {
  hasReceivedAll,
  onceApplied,
  onlyReceivedBy,
  type PositionProgress,
  type ReplicaProgress,
} from './replica-progress.ts';
import { variableCommands } from './role-variables.ts';

export interface FailoverRequest<Progress extends ReplicaProgress = ReplicaProgress> extends ChoiceRequest<Progress> {
  /** Who, promoted, does not forget its source (spec/recovery.md 3.2); null: nobody. */
  readonly keepsSource: InstanceKey | null;
  /** The failed one is replaced although it may answer: a person wants it so (spec/recovery.md 4.2). */
  readonly mayLive: boolean;
  readonly clusterName: ClusterName;
  /** Appliers stand still, and what is not applied by now is dropped, by name. By GTID alone. */
  readonly acceptsLoss: boolean;
  /** Direct replicas that did not answer. */
  readonly unreachable: readonly InstanceKey[];
  /** Reachable direct replicas that cannot be moved beside the others, which replicate by GTID. */
  readonly withoutGtid: readonly Instance[];
  /** Direct replicas with several sources, by GTID: not frozen, not moved, and counted in what is lost. */
  readonly withSeveralSources: readonly GtidReplica[];
  /** Direct replicas that are binlog servers: nobody's choice, and in no way moved. What they have received may be more than anybody else has. */
  readonly binlogServers: readonly SeenBinlogServer[];
}

export type FailoverPlanResult =
  | {
      readonly kind: 'planned';
      readonly plan: Plan<StepCommand>;
      readonly choice: Choice;
      /** Has received more than the chosen one, and feeds it first; null: none has. */
      readonly feed: BinlogServerFeed | null;
      readonly semiSync: PromotionSemiSync;
      /** What is dropped by order; '' for nothing. */
      readonly discards: string;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'no-replicas' | 'no-candidate' | 'designated-refused';
      readonly text: string;
      readonly refusedCandidates: readonly RefusedCandidate[];
    };

export function planFailover(request: FailoverRequest, policy: PromotionPolicy): FailoverPlanResult {
  if (isByPlace(request)) return planBy(always(failoverByPlace), request, policy);
  if (isByGtid(request)) {
    return request.acceptsLoss ? planWithLoss(request, policy) : planBy(always(failoverByGtid), request, policy);
  }
  throw new Error('replicas that cannot be compared with each other');
}

interface ChosenWay<Progress extends ReplicaProgress> {
  readonly way: FailoverWay<Progress>;
  /** What is dropped by order; '' for nothing. */
  readonly discards: string;
}

type WayFor<Progress extends ReplicaProgress> = (chosen: FrozenReplica<Progress>) => ChosenWay<Progress>;

const always =
  <Progress extends ReplicaProgress>(way: FailoverWay<Progress>): WayFor<Progress> =>
  () => ({ way, discards: '' });

/** What is applied by now is all that counts, and the rest is named. */
function planWithLoss(request: FailoverRequest<GtidProgress>, policy: PromotionPolicy): FailoverPlanResult {
  const replicas = request.replicas.map((replica) => ({ ...replica, progress: asFarAsApplied(replica.progress) }));
  const wayFor: WayFor<GtidProgress> = ({ progress }) => {
    const discards = missingFromAny(
      request.replicas.map((replica) => onlyUnapplied(replica.progress)),
      progress,
    );
    return { way: failoverWithLoss(discards), discards };
  };
  return planBy(wayFor, { ...request, replicas }, policy);
}

const isByPlace = (request: FailoverRequest): request is FailoverRequest<PositionProgress> =>
  request.replicas.length > 0 && request.replicas.every(({ progress }) => progress.family === 'position');

const isByGtid = (request: FailoverRequest): request is FailoverRequest<GtidProgress> =>
  request.replicas.every(({ progress }) => progress.family !== 'position');

function planBy<Progress extends ReplicaProgress>(
  wayFor: WayFor<Progress>,
  request: FailoverRequest<Progress>,
  policy: PromotionPolicy,
): FailoverPlanResult {
  const failed = instanceKeyText(request.failed.key);
  const unfit = notConsidered(request);
  if (request.replicas.length === 0 && unfit.length === 0) {
    const text = `No replicas found for ${failed}`;
    return { kind: 'refused', reason: 'no-replicas', text, refusedCandidates: [] };
  }
  const chosen = chooseCandidate(request, policy);
  if (chosen.kind === 'none') return refuseChoice(request, [...chosen.refused, ...unfit]);
  const feed = feedOf(chosen.choice, request, policy);
  const choice = asFed(chosen.choice, feed);
  const { way, discards } = wayFor(choice.chosen);
  const successor = choice.chosen.instance.key;
  const feedOfSibling = (replica: FrozenReplica<Progress>) =>
    choice.chosen.progress.family === 'position'
      ? feedUpTo(choice.chosen.progress.received, replica, answeringOf(request), policy)
      : null;
  const refusalOf = (replica: FrozenReplica<Progress>) =>
    followRefusal(way, { replica, chosen: choice.chosen, feed: feedOfSibling(replica) }, policy);
  const siblings = request.replicas.filter(({ instance }) => instance !== choice.chosen.instance);
  const followers = siblings.filter((replica) => refusalOf(replica) === null);
  const lost = [
    ...lostServers(request, choice.chosen, siblings, refusalOf),
    ...lostBinlogServers(request.binlogServers, chosen.choice, feed),
  ];
  const prepare = way.prepare(chosen.choice.chosen, choice.donor, policy, feed);
  const following = followers.map(({ instance }) => instance);
  const semiSync = promotionSemiSync(choice.chosen.instance, request.failed, following);
  // What comes from a binlog server has no GTIDs that were known beforehand.
  const forget = feed === null ? way.forget(choice.chosen) : FORGET_WHEN_DRAINED;
  const promote = policy.applyPromotion
    ? [promoteStep(choice.chosen, request, forget, semiSyncCommands(semiSync), policy)]
    : [];
  const steps: FailoverStep[] = [...prepare, ...promote];
  // Twenty moves at once would hold the promotion up; they come first only where its first commit needs one of them to acknowledge it. When it fails, nobody has been moved (C15).
  const needsAckers = semiSync.kind === 'switched-on' || choice.chosen.instance.semiSync.sourceEnabled;
  const after = (needsAckers ? undefined : promote[0]?.id) ?? drainStepId(successor);
  for (const follower of followers) {
    steps.push(...way.follow(follower, choice.chosen, policy, after, feedOfSibling(follower)));
  }
  if (policy.detachLost) {
    const decided = promote[0]?.id ?? drainStepId(successor);
    for (const server of lost) {
      const replica = request.replicas.find(({ instance }) => instance.key === server.key);
      if (replica !== undefined) steps.push(...way.detach(server, replica, request.failed.key, decided));
    }
  }
  return {
    kind: 'planned',
    choice,
    feed,
    semiSync,
    discards,
    plan: {
      intent: { kind: 'replace-primary', failed: request.failed.key, successor },
      clusterName: clusterName(request.clusterName),
      steps,
      prediction: {
        promoted: successor,
        lost,
        pending: request.unreachable,
        refusedCandidates: [...choice.refused, ...unfit],
        transactionsAtRisk: joinedText([discards, ...lost.map((server) => server.transactionsAtRisk)]),
      },
    },
  };
}

const FORGET_WHEN_DRAINED: StepCommand = { kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } };

/** D9. One that is fed by a replica does not show any more where it stands in the log of the dead primary; where a loss is accepted nobody is fed. */
function feedOf(
  { chosen, donor }: Choice,
  request: Pick<FailoverRequest, 'binlogServers' | 'failedDonors' | 'acceptsLoss'>,
  policy: PromotionPolicy,
): BinlogServerFeed | null {
  return donor !== null || request.acceptsLoss ? null : feedFor(chosen, answeringOf(request), policy);
}

/** Without those that were to feed somebody in this recovery, which failed. */
const answeringOf = ({
  binlogServers,
  failedDonors,
}: Pick<FailoverRequest, 'binlogServers' | 'failedDonors'>): readonly SeenBinlogServer[] =>
  binlogServers.filter(({ instance }) => !failedDonors.some((key) => sameKey(key, instance.key)));

/** Replicas that were no candidates from the beginning. */
function notConsidered(
  request: Pick<FailoverRequest, 'unreachable' | 'withoutGtid' | 'binlogServers'>,
): readonly RefusedCandidate[] {
  const { unreachable, withoutGtid, binlogServers } = request;
  return [
    ...binlogServers.map(({ instance: { key } }): RefusedCandidate => {
      return { key, refusal: { kind: 'binlog-server', text: `${instanceKeyText(key)} is a binlog server` } };
    }),
    ...unreachable.map((key): RefusedCandidate => {
      return { key, refusal: { kind: 'unreachable', text: `${instanceKeyText(key)} did not answer` } };
    }),
    ...withoutGtid.map(({ key }): RefusedCandidate => {
      return { key, refusal: { kind: 'no-gtid', text: `${instanceKeyText(key)} does not replicate by GTID` } };
    }),
  ];
}

function refuseChoice(
  { designated, failed }: Pick<FailoverRequest, 'designated' | 'failed'>,
  refusedCandidates: readonly RefusedCandidate[],
): FailoverPlanResult {
  const reasons = refusedCandidates.map(({ refusal }) => refusal.text).join('; ');
  if (designated === null) {
    const text = `chooseCandidateReplica: no candidate replica found: ${reasons}`;
    return { kind: 'refused', reason: 'no-candidate', text, refusedCandidates };
  }
  const own = refusedCandidates.find(({ key }) => sameKey(key, designated));
  const reason = own?.refusal.text ?? `it is not a direct replica of ${instanceKeyText(failed.key)}`;
  const text = `${instanceKeyText(designated)} cannot be promoted: ${reason}`;
  return { kind: 'refused', reason: 'designated-refused', text, refusedCandidates };
}

/** Why a replica cannot go below the successor, or null. */
function followRefusal<Progress extends ReplicaProgress>(
  way: FailoverWay<Progress>,
  {
    replica,
    chosen,
    feed,
  }: {
    readonly replica: FrozenReplica<Progress>;
    readonly chosen: FrozenReplica<Progress>;
    readonly feed: BinlogServerFeed | null;
  },
  policy: PromotionPolicy,
): string | null {
  const refusal = replicationRefusal(replica.instance, asPrimary(chosen.instance), policy);
  if (refusal !== null) return refusal.text;
  const byItsWay = way.followRefusal(replica, chosen, policy, feed);
  if (byItsWay !== null) return byItsWay;
  return hasReceivedAll(chosen.progress, replica.progress) ? null : 'it has received more than the promoted server';
}

function lostServers<Progress extends ReplicaProgress>(
  { failed, withoutGtid, withSeveralSources }: FailoverRequest<Progress>,
  chosen: FrozenReplica<Progress>,
  siblings: readonly FrozenReplica<Progress>[],
  refusalOf: (replica: FrozenReplica<Progress>) => string | null,
): readonly LostServer[] {
  const ofSiblings = siblings.flatMap((replica): LostServer | [] => {
    const reason = refusalOf(replica);
    if (reason === null) return [];
    const transactionsAtRisk = onlyReceivedBy(replica.progress, chosen.progress);
    return { key: replica.instance.key, reason, transactionsAtRisk };
  });
  const notByGtid = withoutGtid.map(({ key }): LostServer => {
    return { key, reason: 'it does not replicate by GTID', transactionsAtRisk: '' };
  });
  const several =
    chosen.progress.family === 'position' ? [] : lostWithSeveralSources(failed, withSeveralSources, chosen.progress);
  return [...ofSiblings, ...notByGtid, ...several];
}

/** A17: it goes on only in the very log that it keeps, which is at an end. Nobody moves it by guessing a place in another. */
function lostBinlogServers(
  servers: readonly SeenBinlogServer[],
  { chosen, donor }: Choice,
  feed: BinlogServerFeed | null,
): readonly LostServer[] {
  const places = [feed?.upTo ?? receivedPlace(chosen), ...(donor === null ? [] : [receivedPlace(donor)])];
  return servers.map(({ instance, answers }): LostServer => {
    const alone = places.map((place) => onlyBinlogServerHas(instance, place));
    const transactionsAtRisk = alone.includes('') ? '' : (alone.at(-1) ?? '');
    const silence = answers ? '' : ', and it does not answer';
    const reason = `it is a binlog server, and the binary log that it keeps does not go on at the promoted server${silence}`;
    return { key: instance.key, reason, transactionsAtRisk };
  });
}

/**
 * One that only lags behind the new primary is moved by people when they please. One that alone has what the old primary had acknowledged must be
 * named, or nobody would ever look for it there.
 */
function lostWithSeveralSources(
  failed: Instance,
  replicas: readonly GtidReplica[],
  progress: GtidProgress,
): readonly LostServer[] {
  const written = gtidProgress(failed);
  const known = written === null ? [progress] : [progress, written];
  return replicas.flatMap((replica): LostServer | [] => {
    const has = receivedOf(replica.progress, known, failed.serverUuid);
    const transactionsAtRisk = missingFrom(has, progress);
    const reason = 'it replicates from other sources too, and has received more than the promoted server';
    return transactionsAtRisk === '' ? [] : { key: replica.instance.key, reason, transactionsAtRisk };
  });
}

/** As it will be: with all that its donor has received. What comes from a binlog server has places, and GTIDs that nobody knows beforehand. */
function asFed<Progress extends ReplicaProgress>(
  choice: Choice<Progress>,
  feed: BinlogServerFeed | null,
): Choice<Progress> {
  const { chosen, donor } = choice;
  if (feed !== null) return { ...choice, chosen: { ...chosen, progress: upTo(chosen.progress, feed.upTo) } };
  return donor === null ? choice : { ...choice, chosen: { ...chosen, progress: onceApplied(donor.progress) } };
}

function upTo<Progress extends ReplicaProgress>(progress: Progress, place: BinlogCoordinates): Progress {
  return progress.family === 'position' ? { ...progress, executed: place, received: place } : progress;
}

function promoteStep(
  { instance }: FrozenReplica,
  { failed, keepsSource, mayLive }: Pick<FailoverRequest, 'failed' | 'keepsSource' | 'mayLive'>,
  forget: StepCommand,
  semiSync: readonly ServerCommand[],
  policy: PromotionPolicy,
): FailoverStep {
  const endsInHalf = hasHalfTransaction(instance);
  const keeps = sameKey(instance.key, keepsSource);
  return {
    id: promotionStepId(instance.key),
    server: instance.key,
    commands: [
      // D15: what the source had not finished sending was never acknowledged, and cannot be applied.
      ...(endsInHalf ? [{ kind: 'end-half-transaction' } as const] : []),
      // An applier that runs beside a receiver that cannot connect is told of as a failure of its own (spec/recovery.md 11.2).
      keeps ? { kind: 'stop-replication' } : forget,
      ...semiSync,
      ...variableCommands(policy.primaryVariables),
      { kind: 'set-read-only', readOnly: false, superReadOnly: policy.useSuperReadOnly },
    ],
    dependsOn: [drainStepId(instance.key)],
    precondition: mayLive ? { kind: 'none' } : { kind: 'silent', server: failed.key },
    postcondition: keeps ? { kind: 'read-only', readOnly: false } : { kind: 'is-writable-primary' },
    deadlineMillis: endsInHalf ? PROMOTE_HALF_TRANSACTION_MILLIS : PROMOTE_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: keeps ? 'it takes writes' : 'it takes writes and will never follow the old primary again',
  };
}
