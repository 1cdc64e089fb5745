/**
 * Second part of a failover: from frozen facts to who is promoted, who follows, and what is lost (spec/recovery.md 3.1 and 12.4).
 *
 * The chosen one applies all it received; then, at the same time, it becomes writable and the others follow it. A replica may be pointed at
 * it as soon as it holds all that the replica received: what the replica's relay log drops is sent to it again (D4).
 */
import { type ClusterName, clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { heldByNewSource, type RelayLogSafe, relayLogDrained } from '../model/relay-log-safe.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { replicationRefusal } from './can-replicate.ts';
import {
  type Choice,
  type ChoiceRequest,
  chooseCandidate,
  type FrozenReplica,
  type RefusedCandidate,
} from './candidates.ts';
import {
  FEED_SECONDS,
  FOLLOW_MILLIS,
  LOST_APPLY_SECONDS,
  PROMOTE_HALF_TRANSACTION_MILLIS,
  PROMOTE_MILLIS,
  WAIT_MARGIN_MILLIS,
} from './deadlines.ts';
import { followCommand } from './follow.ts';
import {
  asApplied,
  gtidContainment,
  gtidProgress,
  isDrained,
  joinedText,
  missingFrom,
  purgedAndMissing,
  receivedContains,
  receivedOf,
  receivedText,
} from './gtid-progress.ts';
import {
  drainStepId,
  type LostServer,
  movingStepId,
  type Plan,
  type PlanStep,
  promotionStepId,
  type StepId,
  stepId,
} from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { type PromotionSemiSync, promotionSemiSync, semiSyncCommands } from './promotion-semi-sync.ts';
import { hasHalfTransaction, startDropsRelayLog } from './relay-log-ends.ts';

export interface FailoverRequest extends ChoiceRequest {
  /** Who, promoted, does not forget its source (spec/recovery.md 3.2); null: nobody. */
  readonly keepsSource: InstanceKey | null;
  /** The failed one is replaced although it may answer: a person wants it so (spec/recovery.md 4.2). */
  readonly mayLive: boolean;
  readonly clusterName: ClusterName;
  /** Direct replicas that did not answer. */
  readonly unreachable: readonly InstanceKey[];
  /** Reachable direct replicas that cannot be moved by GTID. */
  readonly withoutGtid: readonly Instance[];
  /** Direct replicas with several sources: not frozen, not moved, and counted in what is lost. */
  readonly withSeveralSources: readonly FrozenReplica[];
}

export type FailoverPlanResult =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly choice: Choice; readonly semiSync: PromotionSemiSync }
  | {
      readonly kind: 'refused';
      readonly reason: 'no-replicas' | 'no-candidate' | 'designated-refused';
      readonly text: string;
      readonly refusedCandidates: readonly RefusedCandidate[];
    };

export function planFailover(request: FailoverRequest, policy: PromotionPolicy): FailoverPlanResult {
  const failed = instanceKeyText(request.failed.key);
  const unfit = notConsidered(request);
  if (request.replicas.length === 0 && unfit.length === 0) {
    const text = `No replicas found for ${failed}`;
    return { kind: 'refused', reason: 'no-replicas', text, refusedCandidates: [] };
  }
  const chosen = chooseCandidate(request, policy);
  if (chosen.kind === 'none') return refuseChoice(request, [...chosen.refused, ...unfit]);
  const choice = asFed(chosen.choice);
  const lost = lostServers(request, choice, policy);
  const followers = followersOf(request, choice, policy);
  const successor = choice.chosen.instance.key;
  const drained = drainStepId(successor);
  const prepare = preparation(chosen.choice, policy);
  const following = followers.map(({ instance }) => instance);
  const semiSync = promotionSemiSync(choice.chosen.instance, request.failed, following);
  const promote = policy.applyPromotion
    ? [promoteStep(choice.chosen, request, drained, semiSyncCommands(semiSync), policy)]
    : [];
  const steps: PlanStep[] = [...prepare, ...promote];
  for (const follower of followers) steps.push(followStep(follower, choice.chosen, drained));
  if (policy.detachLost) {
    const decided = promote[0]?.id ?? drained;
    for (const server of lost) steps.push(...detachSteps(server, request, decided));
  }
  return {
    kind: 'planned',
    choice,
    semiSync,
    plan: {
      intent: { kind: 'replace-primary', failed: request.failed.key, successor },
      clusterName: clusterName(request.clusterName),
      steps,
      prediction: {
        promoted: successor,
        lost,
        pending: request.unreachable,
        refusedCandidates: [...choice.refused, ...unfit],
        transactionsAtRisk: joinedText(lost.map((server) => server.transactionsAtRisk)),
      },
    },
  };
}

/** Replicas that were no candidates from the beginning. */
function notConsidered(request: FailoverRequest): readonly RefusedCandidate[] {
  const { unreachable, withoutGtid } = request;
  return [
    ...unreachable.map((key): RefusedCandidate => {
      return { key, refusal: { kind: 'unreachable', text: `${instanceKeyText(key)} did not answer` } };
    }),
    ...withoutGtid.map(({ key }): RefusedCandidate => {
      return { key, refusal: { kind: 'no-gtid', text: `${instanceKeyText(key)} does not replicate by GTID` } };
    }),
  ];
}

function refuseChoice(request: FailoverRequest, refusedCandidates: readonly RefusedCandidate[]): FailoverPlanResult {
  const reasons = refusedCandidates.map(({ refusal }) => refusal.text).join('; ');
  const { designated } = request;
  if (designated === null) {
    const text = `chooseCandidateReplica: no candidate replica found: ${reasons}`;
    return { kind: 'refused', reason: 'no-candidate', text, refusedCandidates };
  }
  const own = refusedCandidates.find(({ key }) => sameKey(key, designated));
  const reason = own?.refusal.text ?? `it is not a direct replica of ${instanceKeyText(request.failed.key)}`;
  const text = `${instanceKeyText(designated)} cannot be promoted: ${reason}`;
  return { kind: 'refused', reason: 'designated-refused', text, refusedCandidates };
}

/** Why a replica cannot go below the successor, or null. */
function followRefusal(replica: FrozenReplica, chosen: FrozenReplica, policy: PromotionPolicy): string | null {
  if (replica.progress.family !== chosen.progress.family) return 'it uses the GTIDs of another family';
  const refusal = replicationRefusal(replica.instance, asPrimary(chosen.instance), policy);
  if (refusal !== null) return refusal.text;
  const purged = purgedAndMissing(chosen.instance, replica.instance);
  if (purged !== '') {
    const [source, key] = [instanceKeyText(chosen.instance.key), instanceKeyText(replica.instance.key)];
    return `Instance ${source} has purged GTID entries not found on ${key}`;
  }
  if (!receivedContains(chosen.progress, replica.progress)) return 'it has received more than the promoted server';
  return null;
}

/** Promoted, it is no replica any more and has no delay; the rule about logging replica updates was applied when it was chosen. */
const asPrimary = (instance: Instance): Instance => ({ ...instance, sourceKey: null, sqlDelaySeconds: 0 });

function siblings(request: FailoverRequest, choice: Choice): readonly FrozenReplica[] {
  return request.replicas.filter(({ instance }) => instance !== choice.chosen.instance);
}

function followersOf(request: FailoverRequest, choice: Choice, policy: PromotionPolicy): readonly FrozenReplica[] {
  return siblings(request, choice).filter((replica) => followRefusal(replica, choice.chosen, policy) === null);
}

function lostServers(request: FailoverRequest, choice: Choice, policy: PromotionPolicy): readonly LostServer[] {
  const lost: LostServer[] = [];
  for (const replica of siblings(request, choice)) {
    const reason = followRefusal(replica, choice.chosen, policy);
    if (reason === null) continue;
    const transactionsAtRisk = missingFrom(replica.progress, choice.chosen.progress);
    lost.push({ key: replica.instance.key, reason, transactionsAtRisk });
  }
  for (const instance of request.withoutGtid) {
    lost.push({ key: instance.key, reason: 'it does not replicate by GTID', transactionsAtRisk: '' });
  }
  return [...lost, ...lostWithSeveralSources(request, choice.chosen)];
}

/**
 * One that only lags behind the new primary is moved by people when they please. One that alone has what the old primary had acknowledged must be
 * named, or nobody would ever look for it there.
 */
function lostWithSeveralSources(
  { failed, withSeveralSources }: FailoverRequest,
  { progress }: FrozenReplica,
): readonly LostServer[] {
  const written = gtidProgress(failed);
  const known = written === null ? [progress] : [progress, written];
  return withSeveralSources.flatMap((replica): LostServer | [] => {
    const has = receivedOf(replica.progress, known, failed.serverUuid);
    const transactionsAtRisk = missingFrom(has, progress);
    const reason = 'it replicates from other sources too, and has received more than the promoted server';
    return transactionsAtRisk === '' ? [] : { key: replica.instance.key, reason, transactionsAtRisk };
  });
}

/** As it will be: with all that its donor has received. */
function asFed(choice: Choice): Choice {
  const { chosen, donor } = choice;
  return donor === null ? choice : { ...choice, chosen: { ...chosen, progress: asApplied(donor.progress) } };
}

/** Before anybody is promoted: it applies what it has received, or gets and applies what its donor has. */
function preparation({ chosen, donor }: Choice, policy: PromotionPolicy): readonly PlanStep[] {
  if (donor === null) return [drainStep(chosen, policy)];
  // Nobody takes writes meanwhile: a donor that needs longer is done without, and what it alone has is named.
  const given = drainStep(donor, { ...policy, drainSeconds: Math.min(policy.drainSeconds, FEED_SECONDS) });
  const { key } = chosen.instance;
  const source = donor.instance.key;
  const gtid = receivedText(donor.progress);
  // D4: the donor has applied all it received when this begins, and that contains all this one received.
  const witness = heldByNewSource(gtidContainment, receivedText(chosen.progress), gtid);
  if (witness === null) throw new Error(`a donor that has less: ${instanceKeyText(source)}`);
  const toDonor: PlanStep = {
    id: movingStepId(key, source),
    server: key,
    commands: [followCommand(chosen.instance, source, witness), { kind: 'start-replication' }],
    dependsOn: [given.id],
    precondition: { kind: 'none' },
    postcondition: { kind: 'replicates-from', source, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `it gets from ${instanceKeyText(source)} what it has not received`,
  };
  const fed: PlanStep = {
    id: drainStepId(key),
    server: key,
    commands: [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: FEED_SECONDS }],
    dependsOn: [toDonor.id],
    precondition: { kind: 'replicates-from', source },
    postcondition: { kind: 'executed', gtid },
    deadlineMillis: FEED_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `all that ${instanceKeyText(source)} has received is applied`,
  };
  return [given, toDonor, fed];
}

function drainStep(chosen: FrozenReplica, policy: PromotionPolicy): PlanStep {
  const { instance, progress } = chosen;
  const gtid = receivedText(progress);
  return {
    id: drainStepId(instance.key),
    server: instance.key,
    commands: applyCommands(chosen, policy.drainSeconds),
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: isDrained(progress) ? { kind: 'none' } : { kind: 'executed', gtid },
    deadlineMillis: policy.drainSeconds * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: 'all it has received is applied',
  };
}

/** D3: an applier that was merely stopped is started. The receiver is not touched. */
function applyCommands({ instance, progress }: FrozenReplica, timeoutSeconds: number): readonly ServerCommand[] {
  if (isDrained(progress)) return [];
  const wait = { kind: 'wait-for-gtid', gtid: receivedText(progress), timeoutSeconds } as const;
  return instance.applierRunning ? [wait] : [{ kind: 'start-applier' }, wait];
}

function promoteStep(
  chosen: FrozenReplica,
  { failed, keepsSource, mayLive }: FailoverRequest,
  drained: StepId,
  semiSync: readonly ServerCommand[],
  policy: PromotionPolicy,
): PlanStep {
  const { instance, progress } = chosen;
  const endsInHalf = hasHalfTransaction(instance);
  const keeps = sameKey(instance.key, keepsSource);
  return {
    id: promotionStepId(instance.key),
    server: instance.key,
    commands: [
      // D15: what the source had not finished sending was never acknowledged, and cannot be applied.
      ...(endsInHalf ? [{ kind: 'end-half-transaction' } as const] : []),
      // An applier that runs beside a receiver that cannot connect is told of as a failure of its own (spec/recovery.md 11.2).
      keeps ? { kind: 'stop-replication' } : { kind: 'forget-source', relayLog: drainedWitness(progress) },
      ...semiSync,
      { kind: 'set-read-only', readOnly: false, superReadOnly: policy.useSuperReadOnly },
    ],
    dependsOn: [drained],
    precondition: mayLive ? { kind: 'none' } : { kind: 'silent', server: failed.key },
    postcondition: keeps ? { kind: 'read-only', readOnly: false } : { kind: 'is-writable-primary' },
    deadlineMillis: endsInHalf ? PROMOTE_HALF_TRANSACTION_MILLIS : PROMOTE_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: keeps ? 'it takes writes' : 'it takes writes and will never follow the old primary again',
  };
}

/** Holds because the step depends on the drain, whose postcondition is exactly this containment. */
function drainedWitness(progress: FrozenReplica['progress']): RelayLogSafe {
  const received = receivedText(progress);
  const witness = relayLogDrained(gtidContainment, received, received);
  if (witness === null) throw new Error(`GTIDs that contain themselves: ${received}`);
  return witness;
}

function followStep(replica: FrozenReplica, chosen: FrozenReplica, drained: StepId): PlanStep {
  const source = chosen.instance.key;
  const received = receivedText(replica.progress);
  // D4: the chosen one has applied all it received when this begins, and that contains all this one received.
  const witness = heldByNewSource(gtidContainment, received, receivedText(chosen.progress));
  if (witness === null) throw new Error(`a follower ahead of its source: ${instanceKeyText(replica.instance.key)}`);
  return {
    id: movingStepId(replica.instance.key, source),
    server: replica.instance.key,
    commands: [followCommand(replica.instance, source, witness), { kind: 'start-replication' }],
    dependsOn: [drained],
    precondition: { kind: 'none' },
    postcondition: { kind: 'replicates-from', source, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'lose-server',
    effect: `it replicates from ${instanceKeyText(source)}`,
  };
}

/**
 * D7: a lost replica is detached, so that nobody reads stale data from it believing it replicates. What it received is applied first: it may
 * be the only copy (D4). Where that does not succeed its receiver stays stopped and its relay log untouched.
 */
function detachSteps(server: LostServer, request: FailoverRequest, decided: StepId): readonly PlanStep[] {
  const replica = request.replicas.find(({ instance }) => instance.key === server.key);
  if (replica === undefined) return [];
  // D4: what it alone received can neither be applied nor kept by anything sent to it. People decide.
  if (!isDrained(replica.progress) && startDropsRelayLog(replica.instance)) return [];
  const key = instanceKeyText(server.key);
  const received = receivedText(replica.progress);
  const apply: PlanStep = {
    id: stepId(`apply what ${key} received`),
    server: server.key,
    commands: applyCommands(replica, LOST_APPLY_SECONDS),
    dependsOn: [decided],
    precondition: { kind: 'replicates-from', source: request.failed.key },
    postcondition: { kind: 'executed', gtid: received },
    deadlineMillis: LOST_APPLY_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'note',
    effect: 'nothing it alone received is dropped',
  };
  const detach: PlanStep = {
    id: stepId(`detach ${key}`),
    server: server.key,
    commands: [{ kind: 'detach-source', source: request.failed.key, relayLog: drainedWitness(replica.progress) }],
    dependsOn: [apply.id],
    precondition: { kind: 'replicates-from', source: request.failed.key },
    postcondition: { kind: 'none' },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'note',
    effect: `lost: ${server.reason}`,
  };
  return [apply, detach];
}
