/**
 * Moving one server by GTID (spec/topology-operations.md 3.7, O29): its receiver stops; the new source gets all that it has received; it follows; it starts.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { usesGtid } from '../../model/instance-status.ts';
import { originAbove } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationLane } from './operation-plan.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { align, backByOwnWay, follow, freeze, inOrder, standStill, start } from './steps.ts';

export function gtidLane(instance: Instance, below: Instance, facts: OperationFacts): OperationLane {
  // One that replicates by file and position until now must know where to go back to.
  const hold = usesGtid(instance) ? freeze(instance) : standStill(instance);
  const relayLog = { kind: 'executed-by', server: below.key } as const;
  return {
    server: instance.key,
    effect: `it replicates from ${instanceKeyText(below.key)}`,
    steps: inOrder([
      hold,
      align(below.key, hold, originAbove(below, facts)),
      follow({
        instance,
        source: below.key,
        at: { kind: 'gtid' },
        relayLog,
        back: { at: backByOwnWay(instance, hold.id), relayLog },
      }),
      start(instance, below.key, semiSyncBeforeStart(instance, below, facts)),
    ]),
  };
}
