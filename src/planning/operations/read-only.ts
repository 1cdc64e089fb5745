/**
 * Making a server read-only or writable (spec/topology-operations.md 3.10, O60, O61; E2, E4). With semi-sync by priority, a server waits for acknowledgements before it takes
 * its first write, and stops waiting after its last.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isReplica } from '../../model/instance-status.ts';
import { isMysqlFamily, parseServerVersion } from '../../model/server-version.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult, OperationStep } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { semiSyncSourceStep } from './semi-sync-switches.ts';
import { inOrder, step } from './steps.ts';

export function planReadOnly(
  request: Extract<ServerRequest, { kind: 'set-read-only' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const { readOnly } = request;
  const key = instanceKeyText(instance.key);
  const steps = readOnly ? readOnlySteps(instance, facts) : writableSteps(instance);
  const effect = readOnly ? 'it is read-only' : 'it is writable';
  return planned(request, instance, facts, {
    because: `${key} is to be ${readOnly ? 'read-only' : 'writable'}`,
    lanes: [{ server: instance.key, steps: inOrder(steps), effect }],
    warnings: readOnly ? [] : writableWarnings(instance, facts),
    audits: [{ type: 'read-only', key: instance.key, message: `set as ${readOnly}` }],
  });
}

function writableSteps(instance: Instance): readonly OperationStep[] {
  const writable = change(instance, false, false, 'make writable');
  // E2: a write before it waits for acknowledgements would be on this server alone.
  return instance.semiSync.priority > 0 ? [semiSyncSourceStep(instance, true), writable] : [writable];
}

function readOnlySteps(instance: Instance, { rules }: OperationFacts): readonly OperationStep[] {
  const hasSuper = isMysqlFamily(parseServerVersion(instance.version, instance.versionComment));
  const still: OperationStep[] = [change(instance, true, false, 'make read-only')];
  // Best effort, by the contract: what keeps administrators out may be refused, and clients are kept out already.
  if (rules.useSuperReadOnly && hasSuper) {
    still.push({ ...change(instance, true, true, 'make super read-only'), onFailure: 'note' });
  }
  // G4: read-only is answered when no commit waits any more, so that nobody hears "committed" of what nobody has acknowledged.
  return instance.semiSync.priority > 0 ? [...still, semiSyncSourceStep(instance, false)] : still;
}

/**
 * Read-only is never undone: what fails after it is less than clients that write again. Writable is: what got no answer may have come true, and semi-sync, which is
 * undone as well, would not be there for the writes (E2).
 */
function change(instance: Instance, readOnly: boolean, superReadOnly: boolean, what: string): OperationStep {
  const wasReadOnly = !readOnly && instance.readOnly;
  return step({
    id: stepId(`${what}: ${instanceKeyText(instance.key)}`),
    server: instance.key,
    commands: [{ kind: 'set-read-only', readOnly, superReadOnly }],
    postcondition: { kind: 'read-only', readOnly },
    undo: wasReadOnly ? [{ kind: 'set-read-only', readOnly: true, superReadOnly: instance.superReadOnly }] : [],
    effect: readOnly ? 'it takes no writes' : 'it takes writes',
  });
}

function writableWarnings(instance: Instance, { topology }: OperationFacts): readonly string[] {
  const key = instanceKeyText(instance.key);
  const warnings: string[] = [];
  if (isReplica(instance)) warnings.push(`${key} is a replica: what is written there is missing on its source`);
  const others = topology
    .cluster(instance.clusterName)
    .filter((other) => !sameKey(other.key, instance.key) && !other.readOnly && other.replicationDepth === 0)
    .map((other) => instanceKeyText(other.key));
  if (others.length > 0) warnings.push(`its cluster has a writable primary already: ${others.join(', ')}`);
  const { priority, sourceClients, sourceWaitForReplicaCount } = instance.semiSync;
  if (priority > 0 && sourceClients < sourceWaitForReplicaCount) {
    warnings.push(
      `every write waits for ${sourceWaitForReplicaCount} acknowledgements, and ${sourceClients} replicas acknowledge`,
    );
  }
  return warnings;
}
