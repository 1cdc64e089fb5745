/**
 * What is undone of a freeze after the moves that it was for have failed.
 */
import type { GtidReplica } from '../planning/candidates.ts';
import { afterTriedMoves } from '../planning/freeze-plan.ts';
import type { Plan } from '../planning/plan.ts';
import type { KnownServers } from './recovery-ports.ts';

/** As each of them is seen now: where the applier runs on, the receiver alone is started. */
export function undoAfterMoves(freeze: Plan, frozen: readonly GtidReplica[], known: Pick<KnownServers, 'get'>): Plan {
  const instances = frozen.map(({ instance }) => instance);
  return afterTriedMoves(
    freeze,
    instances.filter(({ key }) => (known.get(key)?.applierState ?? 'stopped') === 'stopped'),
  );
}
