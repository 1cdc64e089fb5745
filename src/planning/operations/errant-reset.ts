/**
 * Errant transactions taken out of the record of the server that has them (spec/topology-operations.md 3.7, O35): it stands still, deletes its binary logs, and counts as executed what
 * it had executed without them. What they changed stays changed there.
 */
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isGroupMember, isReplica } from '../../model/instance-status.ts';
import { FOLLOW_MILLIS } from '../deadlines.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { type ErrantOperation, errantOf, wontOperate } from './errant-rules.ts';
import { logReaders } from './log-readers.ts';
import { firstOf, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationRefusal, OperationStep } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { severalSourcesRefusal } from './relay-log-hold.ts';
import { starting } from './replication-threads.ts';
import { inOrder, startAsFound, step, stop } from './steps.ts';

const OPERATION: ErrantOperation = 'gtid-errant-reset-master';

/** How often what is to be counted is set: between deleting and setting, the server counts nothing as executed. */
const SET_ATTEMPTS = 5;

export function planErrantReset(
  request: Extract<ServerRequest, { kind: 'gtid-errant-reset-master' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const found = errantOf(instance, OPERATION, request.errant);
  if (found.kind === 'refused') return found;
  const refusal = resetRefusal(instance, facts);
  if (refusal !== null) return refusal;
  const errant = gtidSetText(found.set);
  const key = instanceKeyText(instance.key);
  return planned(request, instance, facts, {
    because: `nobody replicates from ${key}`,
    lanes: [
      {
        server: instance.key,
        steps: steps(instance, errant, facts),
        effect: `it counts ${errant} as executed no more`,
      },
    ],
    warnings: [
      `all binary logs of ${key} are deleted: it cannot be restored to a point in time from them`,
      `what ${errant} changed stays changed on ${key}`,
    ],
    audits: [{ type: OPERATION, key: instance.key, message: `reset master on ${key} without ${errant}` }],
  });
}

function resetRefusal(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const readers = logReaders(instance, facts.topology).length;
  const why = (code: string, text: string) => wontOperate(OPERATION, instance, code, text);
  return firstOf(
    // Whoever reads its logs would find them gone.
    readers === 0 ? null : why('has-replicas', `it has ${readers} ${readers === 1 ? 'replica' : 'replicas'}`),
    isGroupMember(instance) ? why('group-member', 'it is a member of a replication group') : null,
    isReplica(instance) ? null : why('not-a-replica', 'it is not a replica'),
    severalSourcesRefusal(instance),
  );
}

function steps(instance: Instance, errant: string, facts: OperationFacts): readonly OperationStep[] {
  const stands = stop(instance);
  const unlessLost = {
    kind: 'start-if-recorded',
    commands: startAsFound(instance),
    errant,
    stood: stands.id,
  } as const;
  const stopped: OperationStep = {
    ...stands,
    // Somebody who writes there all the time would make more of them while these are taken out.
    precondition: { kind: 'errant-exactly', gtid: errant },
    // A server that counts nothing as executed would ask its source for everything, and apply it once more.
    undo: startAsFound(instance).length === 0 ? [] : [unlessLost],
  };
  const forget = step({
    id: stepId(`take ${errant} out of what ${instanceKeyText(instance.key)} has executed`),
    server: instance.key,
    commands: [{ kind: 'forget-errant', errant, stood: stands.id }],
    precondition: { kind: 'threads-stopped' },
    postcondition: { kind: 'executed-without', after: stands.id, errant },
    deadlineMillis: FOLLOW_MILLIS,
    attempts: SET_ATTEMPTS,
    effect: 'it has no binary logs of before, and counts all but these as executed',
  });
  return inOrder([stopped, forget, starting(instance, facts)]);
}
