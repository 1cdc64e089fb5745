/**
 * A replica forgets its source, and is the top of a cluster of its own (spec/topology-operations.md 3.4, O12). Its relay log goes with it: what was received is applied
 * before, or its source has it (D4).
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, reattachKey } from '../../model/instance-key.ts';
import { FOLLOW_MILLIS } from '../deadlines.ts';
import type { RelayLogRule } from '../deferred-command.ts';
import { stepId } from '../plan.ts';
import { move, planned } from './draft-plan.ts';
import { firstOf, groupSecondaryRefusal, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationStep } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { holdingRule, holdStill, lossRefusal, severalSourcesRefusal } from './relay-log-hold.ts';
import { inOrder, step } from './steps.ts';

export function planResetReplication(
  request: Extract<MoveRequest, { kind: 'reset-replication' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const key = instanceKeyText(instance.key);
  const { sourceKey } = instance;
  const source = sourceKey === null ? null : reattachKey(sourceKey);
  const relayLog = holdingRule(instance, source, facts);
  const refusal = firstOf(
    groupSecondaryRefusal(instance, 'reset-replication'),
    severalSourcesRefusal(instance),
    source === null ? null : lossRefusal(instance, relayLog),
  );
  if (refusal !== null) return refusal;
  const steps = source === null ? [] : inOrder([holdStill(instance, relayLog, facts), forget(instance, relayLog)]);
  return planned(request, instance, facts, {
    because: source === null ? `${key} has no source already` : `${key} is to replicate from nobody`,
    lanes: [{ server: instance.key, steps, effect: 'it replicates from nobody' }],
    moves: source === null ? [] : [move(instance, null, 'none')],
    warnings: source === null ? [] : resetWarnings(instance),
    audits: [{ type: 'reset-slave', key: instance.key, message: `${key} replication reset` }],
  });
}

function resetWarnings(instance: Instance): readonly string[] {
  const key = instanceKeyText(instance.key);
  const always = `${key} forgets its account and its place: where it is to replicate again, somebody has to tell it both`;
  return instance.readOnly
    ? [always]
    : [always, `${key} is writable: whoever writes there writes beside its former source`];
}

/** There is no way back: nobody can read the account once it is forgotten. */
const forget = (instance: Instance, relayLog: RelayLogRule): OperationStep =>
  step({
    id: stepId(`reset replication on ${instanceKeyText(instance.key)}`),
    server: instance.key,
    commands: [{ kind: 'forget-source-when-safe', relayLog }],
    postcondition: { kind: 'has-no-source' },
    deadlineMillis: FOLLOW_MILLIS,
    effect: 'it has no source',
  });
