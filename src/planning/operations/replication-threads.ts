/**
 * Stopping and starting replication on one server (spec/topology-operations.md 3.4, O1 to O4).
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { hasSeveralSources, threadsExist } from '../../model/instance-status.ts';
import { NICE_STOP_SECONDS_MAX, STOP_RECEIVER_MILLIS } from '../deadlines.ts';
import type { StepCommand } from '../deferred-command.ts';
import { stepId } from '../plan.ts';
import { startDropsRelayLog } from '../relay-log-ends.ts';
import { planned } from './draft-plan.ts';
import { firstOf, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { holdingRule, isAllApplied, lossNowRefusal } from './relay-log-hold.ts';
import { semiSyncBeforeStart, semiSyncWarnings } from './semi-sync-before-start.ts';
import { inOrder, standStill, start, startAsFound, stop } from './steps.ts';

const MILLIS_PER_SECOND = 1000;

/** The contract's text of a start after which a thread does not run. */
export const NOT_RUNNING = 'Replication not running';

/** All that it replicates from, so that nothing goes on behind the back of whoever stopped it. */
export const stopAll = (instance: Instance): OperationStep => {
  const step = stop(instance);
  return hasSeveralSources(instance)
    ? { ...step, commands: [{ kind: 'stop-replication', everyChannel: true }], undo: [] }
    : step;
};

/** O1. */
export function planStop(
  request: Extract<ServerRequest, { kind: 'stop-replication' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = notAReplica(instance);
  if (refusal !== null) return refusal;
  return planned(request, instance, facts, {
    because: `replication is to stop on ${instanceKeyText(instance.key)}`,
    lanes: [{ server: instance.key, steps: [stopAll(instance)], effect: 'it stands still' }],
    warnings: hasSeveralSources(instance)
      ? ['it replicates from several sources: replication from all of them stops']
      : [],
  });
}

/** O2: it applies all that it has received, and stops. Where that fails, its threads are as they were found. 0 seconds: a day. */
export function planNiceStop(
  request: Extract<ServerRequest, { kind: 'stop-replication-nicely' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(niceStopTimeRefusal(request.timeoutSeconds), niceStopRefusal(instance));
  if (refusal !== null) return refusal;
  const timeoutSeconds = request.timeoutSeconds === 0 ? NICE_STOP_SECONDS_MAX : request.timeoutSeconds;
  // A delay can be longer than anybody waits: what is delayed is stopped where it is.
  const isDelayed = instance.sqlDelaySeconds > 0;
  const steps = isDelayed ? [stop(instance)] : [drain(instance, timeoutSeconds), { ...stop(instance), undo: [] }];
  return planned(request, instance, facts, {
    because: isDelayed
      ? `${instanceKeyText(instance.key)} is delayed on purpose: it stops without applying what it has received`
      : `${instanceKeyText(instance.key)} applies all that it has received, within ${timeoutSeconds} seconds, and stops`,
    lanes: [{ server: instance.key, steps: inOrder(steps), effect: 'it stands still' }],
  });
}

function niceStopTimeRefusal(seconds: number): OperationRefusal | null {
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= NICE_STOP_SECONDS_MAX) return null;
  return refuse('bad-timeout', `invalid timeout: ${seconds}, it should be from 0 to ${NICE_STOP_SECONDS_MAX} seconds`);
}

function niceStopRefusal(instance: Instance): OperationRefusal | null {
  const key = instanceKeyText(instance.key);
  if (!threadsExist(instance)) return refuse('not-a-replica', `instance is not a replica: ${key}`);
  if (!hasSeveralSources(instance)) return null;
  // Whether all is applied shows of one channel alone.
  return refuse('several-sources', `instance replicates from several sources, and is stopped at once alone: ${key}`);
}

function drain(instance: Instance, timeoutSeconds: number): OperationStep {
  const wasStopped = instance.applierState === 'stopped';
  return {
    ...standStill(instance),
    deadlineMillis: STOP_RECEIVER_MILLIS,
    patienceMillis: timeoutSeconds * MILLIS_PER_SECOND,
    // MariaDB: the receiver is started while the applier runs, else it would drop what it has (D4).
    undo: [...startAsFound(instance), ...(wasStopped ? ([{ kind: 'stop-applier' }] as const) : [])],
  };
}

/** O3: with semi-sync as it should be; done once both threads run. */
export function planStart(
  request: Extract<ServerRequest, { kind: 'start-replication' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(instance), startDropsRelayLog(instance) ? startLoss(instance, facts) : null);
  if (refusal !== null) return refusal;
  const key = instanceKeyText(instance.key);
  return planned(request, instance, facts, {
    because: `replication is to start on ${key}`,
    lanes: [{ server: instance.key, steps: [starting(instance, facts)], effect: 'it replicates' }],
    warnings: startWarnings(instance, facts),
    failureText: NOT_RUNNING,
  });
}

/** O4. */
export function planRestart(
  request: Extract<ServerRequest, { kind: 'restart-replication' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(instance), severalRestartRefusal(instance), startLoss(instance, facts));
  if (refusal !== null) return refusal;
  const steps = inOrder([stop(instance), starting(instance, facts)]);
  return planned(request, instance, facts, {
    because: `replication is to stop and start on ${instanceKeyText(instance.key)}`,
    lanes: [{ server: instance.key, steps, effect: 'it replicates' }],
    warnings: startWarnings(instance, facts),
    failureText: NOT_RUNNING,
  });
}

function severalRestartRefusal(instance: Instance): OperationRefusal | null {
  if (!hasSeveralSources(instance)) return null;
  // What somebody had stopped of its channels would run afterwards.
  const key = instanceKeyText(instance.key);
  return refuse('several-sources', `instance replicates from several sources: stop and start it: ${key}`);
}

/** MariaDB by GTID drops its relay log when it starts from standing still (D4): its source must have what was in it. */
function startLoss(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  if (!instance.usingMariadbGtid) return null;
  return lossNowRefusal(instance, holdingRule(instance, instance.sourceKey, facts));
}

const startWarnings = (instance: Instance, facts: OperationFacts): readonly string[] =>
  semiSyncWarnings(instance, sourceOf(instance, facts), facts);

const sourceOf = ({ sourceKey }: Instance, { topology }: OperationFacts): Instance | undefined =>
  sourceKey === null ? undefined : topology.get(sourceKey);

/** Starts both threads. A start that does not run in time is left trying: its source may be back in a moment. */
export function starting(instance: Instance, facts: OperationFacts): OperationStep {
  const source = instance.sourceKey ?? instance.key;
  const before = semiSyncBeforeStart(instance, sourceOf(instance, facts), facts);
  return {
    ...start(instance, source, before, stepId(`start replication on ${instanceKeyText(instance.key)}`)),
    commands: [...before, startCommand(instance, facts)],
    undo: [],
  };
}

function startCommand(instance: Instance, facts: OperationFacts): StepCommand {
  const command = { kind: 'start-replication' } as const;
  if (!instance.usingMariadbGtid || isAllApplied(instance)) return command;
  return { kind: 'when-safe', command, relayLog: holdingRule(instance, instance.sourceKey, facts) };
}
