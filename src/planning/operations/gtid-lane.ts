/**
 * Moving one server by GTID (spec/topology-operations.md 3.7, O29): its receiver stops; the new source gets all that it has received; it follows; it starts.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { usesGtid } from '../../model/instance-status.ts';
import type { StepCommand } from '../deferred-command.ts';
import { needsApplierBeforeFreeze } from '../relay-log-ends.ts';
import { originAbove } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationLane } from './operation-plan.ts';
import { holdingRule } from './relay-log-hold.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { align, backByOwnWay, follow, freeze, inOrder, standStill, start, startAsFound } from './steps.ts';

export function gtidLane(instance: Instance, below: Instance, facts: OperationFacts): OperationLane {
  // One that replicates by file and position until now must know where to go back to.
  const hold = usesGtid(instance) ? { ...freeze(instance), undo: runsAgain(instance, facts) } : standStill(instance);
  const relayLog = { kind: 'executed-by', server: below.key } as const;
  // The new source may have died meanwhile, which is why it goes back.
  const back = instance.sourceKey === null ? relayLog : { ...relayLog, orBy: instance.sourceKey };
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
        back: { at: backByOwnWay(instance, hold.id), relayLog: back },
      }),
      start(instance, below.key, semiSyncBeforeStart(instance, below, facts)),
    ]),
  };
}

/** Both threads as they were found: the CHANGE, and a start that has failed, have stopped the applier too. */
function runsAgain(instance: Instance, facts: OperationFacts): readonly StepCommand[] {
  const commands = startAsFound(instance);
  // D4: MariaDB drops what was received when it starts from standing still: its source must have it.
  if (!instance.usingMariadbGtid || instance.applierState !== 'stopped') return commands;
  const relayLog = holdingRule(instance, instance.sourceKey, facts);
  return [
    ...commands.map((command): StepCommand => ({ kind: 'when-safe', command, relayLog })),
    // It was started so that it could be frozen.
    ...(needsApplierBeforeFreeze(instance) ? [{ kind: 'stop-applier' } as const] : []),
  ];
}
