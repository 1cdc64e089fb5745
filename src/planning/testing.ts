/**
 * Worlds for tests of planning: a failed primary with frozen replicas, told by what each has received, and the policy over them.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import { sampleKey, sampleReplica, sampleServer, sampleUuid } from '../model/topology-samples.ts';
import { type ChoiceResult, chooseCandidate, frozenReplica, type GtidReplica } from './candidates.ts';
import type { StepCommand } from './deferred-command.ts';
import { type FailoverPlanResult, type FailoverRequest, planFailover } from './failover-plan.ts';
import type { GtidProgress } from './gtid-progress.ts';
import { type Plan, type PlanStep, stepId } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import type { ReplicaProgress } from './replica-progress.ts';
import { NO_VARIABLES } from './role-variables.ts';

export const PRIMARY_PORT = 22293;
export const TEST_CLUSTER = clusterName('demo:3306');

/** Its replicas are at the ports after it: 22294, 22295, … */
export const at = sampleKey;

/** Transactions of the server at `port`, the primary unless said otherwise: `1` or `3-7`. */
export const trx = (range: string | number, port = PRIMARY_PORT): string => `${sampleUuid(port)}:${range}`;

/** The primary's transactions up to number `received` have arrived, those up to `executed` are applied. */
export function has(received: number, executed = received): Partial<Instance> {
  return holding(trx(`1-${received}`), trx(`1-${executed}`));
}

/** Oracle: sets as the server shows them. */
export function holding(receivedGtid: string, executedGtidSet = receivedGtid): Partial<Instance> {
  return { executedGtidSet, evidence: { ...NO_EVIDENCE, receivedGtid } };
}

/** MariaDB: positions as the server shows them. */
export function atPosition(receivedGtid: string, mariadbCurrentPosition = receivedGtid): Partial<Instance> {
  return {
    version: '10.11.14-MariaDB',
    versionComment: 'Debian',
    supportsOracleGtid: false,
    usingOracleGtid: false,
    usingMariadbGtid: true,
    evidence: {
      ...NO_EVIDENCE,
      receivedGtid,
      mariadbCurrentPosition,
      mariadbReplicatedPosition: mariadbCurrentPosition,
    },
  };
}

/** A place in a binary log. */
export const placeAt = (pos: number, file = 'binlog.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });

/** Without GTIDs: it has received up to `received` of its source's log, and applied up to `applied`. */
export const standingAt = (received: number, applied = received): Partial<Instance> => ({
  usingOracleGtid: false,
  supportsOracleGtid: false,
  readCoordinates: placeAt(received),
  execCoordinates: placeAt(applied),
});

/** Applier stopped by an error. */
export const applierBroken = (instance: Partial<Instance>, lastSqlErrorNumber = 1062): Partial<Instance> => ({
  ...instance,
  applierRunning: false,
  applierState: 'stopped',
  lastSqlError: '"Duplicate entry"',
  evidence: { ...(instance.evidence ?? NO_EVIDENCE), lastSqlErrorNumber },
});

export const TEST_POLICY: PromotionPolicy = {
  verifyReplicationFilters: false,
  lowerReplicaVersionAllowed: false,
  reasonableMaintenanceReplicationLagSeconds: 20,
  promotionRule: () => 'neutral',
  isIgnored: () => false,
  preventCrossDataCenter: false,
  preventCrossRegion: false,
  failOnLagMinutes: 0,
  drainSeconds: 10,
  drainStallSeconds: null,
  whenNotDrained: 'next',
  applyPromotion: true,
  detachLost: true,
  pseudoGtidIsConfigured: false,
  useSuperReadOnly: false,
  primaryVariables: NO_VARIABLES,
};

export const rules =
  (byPort: Readonly<Record<number, PromotionRule>>): PromotionPolicy['promotionRule'] =>
  ({ port }) =>
    byPort[port] ?? 'neutral';

/** What makes each replica different from a drained one with ten transactions, by its port. */
export type Differences = Readonly<Record<number, Partial<Instance>>>;

/** What a failover begins with: the replicas have answered, their receivers are stopped. */
export function aFailedPrimaryWith(count: number, differences: Differences = {}): FailoverRequest<GtidProgress> {
  const ports = Array.from({ length: count }, (_, index) => PRIMARY_PORT + 1 + index);
  return {
    clusterName: TEST_CLUSTER,
    failed: sampleServer(PRIMARY_PORT, differences[PRIMARY_PORT]),
    replicas: ports.map((port) => frozen(port, differences[port])),
    designated: null,
    keepsSource: null,
    mayLive: false,
    excluded: [],
    failedDonors: [],
    undrained: [],
    acceptsLoss: false,
    dyingDataCenters: new Set(),
    unreachable: [],
    withoutGtid: [],
    withSeveralSources: [],
    binlogServers: [],
  };
}

export function frozen(port: number, differences: Partial<Instance> = {}): GtidReplica {
  const instance = sampleReplica(port, PRIMARY_PORT, {
    receiverRunning: false,
    receiverState: 'stopped',
    ...has(10),
    ...differences,
  });
  const replica = frozenReplica(instance);
  if (replica === null) throw new Error(`a sample replica shows no GTID state: ${port}`);
  return replica;
}

export const progressOf = (differences: Partial<Instance>): GtidProgress =>
  frozen(PRIMARY_PORT + 1, differences).progress;

export const choose = <Progress extends ReplicaProgress>(
  request: FailoverRequest<Progress>,
  policy: Partial<PromotionPolicy> = {},
): ChoiceResult<Progress> => chooseCandidate(request, { ...TEST_POLICY, ...policy });

/** Port of the chosen one; null: nobody. */
export function chosenPort(request: FailoverRequest, policy: Partial<PromotionPolicy> = {}): number | null {
  const result = choose(request, policy);
  return result.kind === 'chosen' ? result.choice.chosen.instance.key.port : null;
}

/** Why each refused one was refused, by port. */
export function refusals(request: FailoverRequest, policy: Partial<PromotionPolicy> = {}): Record<number, string> {
  const result = choose(request, policy);
  const refused = result.kind === 'chosen' ? result.choice.refused : result.refused;
  return Object.fromEntries(refused.map(({ key, refusal }) => [key.port, refusal.kind]));
}

export const failover = (request: FailoverRequest, policy: Partial<PromotionPolicy> = {}): FailoverPlanResult =>
  planFailover(request, { ...TEST_POLICY, ...policy });

/** The plan, where there must be one. */
export function plannedFailover(request: FailoverRequest, policy: Partial<PromotionPolicy> = {}): Plan<StepCommand> {
  const result = failover(request, policy);
  if (result.kind === 'refused') throw new Error(result.text);
  return result.plan;
}

export function stepOf<Command>(plan: Plan<Command>, id: string): PlanStep<Command> {
  const step = plan.steps.find((candidate) => candidate.id === stepId(id));
  if (step === undefined)
    throw new Error(`no step "${id}" among: ${plan.steps.map(({ id: other }) => other).join(', ')}`);
  return step;
}

export const ports = (keys: readonly InstanceKey[]): number[] => keys.map(({ port }) => port).sort();

/** Every step's dependencies exist and come before it: the runner begins steps in this order. */
export function isOrdered(plan: Plan<StepCommand>): boolean {
  const before = new Set<string>();
  return plan.steps.every((step) => {
    const known = step.dependsOn.every((id) => before.has(id));
    const isNew = !before.has(step.id);
    before.add(step.id);
    return known && isNew;
  });
}
