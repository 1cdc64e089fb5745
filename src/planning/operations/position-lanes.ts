/**
 * Moving one server by file and position: servers of one neighbourhood are brought to stand at the same place, where the coordinates of one can be said in the terms
 * of the other (spec/topology-operations.md 3.6; O23, O25).
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { stepId } from '../plan.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationLane, OperationStep } from './operation-plan.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { follow, inOrder, reach, restartAsFound, runUntil, sentBy, standStill, start, stop } from './steps.ts';
import { byOwnName } from './virtual-names.ts';

const DRAINED = { kind: 'drained' } as const;

export interface HeldMove {
  /** The neighbour that stands still meanwhile. */
  readonly before: readonly OperationStep[];
  readonly lane: OperationLane;
  readonly after: readonly OperationStep[];
}

/**
 * O23: its source stands still; it applies all of its source's binary log; then the grandparent is followed from where the source has come to. `held`: the step that
 * stops the source, shared by all that move up.
 */
export function upLane(
  instance: Instance,
  source: Instance,
  grandparent: InstanceKey,
  held: OperationStep,
  facts: OperationFacts,
): OperationLane {
  const stillness = stop(
    instance,
    stepId(`stop replication on ${instanceKeyText(instance.key)} to run up to its source`),
  );
  const level = runUntil(instance, { kind: 'log-end', after: held.id }, source.key);
  const stood = stop(instance, stepId(`stop replication on ${instanceKeyText(instance.key)} where its source ends`));
  return {
    server: instance.key,
    effect: `it replicates from ${instanceKeyText(grandparent)}`,
    steps: inOrder(
      [
        stillness,
        level,
        // It has been started by the former alone: whoever undoes that one starts it as it was found.
        { ...stood, precondition: { kind: 'none' }, undo: [] },
        follow({
          instance,
          source: grandparent,
          at: { kind: 'place', place: { kind: 'applied', after: held.id } },
          relayLog: DRAINED,
          back: { at: { kind: 'place', place: { kind: 'applied', after: stood.id } }, relayLog: sentBy(grandparent) },
        }),
        start(instance, grandparent, semiSyncBeforeStart(instance, facts.topology.get(grandparent), facts)),
      ],
      [held.id],
    ),
  };
}

/**
 * O25: the sibling stops; the other catches up with it, stops receiving and applies all that it has (D4: nothing of its relay log is left to lose); the sibling runs
 * up to exactly that place; there, the end of the sibling's own binary log is where the other goes on.
 */
export function belowSibling(instance: Instance, sibling: Instance, facts: OperationFacts): HeldMove {
  const held = stop(sibling);
  const caughtUp = reach(instance, { kind: 'applied', after: held.id }, sibling.key);
  const still = standStill(instance);
  const level = runUntil(sibling, { kind: 'applied', after: still.id }, instance.key);
  const stood = {
    ...stop(
      sibling,
      stepId(`stop replication on ${instanceKeyText(sibling.key)} beside ${instanceKeyText(instance.key)}`),
    ),
    undo: [],
  };
  return {
    before: [held],
    lane: {
      server: instance.key,
      effect: `it replicates from ${instanceKeyText(sibling.key)}`,
      steps: inOrder(
        [
          caughtUp,
          still,
          level,
          stood,
          follow({
            instance,
            source: sibling.key,
            at: { kind: 'place', place: { kind: 'log-end', after: stood.id } },
            relayLog: DRAINED,
            back: { at: { kind: 'place', place: { kind: 'applied', after: still.id } }, relayLog: sentBy(sibling.key) },
          }),
          start(instance, sibling.key, semiSyncBeforeStart(instance, sibling, facts)),
        ],
        [held.id],
      ),
    },
    after: restartAsFound(sibling),
  };
}

/** O20: another source whose binary logs are the very same, or the same source anew. */
export function sameCoordinatesLane(
  instance: Instance,
  source: InstanceKey,
  sourceWasRead: boolean,
  facts: OperationFacts,
): OperationLane {
  // A binlog server applies nothing: all that it has received is in its log.
  const hold = sourceWasRead || instance.isBinlogServer ? stop(instance) : standStill(instance, true);
  const relayLog = sourceWasRead ? ({ kind: 'logged-by', server: source } as const) : DRAINED;
  const starts = semiSyncBeforeStart(instance, facts.topology.get(source), facts);
  const followed = follow({
    instance,
    source,
    at: { kind: 'own-place' },
    relayLog,
    back: { at: { kind: 'own-place' }, relayLog },
  });
  // Nobody can see whether a name leads to a server that does not answer.
  const answers = facts.read(source) === 'read';
  return {
    server: instance.key,
    effect: `it replicates from ${instanceKeyText(source)}`,
    steps: inOrder([
      hold,
      answers ? followed : byOwnName(followed),
      // A source that cannot be read may not be there: its replica is pointed at it all the same, and starts when it can.
      sourceWasRead ? start(instance, source, starts) : { ...start(instance, source, starts), onFailure: 'note' },
    ]),
  };
}
