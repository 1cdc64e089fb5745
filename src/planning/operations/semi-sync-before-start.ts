/**
 * What a server is told about semi-sync before it starts to replicate (spec/topology-operations.md 3.4, O3; spec/recovery.md 2.6): a replica is no source that waits for
 * acknowledgements, and it acknowledges where it may be promoted (E3), or where its source needs it to.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import { type SemiSyncMode, semiSyncActions, semiSyncReplicas } from '../semi-sync-topology.ts';
import type { OperationFacts, OperationRules } from './operation-facts.ts';

/** `source`: whom it will replicate from; undefined: nobody knows it, and its replicas cannot be counted. */
export function semiSyncBeforeStart(
  instance: Instance,
  source: Instance | undefined,
  facts: OperationFacts,
): readonly ServerCommand[] {
  const { semiSync } = instance;
  const commands: ServerCommand[] = [];
  if (semiSync.priority > 0 && semiSync.sourceEnabled) commands.push({ kind: 'set-semi-sync-source', enabled: false });
  const acknowledges = shouldAcknowledge(instance, source, facts);
  if (semiSync.replicaEnabled !== acknowledges) {
    commands.push({ kind: 'set-semi-sync-replica', enabled: acknowledges, restartReceiver: false });
  }
  return commands;
}

/** What people should know: by what was last seen of a source that does not answer, the wrong ones may acknowledge. */
export function semiSyncWarnings(
  instance: Instance,
  source: Instance | undefined,
  { rules, read }: OperationFacts,
): readonly string[] {
  if (modeOf(rules) === null || (instance.semiSync.priority === 0 && !instance.semiSync.replicaEnabled)) return [];
  if (source === undefined) {
    return [`who acknowledges is left as it is: the source of ${instanceKeyText(instance.key)} is not known`];
  }
  const answer = read(source.key);
  if (answer === null || answer === 'read') return [];
  return [
    `whether ${instanceKeyText(instance.key)} is to acknowledge is judged by what was last seen: ${instanceKeyText(source.key)} does not answer (${answer.failure})`,
  ];
}

/** Null: who acknowledges is up to each replica. */
function modeOf(rules: OperationRules): SemiSyncMode | null {
  if (rules.enforceExactSemiSyncReplicas) return 'exact';
  return rules.recoverLockedSemiSyncMaster ? 'enough' : null;
}

function shouldAcknowledge(instance: Instance, source: Instance | undefined, facts: OperationFacts): boolean {
  const { replicaEnabled, priority } = instance.semiSync;
  const ruleOf = facts.rules.promotion.promotionRule;
  const mode = modeOf(facts.rules);
  if (mode === null) return priority > 0 ? ruleOf(instance.key) !== 'must_not' : replicaEnabled;
  // A source that is down must not keep its replica from starting.
  if (source === undefined) return replicaEnabled;
  const others = facts.topology.replicasOf(source.key).filter(({ key }) => !sameKey(key, instance.key));
  const replicas = semiSyncReplicas([...others, instance], ruleOf, instance.key);
  const own = semiSyncActions(source, replicas, mode, ruleOf).find(({ replica }) => sameKey(replica.key, instance.key));
  return own?.enabled ?? replicaEnabled;
}
