/**
 * How far a replica stays behind on purpose (spec/topology-operations.md 3.4, O10). Threads are left as they were found, also where the change fails.
 */
import type { Instance, ThreadState } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { atLeast, isMysqlFamily, parseServerVersion } from '../../model/server-version.ts';
import { FOLLOW_MILLIS } from '../deadlines.ts';
import type { StepCommand } from '../deferred-command.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { firstOf, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { holdingRule, lossNowRefusal, severalSourcesRefusal } from './relay-log-hold.ts';
import { inOrder, restartAsFound, step, stop } from './steps.ts';

/** The greatest that servers take (`SOURCE_DELAY`, `MASTER_DELAY`). Seconds. */
const DELAY_SECONDS_MAX = 2 ** 31 - 1;

export function planDelay(
  request: Extract<ServerRequest, { kind: 'delay-replication' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const { key, delaySeconds } = request;
  const instance = facts.topology.get(key);
  if (instance === undefined) return unknown(key);
  const keeps = keepsRelayLog(instance);
  const relayLog = holdingRule(instance, instance.sourceKey, facts);
  const refusal = firstOf(
    secondsRefusal(delaySeconds),
    notAReplica(instance),
    severalSourcesRefusal(instance),
    keeps ? null : lossNowRefusal(instance, relayLog),
  );
  if (refusal !== null) return refusal;
  const set = (seconds: number): StepCommand => {
    const command = { kind: 'set-delay', delaySeconds: seconds } as const;
    return keeps ? command : { kind: 'when-safe', command, relayLog };
  };
  const stopAgain: StepCommand = { kind: keeps ? 'stop-applier' : 'stop-replication' };
  const change: OperationStep = step({
    id: stepId(`delay ${instanceKeyText(key)}`),
    server: key,
    commands: [set(delaySeconds)],
    postcondition: { kind: 'delayed-by', delaySeconds },
    // Started again already, without an answer: servers refuse to change the delay of an applier that runs. What is stopped here, the undo of the stop starts.
    undo: [...(isAtWork(instance.applierState) ? [stopAgain] : []), set(instance.sqlDelaySeconds)],
    effect: `it stays ${delaySeconds} seconds behind`,
  });
  const steps = keeps
    ? [stopApplier(instance), change, ...startApplierAgain(instance)]
    : [stop(instance), change, ...startsAgain(instance)];
  return planned(request, instance, facts, {
    because: keeps
      ? 'its applier alone has to stand still: what it has received is kept'
      : 'both its threads have to stand still',
    lanes: [{ server: key, steps: inOrder(steps), effect: `it stays ${delaySeconds} seconds behind` }],
    audits: [{ type: 'delay-replication', key, message: `set to ${delaySeconds}` }],
  });
}

function secondsRefusal(seconds: number): OperationRefusal | null {
  if (!Number.isSafeInteger(seconds)) return refuse('bad-delay', 'Invalid value provided for seconds');
  if (seconds < 0) return refuse('bad-delay', `invalid seconds: ${seconds}, it should be greater or equal to 0`);
  if (seconds <= DELAY_SECONDS_MAX) return null;
  return refuse('bad-delay', `invalid seconds: ${seconds}, it should be at most ${DELAY_SECONDS_MAX}`);
}

/** Runs, or tries to. */
const isAtWork = (state: ThreadState): boolean => state === 'running' || state === 'other';

/** MySQL keeps the relay log while one of the threads runs, and lets the delay be changed while the receiver does (manual 15.4.2.2). */
function keepsRelayLog(instance: Instance): boolean {
  const version = parseServerVersion(instance.version, instance.versionComment);
  return isMysqlFamily(version) && atLeast(version, 5, 7, 4) && isAtWork(instance.receiverState);
}

function stopApplier(instance: Instance): OperationStep {
  return step({
    id: stepId(`stop the applier of ${instanceKeyText(instance.key)}`),
    server: instance.key,
    commands: [{ kind: 'stop-applier' }],
    // It ends the transaction that it is in.
    deadlineMillis: FOLLOW_MILLIS,
    undo: isAtWork(instance.applierState) ? [{ kind: 'start-applier' }] : [],
    effect: 'it applies nothing meanwhile',
  });
}

function startApplierAgain(instance: Instance): readonly OperationStep[] {
  if (!isAtWork(instance.applierState)) return [];
  return [
    step({
      id: stepId(`start the applier of ${instanceKeyText(instance.key)} again`),
      server: instance.key,
      commands: [{ kind: 'start-applier' }],
      effect: 'it applies as before',
    }),
  ];
}

/** A replica that does not run again after it was told to is no success. */
const startsAgain = (instance: Instance): readonly OperationStep[] =>
  restartAsFound(instance).map((again) => ({ ...again, onFailure: 'abort' }));
