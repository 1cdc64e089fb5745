/**
 * Freeze, choose, drain, promote, follow: from a dead primary's replicas to a new primary with replicas (spec/recovery.md 3.1; C15).
 */

import type { PlanEnd } from '../execution/plan-end.ts';
import { answersAgain } from '../execution/plan-runner.ts';
import { coordinatesText } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, isReplica } from '../model/instance-status.ts';
import { binlogServersAlone } from '../planning/below-binlog-servers.ts';
import type { SeenBinlogServer } from '../planning/binlog-server-feed.ts';
import { undrainable } from '../planning/candidate-refusal.ts';
import { comparable, type FrozenReplica, frozenReplica, type GtidReplica } from '../planning/candidates.ts';
import { durabilityOf, durabilityText } from '../planning/durability.ts';
import { type FailoverPlanResult, type FailoverRequest, planFailover } from '../planning/failover-plan.ts';
import { freezePlan, standstillPlan } from '../planning/freeze-plan.ts';
import { applierStopStepId, type Plan } from '../planning/plan.ts';
import type { PromotionPolicy } from '../planning/promotion-policy.ts';
import { replicaProgress } from '../planning/replica-progress.ts';
import { executePromotion, type FailedState, LOOK_MILLIS } from './execute-promotion.ts';
import { fencingObjects } from './fencing.ts';
import { saySemiSync } from './left-asynchronous.ts';
import { giveUpGone } from './lost-servers.ts';
import { moveBack } from './move-back.ts';
import { promoteBelowBinlogServers } from './promote-below-binlog-servers.ts';
import type { PromotionResult, PromotionWish } from './promotion-result.ts';
import type { Incident } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** A candidate that fails during its promotion is passed over for the next, at most so often (C15). */
const MAX_CANDIDATES = 3;

/** Replicas that were to feed others and could not, at most so many. */
const MAX_DONORS = 3;

export async function promoteSuccessor(
  run: RecoveryRun,
  failed: Instance,
  incident: Incident,
  wish: PromotionWish,
): Promise<PromotionResult> {
  const { mayLive } = wish;
  // How it is silent tells later whether it is coming back.
  void run.silences.answersNow(failed.key);
  const onlyBinlogServers = binlogServersAlone(run.ports.known.replicasOf(failed.key));
  if (onlyBinlogServers !== null)
    return promoteBelowBinlogServers(run, incident, { failed, ...onlyBinlogServers }, wish);
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
  readonly frozen: Survivors;
}

type Survivors = Frozen & Pick<FailoverRequest, 'withSeveralSources' | 'binlogServers'>;

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
  const lookingAtBinlogServers = lookAtBinlogServers(run, binlogServers);
  const frozenEnd = await (await run.run(freeze)).ended;
  const withSeveralSources = await looking;
  const seen = frozenFrom(freeze, frozenEnd);
  for (const key of seen.unreachable) run.fail(`${instanceKeyText(key)} did not answer; left as it is`);
  const frozen = { ...seen, withSeveralSources, binlogServers: await lookingAtBinlogServers };
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
  const tried = new Tried();
  const dyingDataCenters = ports.dyingDataCenters();
  let reason = '';
  let isFenced = false;
  let survivors: Survivors = frozen;
  for (;;) {
    const wish = { clusterName, failed, designated, keepsSource, mayLive, dyingDataCenters };
    const { replicas } = survivors;
    const request = { ...wish, ...survivors, ...tried.servers, acceptsLoss: false };
    const next = nextTry(run, request, tried);
    if (next.kind === 'nobody') return { kind: 'nobody', reason: next.reason ?? reason };
    if (next.kind === 'planned') sayPlan(run, { failed, known, asked: replicas, planned: next });
    // Not for nothing: a host is not switched off when nobody can take its place.
    if (!isFenced) {
      const asked = frozen.replicas.map(({ instance }) => instance.key);
      const objection = await fencingObjects(run, incident, { failed, replicas: known, asked, madeReadOnly });
      if (objection !== null) return { kind: 'nobody', reason: objection };
      isFenced = true;
    }
    if (next.kind === 'with-loss') return promoteWithLoss(run, request, known);
    const result = await executePromotion(run, next.plan);
    if (result.kind === 'promoted') return result;
    reason = result.reason;
    if (result.state === 'called-off' || result.state === 'half-promoted') return { kind: 'nobody', reason };
    tried.failed(next, result.state);
    survivors = await survivorsOf(run, survivors, next, result.state);
  }
}

/** Among whom the next one is chosen. */
async function survivorsOf(
  run: RecoveryRun,
  before: Survivors,
  tried: Pick<SaidPlan['planned'], 'choice' | 'feed'>,
  state: FailedState,
): Promise<Survivors> {
  if (state !== 'gone') return { ...before, replicas: await lookAgain(run, before.replicas, tried) };
  const { key } = tried.choice.chosen.instance;
  await giveUpGone(run, key);
  return { ...before, ...(await gatherAgain(run, key, before)) };
}

/**
 * C15, E2: without the one that died in its promotion. Replicas are below it by now only where its first commit needed them; what they have received from it counts, so that
 * their receivers are stopped again.
 */
async function gatherAgain(run: RecoveryRun, gone: InstanceKey, before: Survivors): Promise<Frozen> {
  const { servers } = run.ports;
  const others = before.replicas.filter(({ instance }) => !sameKey(instance.key, gone));
  const looks = await Promise.all(others.map(({ instance }) => servers.observe(instance.key, LOOK_MILLIS)));
  const seen = looks.flatMap((look) => (look.kind === 'observed' ? look.instance : []));
  const silent = others.filter((_, index) => looks[index]?.kind !== 'observed').map(({ instance }) => instance.key);
  const isBelow = ({ sourceKey }: Instance): boolean => sameKey(sourceKey, gone);
  const freeze = freezePlan(run.record.digest.clusterName, gone, seen.filter(isBelow));
  const refrozen = freeze.steps.length === 0 ? null : frozenFrom(freeze, await (await run.run(freeze)).ended);
  const stayed = comparable(seen.filter((instance) => !isBelow(instance)));
  const lost = [...silent, ...(refrozen?.unreachable ?? [])];
  for (const key of lost) run.fail(`${instanceKeyText(key)} did not answer; left as it is`);
  return {
    replicas: [...stayed.replicas, ...(refrozen?.replicas ?? [])],
    withoutGtid: [...before.withoutGtid, ...stayed.withoutGtid, ...(refrozen?.withoutGtid ?? [])],
    unreachable: [...before.unreachable, gone, ...lost],
  };
}

type NextTry =
  | Extract<FailoverPlanResult, { kind: 'planned' }>
  | { readonly kind: 'with-loss' }
  /** `reason` null: so many were tried that it is enough, and the last one says why. */
  | { readonly kind: 'nobody'; readonly reason: string | null };

function nextTry(run: RecoveryRun, request: FailoverRequest, tried: Tried): NextTry {
  const { promotion } = run.ports.policy();
  const planned = tried.isEnough ? null : planFailover(request, promotion);
  if (planned?.kind === 'planned') return planned;
  if (planned !== null) run.fail(planned.text);
  return acceptsLoss(request, planned, promotion)
    ? { kind: 'with-loss' }
    : { kind: 'nobody', reason: planned?.text ?? null };
}

/** One that was at a binlog server, and perhaps could not be brought back: whether it replicates by GTID decides how it is moved. */
async function lookAgain(
  run: RecoveryRun,
  replicas: readonly FrozenReplica[],
  { choice: { chosen }, feed }: Pick<SaidPlan['planned'], 'choice' | 'feed'>,
): Promise<readonly FrozenReplica[]> {
  if (feed === null) return replicas;
  const { key } = chosen.instance;
  const others = replicas.filter(({ instance }) => !sameKey(instance.key, key));
  const seen = await run.ports.servers.observe(key, LOOK_MILLIS);
  const progress = seen.kind === 'observed' ? replicaProgress(seen.instance) : null;
  if (seen.kind === 'observed' && progress?.family === chosen.progress.family) {
    return [...others, { instance: seen.instance, progress }];
  }
  run.fail(
    `${instanceKeyText(key)} could not be brought back from ${instanceKeyText(feed.server.key)}; it is left as it is`,
  );
  return others;
}

/** Who has failed in this recovery. */
class Tried {
  readonly #excluded: InstanceKey[] = [];
  readonly #failedDonors: InstanceKey[] = [];
  readonly #undrained: InstanceKey[] = [];

  get servers(): Pick<FailoverRequest, 'excluded' | 'failedDonors' | 'undrained'> {
    return { excluded: this.#excluded, failedDonors: this.#failedDonors, undrained: this.#undrained };
  }

  get isEnough(): boolean {
    const candidates = this.#excluded.length + this.#undrained.length;
    return candidates >= MAX_CANDIDATES || this.#failedDonors.length >= MAX_DONORS;
  }

  /** Without its donor it has less than others, or a loss is named; the choice is made anew. */
  failed({ choice: { chosen, donor }, feed }: Pick<SaidPlan['planned'], 'choice' | 'feed'>, state: FailedState): void {
    const giver = donor?.instance ?? feed?.server;
    if (state === 'gone') this.#excluded.push(chosen.instance.key);
    else if (giver !== undefined) this.#failedDonors.push(giver.key);
    else if (state === 'undrained') this.#undrained.push(chosen.instance.key);
    else this.#excluded.push(chosen.instance.key);
  }
}

/** `refusal` null: so many were tried that it is enough. */
function acceptsLoss(
  { undrained, replicas }: FailoverRequest,
  refusal: Extract<FailoverPlanResult, { kind: 'refused' }> | null,
  { whenNotDrained }: PromotionPolicy,
): boolean {
  if (whenNotDrained !== 'accept-loss' || replicas.some(({ progress }) => progress.family === 'position')) return false;
  return undrained.length > 0 || (refusal !== null && undrainable(refusal.refusedCandidates).length > 0);
}

/** Nobody applies what was received, and people would rather have a primary: whoever has applied most is it, and the rest is named and dropped. */
async function promoteWithLoss(
  run: RecoveryRun,
  request: FailoverRequest,
  known: readonly Instance[],
): Promise<Exclude<PromotionResult, { kind: 'alive' }>> {
  const { clusterName, failed, replicas } = request;
  run.say('nobody has applied what was received; what is applied nowhere is accepted as lost');
  const standstill = standstillPlan(
    clusterName,
    failed.key,
    replicas.map(({ instance }) => instance),
  );
  const end = await (await run.run(standstill)).ended;
  const seen = frozenFrom(standstill, end);
  const planned = planFailover(
    {
      ...request,
      replicas: seen.replicas,
      withoutGtid: [...request.withoutGtid, ...seen.withoutGtid],
      unreachable: [...request.unreachable, ...seen.unreachable],
      undrained: [],
      acceptsLoss: true,
    },
    run.ports.policy().promotion,
  );
  if (planned.kind === 'refused') {
    run.fail(planned.text);
    await run.undo(standstill, end);
    return { kind: 'nobody', reason: planned.text };
  }
  sayPlan(run, { failed, known, asked: seen.replicas, planned });
  const result = await executePromotion(run, planned.plan);
  if (result.kind === 'promoted') {
    // Whoever cannot follow applies what it has: that is perhaps all that is left of it.
    const left = result.lost.map(({ key }) => applierStopStepId(key));
    await run.undo({ ...standstill, steps: standstill.steps.filter(({ id }) => left.includes(id)) }, end);
    return result;
  }
  if (result.state !== 'half-promoted') await run.undo(standstill, end);
  return { kind: 'nobody', reason: result.reason };
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

/** One that is silent had at least what it had when it was last seen. */
async function lookAtBinlogServers(
  { ports: { servers } }: RecoveryRun,
  known: readonly Instance[],
): Promise<readonly SeenBinlogServer[]> {
  const look = async (instance: Instance): Promise<SeenBinlogServer> => {
    const seen = await servers.observe(instance.key, LOOK_MILLIS);
    return seen.kind === 'observed' ? { instance: seen.instance, answers: true } : { instance, answers: false };
  };
  return Promise.all(known.map(look));
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

interface SaidPlan {
  readonly failed: Instance;
  /** All its replicas, as they were known before. */
  readonly known: readonly Instance[];
  readonly asked: readonly FrozenReplica[];
  readonly planned: Extract<FailoverPlanResult, { kind: 'planned' }>;
}

/** Said before it is done: what nobody can prove is known when people look at it (B11). */
function sayPlan(run: RecoveryRun, said: SaidPlan): void {
  sayChoice(run, said.planned);
  sayDurability(run, said);
}

function sayChoice(run: RecoveryRun, { choice, feed, plan, semiSync, discards }: SaidPlan['planned']): void {
  for (const { refusal } of choice.refused) run.say(`not a candidate: ${refusal.text}`);
  const others = choice.others.map(({ instance }) => instanceKeyText(instance.key)).join(', ');
  run.say(
    `chose ${instanceKeyText(choice.chosen.instance.key)}, ${choice.because}${others === '' ? '' : `; also allowed: ${others}`}`,
  );
  if (choice.donor !== null)
    run.say(`${instanceKeyText(choice.donor.instance.key)} has received more, and feeds it first`);
  if (feed !== null) {
    const [giver, upTo] = [instanceKeyText(feed.server.key), coordinatesText(feed.upTo)];
    run.say(`${giver} has received more, up to ${upTo}, and feeds it first`);
  }
  saySemiSync(run, choice.chosen.instance.key, semiSync);
  if (discards !== '') run.fail(`accepted as lost (AcceptLossIfSQLThreadNotUpToDate): ${discards}`);
  for (const lost of plan.prediction.lost) {
    run.say(`lost replica: ${instanceKeyText(lost.key)}: ${lost.reason}`);
    if (lost.transactionsAtRisk !== '') {
      run.fail(`transactions that only ${instanceKeyText(lost.key)} has: ${lost.transactionsAtRisk}`);
    }
  }
}

function sayDurability(
  run: RecoveryRun,
  { failed, known, asked, planned: { choice, feed, plan, discards } }: SaidPlan,
): void {
  const durability = durabilityOf({
    failed,
    now: run.ports.clock.now(),
    replicas: known,
    asked: asked.map(({ instance }) => instance.key),
    promoted: choice.chosen.progress,
    lost: plan.prediction.lost,
    fedUpTo: feed?.upTo ?? null,
    discards,
  });
  run.say(`durability: ${durabilityText(durability)}`);
}
