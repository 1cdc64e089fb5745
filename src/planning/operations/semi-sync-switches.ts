/**
 * Semi-sync of one server switched on and off by a person (spec/topology-operations.md 3.9, O62, O63). What is as wanted is left alone.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import type { StepCommand } from '../deferred-command.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { firstOf, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationRefusal, OperationStep } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { holdingRule, lossNowRefusal, severalSourcesRefusal } from './relay-log-hold.ts';
import { step } from './steps.ts';

export const semiSyncSourceStep = (instance: Instance, enabled: boolean): OperationStep =>
  step({
    id: stepId(`semi-sync of ${instanceKeyText(instance.key)} as a source: ${enabled ? 'on' : 'off'}`),
    server: instance.key,
    commands: [{ kind: 'set-semi-sync-source', enabled }],
    postcondition: { kind: 'semi-sync-source', enabled },
    undo: [{ kind: 'set-semi-sync-source', enabled: instance.semiSync.sourceEnabled }],
    effect: enabled ? 'it waits for acknowledgements' : 'it waits for no acknowledgements',
  });

/** O62. */
export function planSemiSyncSource(
  request: Extract<ServerRequest, { kind: 'set-semi-sync-source' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { enabled } = request;
  const isSo = instance.semiSync.sourceEnabled === enabled;
  return planned(request, instance, facts, {
    because: becauseOf(instance, 'source', enabled, isSo),
    lanes: [
      {
        server: instance.key,
        steps: isSo ? [] : [semiSyncSourceStep(instance, enabled)],
        effect: enabled ? 'it waits for acknowledgements' : 'it waits for no acknowledgements',
      },
    ],
    warnings: isSo ? [] : sourceWarnings(instance, enabled),
  });
}

function sourceWarnings({ semiSync }: Instance, enabled: boolean): readonly string[] {
  if (!enabled) {
    // G4.
    return ['sessions whose commit waits for acknowledgements hear "committed", although no replica may have it'];
  }
  const { sourceClients, sourceWaitForReplicaCount } = semiSync;
  if (sourceClients >= sourceWaitForReplicaCount) return [];
  return [
    `every commit waits for ${sourceWaitForReplicaCount} acknowledgements, and ${sourceClients} replicas acknowledge`,
  ];
}

/** O63. A receiver that runs is started anew: it tells its source only when it connects. */
export function planSemiSyncReplica(
  request: Extract<ServerRequest, { kind: 'set-semi-sync-replica' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { enabled } = request;
  const isSo = instance.semiSync.replicaEnabled === enabled;
  const restartReceiver = instance.receiverState === 'running' || instance.receiverState === 'other';
  const refusal = isSo || !restartReceiver ? null : bounceRefusal(instance, facts);
  if (refusal !== null) return refusal;
  const switchTo = (on: boolean): StepCommand => {
    const command = { kind: 'set-semi-sync-replica', enabled: on, restartReceiver } as const;
    if (!restartReceiver || !instance.usingMariadbGtid) return command;
    const relayLog = holdingRule(instance, instance.sourceKey, facts);
    return { kind: 'when-safe', command, relayLog, besideApplier: true };
  };
  const one = step({
    id: stepId(`semi-sync of ${instanceKeyText(instance.key)} as a replica: ${enabled ? 'on' : 'off'}`),
    server: instance.key,
    commands: [switchTo(enabled)],
    postcondition: { kind: 'semi-sync-replica', enabled },
    undo: [switchTo(instance.semiSync.replicaEnabled)],
    effect: enabled ? 'it acknowledges what it receives' : 'it acknowledges nothing',
  });
  return planned(request, instance, facts, {
    because: becauseOf(instance, 'replica', enabled, isSo),
    lanes: [{ server: instance.key, steps: isSo ? [] : [one], effect: one.effect }],
    warnings: isSo ? [] : replicaWarnings(instance, enabled, facts),
  });
}

/** MariaDB by GTID: a receiver that starts while the applier stands still drops the relay log (D4). */
function bounceRefusal(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  if (!instance.usingMariadbGtid || instance.applierState !== 'stopped') return null;
  const rule = holdingRule(instance, instance.sourceKey, facts);
  return firstOf(severalSourcesRefusal(instance), lossNowRefusal(instance, rule));
}

function replicaWarnings(instance: Instance, enabled: boolean, { topology, rules }: OperationFacts): readonly string[] {
  if (enabled) {
    const isNever = rules.promotion.promotionRule(instance.key) === 'must_not';
    // E3.
    return isNever ? ['it must not be promoted, and may then hold the only copy of a transaction'] : [];
  }
  const source = instance.sourceKey === null ? undefined : topology.get(instance.sourceKey);
  const waits = source?.semiSync.sourceEnabled === true ? source.semiSync : null;
  if (source === undefined || waits === null || waits.sourceClients > waits.sourceWaitForReplicaCount) return [];
  return [`every commit on ${instanceKeyText(source.key)} will wait for an acknowledgement that nobody gives`];
}

const becauseOf = (instance: Instance, side: 'source' | 'replica', enabled: boolean, isSo: boolean): string =>
  `semi-sync of ${instanceKeyText(instance.key)} as a ${side} is ${isSo ? '' : 'to be '}${enabled ? 'on' : 'off'}${isSo ? ' already' : ''}`;
