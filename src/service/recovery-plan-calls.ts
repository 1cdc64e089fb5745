/**
 * Plans of recoveries, made by the planners that the recoveries themselves ask, and not carried out. A failover is planned on what was last seen, since the servers go on; for a switchover
 * everything is read anew, as the switchover itself does. Nothing is changed.
 */
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isGroupMember, isLastCheckValid, usesGtid } from '../model/instance-status.ts';
import { binlogServersAlone } from '../planning/below-binlog-servers.ts';
import { stopBinlogServers } from '../planning/binlog-server-steps.ts';
import { comparable } from '../planning/candidates.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { durabilityOf } from '../planning/durability.ts';
import type { FailoverPlanResult } from '../planning/failover-plan.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { ifPrimaryDied, isFrozen } from '../planning/if-primary-died.ts';
import { ifTakenOver } from '../planning/if-taken-over.ts';
import type { Plan, PlanStep } from '../planning/plan.ts';
import { type PredictedTime, predictedTime, type ServerPace } from '../planning/predicted-time.ts';
import type { PromotionSemiSync } from '../planning/promotion-semi-sync.ts';
import { lookBeforeTakeover } from '../recovery/look-before-takeover.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { movableSiblings } from '../recovery/switchover.ts';
import {
  type Outcome,
  ok,
  type PlanFailoverRequest,
  type RecoveryPlanCalls,
  refused,
  type TakeoverRequest,
} from './calls.ts';
import type { Decisions } from './decisions.ts';
import { onePrimary, onePrimaryOrWriter } from './one-primary.ts';
import { promotionWish } from './promotion-wish.ts';
import type { PlannedStage, RecoveryPlan, ServerAfterwards, ServerVerdict } from './recovery-plan.ts';
import { stepsAsShown } from './shown-steps.ts';

export interface RecoveryPlanParts {
  readonly picture: Picture;
  readonly decisions: Pick<Decisions, 'downtimeOf'>;
  readonly ports: RecoveryPorts;
  readonly aliasOf: (name: ClusterName) => string;
}

export const recoveryPlanCalls = (parts: RecoveryPlanParts): RecoveryPlanCalls => ({
  planFailover: (request) => planFailover(parts, request),
  planTakeover: (request) => planTakeover(parts, request),
});

function planFailover(parts: RecoveryPlanParts, request: PlanFailoverRequest): Outcome<RecoveryPlan> {
  const { picture, ports } = parts;
  const { clusterName, designated } = request;
  const found = onePrimaryOrWriter(picture.topology, clusterName);
  if (found.kind === 'refused') return found;
  const primary = found.value;
  if (isGroupMember(primary)) {
    return refused('elects-itself', 'a replication group elects its primary by itself');
  }
  const wish = promotionWish(parts, primary, designated);
  if (wish.kind === 'refused') return wish;
  const replicas = picture.topology.replicasOf(primary.key);
  // Ordered by a person, it is not waited for until the primary is dead.
  const mayLive = isLastCheckValid(primary);
  const planned = ifPrimaryDied(
    {
      ...{ clusterName, primary, replicas, mayLive, dyingDataCenters: ports.dyingDataCenters() },
      ...wish.value,
      replicasOf: (key) => picture.topology.replicasOf(key),
    },
    ports.policy().promotion,
  );
  if (planned.kind === 'refused') return refused(planned.reason, planned.text);
  const alone = binlogServersAlone(replicas) !== null;
  const stopped = replicas.filter((replica) => isLastCheckValid(replica) && (alone || isFrozen(replica)));
  const stops = alone ? stopBinlogServers : freezePlan;
  const plans: readonly Plan<StepCommand>[] = [stops(clusterName, primary.key, stopped), planned.plan];
  const stages = [
    stage(parts, 'the receivers are stopped: nothing that has been received grows or is dropped', plans.slice(0, 1)),
    stage(parts, 'the successor is prepared and takes writes; the others follow it', plans.slice(1)),
  ];
  const { choice, plan } = planned;
  return ok({
    kind: 'failover',
    ...headOf(parts, primary),
    promoted: choice.chosen.instance.key,
    because: choice.because,
    servers: failoverVerdicts(primary, replicas, planned),
    stages,
    time: timeOf(parts, plans),
    outage: timeOf(parts, [
      ...plans.slice(0, 1),
      { ...plan, steps: untilWritable(plan.steps, choice.chosen.instance.key) },
    ]),
    durability: durabilityOf({
      discards: planned.discards,
      fedUpTo: planned.feed?.upTo ?? null,
      failed: primary,
      now: ports.clock.now(),
      replicas,
      asked: alone ? stopped.map(({ key }) => key) : comparable(stopped).replicas.map(({ instance }) => instance.key),
      promoted: choice.chosen.progress,
      lost: plan.prediction.lost,
    }),
    warnings: semiSyncWarnings(planned.semiSync),
  });
}

type PlannedFailover = Extract<FailoverPlanResult, { readonly kind: 'planned' }>;

/** The steps on whose end the first write waits: followers are moved beside and after it. */
function untilWritable(
  steps: readonly PlanStep<StepCommand>[],
  successor: InstanceKey,
): readonly PlanStep<StepCommand>[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const needed = new Set<PlanStep<StepCommand>>();
  const add = (step: PlanStep<StepCommand> | undefined): void => {
    if (step === undefined || needed.has(step)) return;
    needed.add(step);
    for (const id of step.dependsOn) add(byId.get(id));
  };
  for (const step of steps) {
    const isOwn = sameKey(step.server, successor);
    if (isOwn) add(step);
  }
  return steps.filter((step) => needed.has(step));
}

function failoverVerdicts(
  primary: Instance,
  replicas: readonly Instance[],
  { choice, plan: { prediction } }: PlannedFailover,
): readonly ServerVerdict[] {
  const { lost, pending, refusedCandidates } = prediction;
  const successor = instanceKeyText(choice.chosen.instance.key);
  const verdictOf = ({ key }: Instance): ServerVerdict => {
    const own = lost.find((server) => sameKey(server.key, key));
    const refusal = refusedCandidates.find((one) => sameKey(one.key, key))?.refusal.text ?? '';
    const verdict = (afterwards: ServerAfterwards, because: string): ServerVerdict => ({
      key,
      afterwards,
      because,
      notPromoted: refusal,
      transactionsAtRisk: own?.transactionsAtRisk ?? '',
    });
    if (sameKey(key, choice.chosen.instance.key)) return verdict('primary', choice.because);
    if (own !== undefined) return verdict('lost', own.reason);
    if (pending.some((one) => sameKey(one, key))) return verdict('pending', 'it does not answer now');
    return verdict('replica', `it follows ${successor}`);
  };
  const replaced = { notPromoted: '', transactionsAtRisk: '' };
  const because = 'made read-only as soon as it answers';
  // Below binlog servers it is no direct replica.
  const isDirect = replicas.some(({ key }) => sameKey(key, choice.chosen.instance.key));
  const servers = isDirect ? replicas : [...replicas, choice.chosen.instance];
  return [...servers.map(verdictOf), { key: primary.key, afterwards: 'replaced', because, ...replaced }];
}

async function planTakeover(parts: RecoveryPlanParts, request: TakeoverRequest): Promise<Outcome<RecoveryPlan>> {
  const { picture, decisions, ports } = parts;
  const { clusterName, designated, auto } = request;
  const found = onePrimary(picture.topology, clusterName);
  if (found.kind === 'refused') return found;
  const isDowntimed = (key: InstanceKey): boolean => decisions.downtimeOf(key, ports.clock.now()) !== null;
  const looked = await lookBeforeTakeover({ primary: found.value, designated, auto, isDowntimed }, ports);
  if (looked.kind === 'refused') return refused(looked.code, looked.text);
  const { primary, choice, credentials } = looked;
  const { successor } = choice;
  const siblings = movableSiblings(choice);
  const policy = ports.policy();
  const planned = ifTakenOver({
    clusterName,
    primary,
    successor,
    siblings,
    followers: [...ports.known.replicasOf(successor.key), ...siblings],
    credentials,
    catchUpSeconds: policy.reasonableMaintenanceReplicationLagSeconds,
    stallSeconds: policy.promotion.drainStallSeconds,
    useSuperReadOnly: policy.promotion.useSuperReadOnly,
    primaryVariables: policy.promotion.primaryVariables,
    replicaVariables: policy.replicaVariables,
    startsOld: auto,
  });
  if (planned.kind === 'refused') return refused(planned.code, planned.text);
  const { before, outage, after, semiSync } = planned;
  const key = instanceKeyText(successor.key);
  return ok({
    kind: 'takeover',
    ...headOf(parts, primary),
    promoted: successor.key,
    because: designated === null ? 'which is the best of its replicas' : 'as ordered',
    servers: takeoverVerdicts(primary, successor, picture.topology.replicasOf(primary.key), siblings),
    stages: [
      stage(parts, `while writes go on, the other replicas go below ${key}`, before),
      stage(parts, 'nobody takes writes', outage),
      stage(
        parts,
        usesGtid(successor) ? 'the old primary follows the new one' : 'all others follow the new one',
        after,
      ),
    ].filter(({ steps }) => steps.length > 0),
    time: timeOf(parts, [...before, ...outage, ...after]),
    outage: timeOf(parts, outage),
    durability: 'nothing-is-lost',
    warnings: semiSyncWarnings(semiSync),
  });
}

function takeoverVerdicts(
  primary: Instance,
  successor: Instance,
  replicas: readonly Instance[],
  siblings: readonly Instance[],
): readonly ServerVerdict[] {
  const to = instanceKeyText(successor.key);
  const nothing = { notPromoted: '', transactionsAtRisk: '' };
  const verdictOf = ({ key }: Instance): ServerVerdict => {
    if (sameKey(key, successor.key)) return { key, afterwards: 'primary', because: 'it takes over', ...nothing };
    return siblings.some((sibling) => sameKey(sibling.key, key))
      ? { key, afterwards: 'replica', because: `it follows ${to}`, ...nothing }
      : { key, afterwards: 'pending', because: 'downtimed: it is left where it is', ...nothing };
  };
  return [
    ...replicas.map(verdictOf),
    { key: primary.key, afterwards: 'replica', because: `it follows ${to}`, ...nothing },
  ];
}

function headOf({ ports, aliasOf }: RecoveryPlanParts, { key, clusterName }: Instance) {
  return { clusterName, clusterAlias: aliasOf(clusterName), at: ports.clock.now(), primary: key };
}

function stage({ picture }: RecoveryPlanParts, what: string, plans: readonly Plan<StepCommand>[]): PlannedStage {
  const steps = plans.flatMap((plan) => plan.steps);
  return { what, steps: stepsAsShown(steps, { instance: (key) => picture.topology.get(key) }) };
}

const semiSyncWarnings = (semiSync: PromotionSemiSync): readonly string[] =>
  semiSync.kind === 'left-off' ? [`semi-sync is left off: ${semiSync.text}`] : [];

/** A probe is one packet there and back, and the server's work on it. */
function timeOf({ picture }: RecoveryPlanParts, plans: readonly Plan<StepCommand>[]): PredictedTime {
  const paceOf = ({ server }: { readonly server: InstanceKey }): ServerPace => {
    const { lastDiscoveryLatencyNanos = 0, replicationLagSeconds = 0 } = picture.topology.get(server) ?? {};
    return {
      roundTripMillis: lastDiscoveryLatencyNanos / NANOS_PER_MILLI,
      backlogMillis: (replicationLagSeconds ?? 0) * MILLIS_PER_SECOND,
    };
  };
  return predictedTime(
    plans.map(({ steps }) => steps),
    paceOf,
  );
}

const NANOS_PER_MILLI = 1_000_000;
const MILLIS_PER_SECOND = 1_000;
