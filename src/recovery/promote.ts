/**
 * Freeze, choose, drain, promote, follow: from a dead primary's replicas to a new primary with replicas (spec/recovery.md 3.1; C15).
 */

import { type PlanEnd, wasSent } from '../execution/plan-end.ts';
import { answersAgain } from '../execution/plan-runner.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, isReplica } from '../model/instance-status.ts';
import { comparable, type FrozenReplica, frozenReplica, type GtidReplica } from '../planning/candidates.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { durabilityOf, durabilityText } from '../planning/durability.ts';
import { type FailoverPlanResult, planFailover } from '../planning/failover-plan.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { drainStepId, type LostServer, type Plan, promotionStepId } from '../planning/plan.ts';
import { completePromotion } from './complete-promotion.ts';
import { fencingObjects } from './fencing.ts';
import { moveBack } from './move-back.ts';
import type { Incident } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface Promoted {
  readonly kind: 'promoted';
  readonly successor: Instance;
  /** Known when the plan was made; more may be lost when moves fail. */
  readonly lost: readonly LostServer[];
  /** When every replica has been moved, or given up. */
  readonly settled: Promise<readonly LostServer[]>;
}

export type PromotionResult =
  | Promoted
  | { readonly kind: 'nobody'; readonly reason: string }
  /** It came back to life while the others were prepared; nobody was promoted. */
  | { readonly kind: 'alive'; readonly reason: string };

/** A candidate that fails during its promotion is passed over for the next, at most so often (C15). */
const MAX_CANDIDATES = 3;

/** Replicas that were to feed others and could not, at most so many. */
const MAX_DONORS = 3;

/** For a replica that is not told anything: nobody waits long for what it has to say. */
const LOOK_MILLIS = 1_000;

export interface PromotionWish {
  /** This one or nobody; null: the best. */
  readonly designated: InstanceKey | null;
  /** The other one of two that replicate from each other: promoted, it goes on being the replica of a dead server. */
  readonly keepsSource: InstanceKey | null;
  /** It is replaced although it may answer: a person wants it so. */
  readonly mayLive: boolean;
  /** It answered, and was made read-only already. */
  readonly madeReadOnly: boolean;
}

export async function promoteSuccessor(
  run: RecoveryRun,
  failed: Instance,
  incident: Incident,
  wish: PromotionWish,
): Promise<PromotionResult> {
  const { mayLive } = wish;
  // How it is silent tells later whether it is coming back.
  void run.silences.answersNow(failed.key);
  const prepared = await freezeReplicas(run, failed);
  const { freeze, frozenEnd } = prepared;
  // One that does not answer holds the freeze up for seconds, and the primary may come back to life in them.
  if (!mayLive && (await run.silences.answersNow(failed.key))) {
    await run.undo(freeze, frozenEnd);
    return { kind: 'alive', reason: answersAgain(failed.key) };
  }
  const result = await promoteOneOf(run, failed, incident, wish, prepared);
  if (result.kind === 'promoted') return result;
  // C14: nobody was promoted. The receivers run again, and everything is as it was found.
  await run.undo(freeze, frozenEnd);
  if (mayLive || !(await run.silences.answersNow(failed.key))) return result;
  await moveBack(run);
  return { kind: 'alive', reason: answersAgain(failed.key) };
}

interface Prepared {
  readonly freeze: Plan;
  readonly frozenEnd: PlanEnd;
  /** All its replicas, as they were known before. */
  readonly known: readonly Instance[];
  readonly frozen: Frozen & { readonly withSeveralSources: readonly GtidReplica[] };
}

async function freezeReplicas(run: RecoveryRun, failed: Instance): Promise<Prepared> {
  const { ports } = run;
  const known = ports.known.replicasOf(failed.key).filter(isReplica);
  const replicas = known.filter((replica) => !hasSeveralSources(replica) && !replica.isBinlogServer);
  const several = [...known.filter(hasSeveralSources), ...ports.known.replicasByOtherChannels(failed.key)];
  for (const { key } of several) {
    run.fail(`${instanceKeyText(key)} replicates from other sources too; its channels are left as they are`);
  }
  // It is told nothing: its receiver cannot be stopped alone, and nobody moves it by GTID.
  const binlogServers = known.filter(({ isBinlogServer }) => isBinlogServer);
  for (const { key } of binlogServers) run.fail(`${instanceKeyText(key)} is a binlog server; it is left as it is`);
  const freeze = freezePlan(run.record.digest.clusterName, failed.key, replicas);
  const looking = lookAt(run, failed.key, several);
  const frozenEnd = await (await run.run(freeze)).ended;
  const withSeveralSources = await looking;
  const seen = frozenFrom(freeze, frozenEnd);
  for (const key of seen.unreachable) run.fail(`${instanceKeyText(key)} did not answer; left as it is`);
  const frozen = { ...seen, withoutGtid: [...seen.withoutGtid, ...binlogServers], withSeveralSources };
  return { freeze, frozenEnd, known, frozen };
}

/** The best of them; where that one fails, the next (C15). */
async function promoteOneOf(
  run: RecoveryRun,
  failed: Instance,
  incident: Incident,
  { designated, keepsSource, mayLive, madeReadOnly }: PromotionWish,
  { known, frozen }: Prepared,
): Promise<Exclude<PromotionResult, { kind: 'alive' }>> {
  const { ports } = run;
  const { clusterName } = run.record.digest;
  const excluded: InstanceKey[] = [];
  const failedDonors: InstanceKey[] = [];
  const dyingDataCenters = ports.dyingDataCenters();
  let reason = '';
  let isFenced = false;
  while (excluded.length < MAX_CANDIDATES && failedDonors.length < MAX_DONORS) {
    const tried = { excluded, failedDonors, dyingDataCenters };
    const request = { clusterName, failed, designated, keepsSource, mayLive, ...tried, ...frozen };
    const planned = planFailover(request, ports.policy().promotion);
    if (planned.kind === 'refused') {
      run.fail(planned.text);
      return { kind: 'nobody', reason: planned.text };
    }
    sayChoice(run, planned);
    sayDurability(run, failed, known, frozen.replicas, planned);
    // Not for nothing: a host is not switched off when nobody can take its place.
    if (!isFenced) {
      const asked = frozen.replicas.map(({ instance }) => instance.key);
      const objection = await fencingObjects(run, incident, { failed, replicas: known, asked, madeReadOnly });
      if (objection !== null) return { kind: 'nobody', reason: objection };
      isFenced = true;
    }
    const result = await execute(run, planned.plan);
    if (result.kind === 'promoted') return result;
    reason = result.reason;
    if (result.pointOfNoReturn) break;
    const { chosen, donor } = planned.choice;
    // Without its donor it has less than others, or a loss is named; the choice is made anew.
    if (donor === null) excluded.push(chosen.instance.key);
    else failedDonors.push(donor.instance.key);
  }
  return { kind: 'nobody', reason };
}

/** What they have received from a dead source does not grow any more, though their receivers are left alone. One that is silent has what it had. */
async function lookAt(
  run: RecoveryRun,
  source: InstanceKey,
  replicas: readonly Instance[],
): Promise<readonly GtidReplica[]> {
  const { servers } = run.ports;
  const look = async (replica: Instance): Promise<GtidReplica | null> => {
    const seen = await servers.observe(replica.key, LOOK_MILLIS);
    return frozenReplica(asReceivedFrom(source, seen.kind === 'observed' ? seen.instance : replica));
  };
  return (await Promise.all(replicas.map(look))).flatMap((replica) => replica ?? []);
}

/** What counts is what it has received by the channel from that source, be it not its first. */
function asReceivedFrom(source: InstanceKey, replica: Instance): Instance {
  const { evidence, otherChannels, sourceKey } = replica;
  const channel = otherChannels.find((other) => sameKey(other.sourceKey, source));
  if (evidence === null || channel === undefined || sameKey(sourceKey, source)) return replica;
  return { ...replica, evidence: { ...evidence, receivedGtid: channel.receivedGtid } };
}

interface Frozen {
  readonly replicas: readonly FrozenReplica[];
  readonly unreachable: readonly InstanceKey[];
  readonly withoutGtid: readonly Instance[];
}

function frozenFrom(plan: Plan, end: PlanEnd): Frozen {
  const seen: Instance[] = [];
  const unreachable: InstanceKey[] = [];
  for (const step of plan.steps) {
    const result = end.results.get(step.id);
    if (result?.kind === 'done' && result.instance !== null) seen.push(result.instance);
    else unreachable.push(step.server);
  }
  return { ...comparable(seen), unreachable };
}

function sayChoice(run: RecoveryRun, planned: Extract<FailoverPlanResult, { kind: 'planned' }>): void {
  const { choice, plan } = planned;
  for (const { refusal } of choice.refused) run.say(`not a candidate: ${refusal.text}`);
  const others = choice.others.map(({ instance }) => instanceKeyText(instance.key)).join(', ');
  run.say(
    `chose ${instanceKeyText(choice.chosen.instance.key)}, ${choice.because}${others === '' ? '' : `; also allowed: ${others}`}`,
  );
  if (choice.donor !== null)
    run.say(`${instanceKeyText(choice.donor.instance.key)} has received more, and feeds it first`);
  if (planned.semiSync.kind !== 'as-it-is') run.say(`semi-sync: ${planned.semiSync.text}`);
  for (const lost of plan.prediction.lost) {
    run.say(`lost replica: ${instanceKeyText(lost.key)}: ${lost.reason}`);
    if (lost.transactionsAtRisk !== '') {
      run.fail(`transactions that only ${instanceKeyText(lost.key)} has: ${lost.transactionsAtRisk}`);
    }
  }
}

/** B11: said before it is done: what nobody can prove is known when people look at it. */
function sayDurability(
  run: RecoveryRun,
  failed: Instance,
  replicas: readonly Instance[],
  asked: readonly FrozenReplica[],
  { choice, plan }: Extract<FailoverPlanResult, { kind: 'planned' }>,
): void {
  const durability = durabilityOf({
    failed,
    now: run.ports.clock.now(),
    replicas,
    asked: asked.map(({ instance }) => instance.key),
    promoted: choice.chosen.progress,
    lost: plan.prediction.lost,
  });
  run.say(`durability: ${durabilityText(durability)}`);
}

async function execute(
  run: RecoveryRun,
  plan: Plan<StepCommand>,
): Promise<Promoted | { readonly kind: 'failed'; readonly reason: string; readonly pointOfNoReturn: boolean }> {
  const { intent, prediction } = plan;
  if (intent.kind !== 'replace-primary') throw new Error(`not a failover plan: ${intent.kind}`);
  const running = await run.run(plan);
  const key = instanceKeyText(intent.successor);
  const drained = await running.step(drainStepId(intent.successor));
  if (drained.kind !== 'done') {
    await running.ended;
    return { kind: 'failed', reason: `${key}: ${drained.reason}`, pointOfNoReturn: false };
  }
  const promotion = promotionStepId(intent.successor);
  const hasPromotion = plan.steps.some((step) => step.id === promotion);
  const promoted = hasPromotion ? await running.step(promotion) : drained;
  if (promoted.kind !== 'done') {
    // Replicas may follow it already, and it may be half promoted: choosing another now could make two primaries. It is tried to the end, unless
    // nothing was sent: what the journal does not know of must not happen.
    const reason = wasSent(promoted) ? await completePromotion(run, intent.successor) : 'it was not told anything';
    if (reason !== null) {
      await running.ended;
      if (wasSent(promoted)) run.leaveUnfinished();
      return { kind: 'failed', reason: `${key}: ${promoted.reason}; ${reason}`, pointOfNoReturn: true };
    }
    run.say(`${key} is writable after all`);
  }
  const successor = (promoted.kind === 'done' ? promoted.instance : null) ?? run.ports.known.get(intent.successor);
  if (successor === undefined) throw new Error(`a promoted server that nobody knows: ${key}`);
  return {
    kind: 'promoted',
    successor,
    lost: prediction.lost,
    settled: running.ended.then((end) => [...prediction.lost, ...lostOnTheWay(plan, end)]),
  };
}

/** Replicas that were to follow and did not. */
function lostOnTheWay(plan: Plan<StepCommand>, end: PlanEnd): readonly LostServer[] {
  const lost: LostServer[] = [];
  for (const step of plan.steps) {
    const result = end.results.get(step.id);
    if (step.onFailure !== 'lose-server' || result === undefined || result.kind === 'done') continue;
    // One whose first step has failed skips the others.
    if ([...plan.prediction.lost, ...lost].some((known) => sameKey(known.key, step.server))) continue;
    lost.push({ key: step.server, reason: result.reason, transactionsAtRisk: '' });
  }
  return lost;
}
