/**
 * What a server with a semi-sync priority is told before it starts to replicate (spec/topology-operations.md 3.4, O3; spec/recovery.md 2.6): a replica is no source
 * that waits for acknowledgements, and it acknowledges if it may be promoted (E3).
 */
import type { Instance } from '../../model/instance.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import type { OperationFacts } from './operation-facts.ts';

export function semiSyncBeforeStart(
  instance: Instance,
  _source: Instance | undefined,
  { rules }: OperationFacts,
): readonly ServerCommand[] {
  const { semiSync } = instance;
  if (semiSync.priority === 0) return [];
  const commands: ServerCommand[] = [];
  if (semiSync.sourceEnabled) commands.push({ kind: 'set-semi-sync-source', enabled: false });
  const acknowledges = rules.promotion.promotionRule(instance.key) !== 'must_not';
  if (semiSync.replicaEnabled !== acknowledges) {
    commands.push({ kind: 'set-semi-sync-replica', enabled: acknowledges, restartReceiver: false });
  }
  return commands;
}
