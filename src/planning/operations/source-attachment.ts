/**
 * Detaching a replica from its source, reversibly, and attaching it again (spec/topology-operations.md 3.4, O13, O14; D7): `//` in front of the host makes an address that
 * nobody can reach and that tells where to go back to. It stands where it stood: by file and position at the same coordinates.
 */
import type { Instance } from '../../model/instance.ts';
import { detachKey, type InstanceKey, instanceKeyText, reattachKey } from '../../model/instance-key.ts';
import { isSourceDetached } from '../../model/instance-status.ts';
import { move, planned } from './draft-plan.ts';
import { firstOf, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { answering, holdingRule, holdStill, lossRefusal, severalSourcesRefusal } from './relay-log-hold.ts';
import { repointAudit } from './repoint.ts';
import { semiSyncBeforeStart, semiSyncWarnings } from './semi-sync-before-start.ts';
import { follow, inOrder, restartAsFound, start } from './steps.ts';
import { byOwnName } from './virtual-names.ts';

/** O13. Its threads are as they were found afterwards: what ran tries in vain to connect. */
export function planDetach(
  request: Extract<MoveRequest, { kind: 'detach-source' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { sourceKey } = instance;
  const isDetached = isSourceDetached(instance)
    ? refuse('detached-already', `instance already detached: ${instanceKeyText(instance.key)}`)
    : null;
  const refusal = firstOf(notAReplica(instance), isDetached, attachmentRefusal(instance, facts));
  if (refusal !== null || sourceKey === null) return refusal ?? unknown(request.key);
  const to = detachKey(sourceKey);
  return planned(request, instance, facts, {
    because: `${instanceKeyText(instance.key)} is to replicate from nobody until it is attached again`,
    lanes: [
      {
        server: instance.key,
        steps: inOrder([...readdress(instance, sourceKey, to, facts), ...restartAsFound(instance)]),
        effect: `it is detached from ${instanceKeyText(sourceKey)}`,
      },
    ],
    moves: [move(instance, to, 'same-coordinates')],
    audits: [repointAudit(instance, to)],
  });
}

/** O14. A source that is not there yet leaves it attached and trying. */
export function planReattach(
  request: Extract<MoveRequest, { kind: 'reattach-source' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { sourceKey } = instance;
  const isAttached = isSourceDetached(instance)
    ? null
    : refuse('not-detached', `instance does not seem to be detached: ${instanceKeyText(instance.key)}`);
  const refusal = firstOf(notAReplica(instance), isAttached, attachmentRefusal(instance, facts));
  if (refusal !== null || sourceKey === null) return refusal ?? unknown(request.key);
  const to = reattachKey(sourceKey);
  const source = facts.topology.get(to);
  const starts: OperationStep = {
    ...start(instance, to, semiSyncBeforeStart(instance, source, facts)),
    undo: [],
    onFailure: 'note',
  };
  return planned(request, instance, facts, {
    because: `${instanceKeyText(instance.key)} goes back to the source that it was detached from`,
    lanes: [
      {
        server: instance.key,
        steps: inOrder([...readdress(instance, to, to, facts), starts]),
        effect: `it replicates from ${instanceKeyText(to)}`,
      },
    ],
    moves: [move(instance, to, 'same-coordinates')],
    warnings: [...absentWarning(to, facts), ...semiSyncWarnings(instance, source, facts)],
    audits: [repointAudit(instance, to)],
    effects: [{ kind: 'rename-cluster-alias', from: instance.key, to }],
  });
}

function attachmentRefusal(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const real = instance.sourceKey === null ? null : reattachKey(instance.sourceKey);
  return firstOf(severalSourcesRefusal(instance), lossRefusal(instance, holdingRule(instance, real, facts)));
}

/** `real`: the server behind both addresses, which has what the replica received. */
function readdress(
  instance: Instance,
  real: InstanceKey,
  to: InstanceKey,
  facts: OperationFacts,
): readonly OperationStep[] {
  const relayLog = holdingRule(instance, real, facts);
  const at = { kind: 'own-place' } as const;
  return [
    holdStill(instance, relayLog, facts),
    byOwnName(follow({ instance, source: to, at, relayLog, back: { at, relayLog } })),
  ];
}

function absentWarning(to: InstanceKey, facts: OperationFacts): readonly string[] {
  if (answering(to, facts) !== null) return [];
  return [`${instanceKeyText(to)} does not answer, or nobody knows it: replication starts when it does`];
}
