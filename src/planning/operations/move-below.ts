/** A replica goes below its sibling (O25), or to where recorded equivalent coordinates lead (O22); spec/topology-operations.md 3.6. */
import { coordinatesText, hasNoFile } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isSiblingOf, usesGtid } from '../../model/instance-status.ts';
import { move, planned } from './draft-plan.ts';
import { noteErrant } from './errant-warning.ts';
import { gtidLane } from './gtid-lane.ts';
import { gtidMoveRefusal } from './gtid-moves.ts';
import {
  binlogServerRefusal,
  cannotMove,
  cannotReplicatePlainly,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  isGtidCompatible,
  notAReplica,
  unknown,
  writesInCircle,
} from './move-rules.ts';
import type { Equivalence, OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { belowSibling } from './position-lanes.ts';
import { repointLane, repointRefusal } from './repoint.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { follow, inOrder, sentBy, standStill, start } from './steps.ts';

export function planMoveBelow(
  request: Extract<MoveRequest, { kind: 'move-below' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const sibling = facts.topology.get(request.below);
  if (sibling === undefined) return unknown(request.below);
  const audits = [
    {
      type: 'move-below',
      key: instance.key,
      message: `moved ${instanceKeyText(instance.key)} below ${instanceKeyText(sibling.key)}`,
    },
  ];
  const group = groupSecondaryRefusal(instance, 'MoveBelow');
  if (group !== null) return group;
  if (sibling.isBinlogServer) {
    const cannot = firstOf(siblingsRefusal(instance, sibling), repointRefusal(instance, sibling.key, facts));
    if (cannot !== null) return cannot;
    const { lane, method } = repointLane(instance, sibling.key, facts);
    const because = `${instanceKeyText(sibling.key)} is a binlog server: it has the same coordinates`;
    return planned(request, instance, facts, {
      method,
      because,
      lanes: [lane],
      moves: [move(instance, sibling.key, method)],
      audits,
    });
  }
  // Where GTID is in use it stays in use: the classic way would switch it off without a word.
  if (isGtidCompatible(instance, sibling)) {
    const cannot = firstOf(siblingsRefusal(instance, sibling), gtidMoveRefusal(instance, sibling, facts));
    if (cannot !== null) return cannot;
    return planned(request, instance, facts, {
      method: 'gtid',
      because: `${instanceKeyText(instance.key)} replicates by GTID`,
      lanes: [gtidLane(instance, sibling, facts)],
      moves: [move(instance, sibling.key, 'gtid')],
      warnings: noteErrant(instance, sibling, facts),
      audits,
    });
  }
  const cannot = belowSiblingRefusal(instance, sibling, facts);
  if (cannot !== null) return cannot;
  return planned(request, instance, facts, {
    method: 'file-position',
    because: `they are siblings: both can be brought to stand at the same place`,
    locks: [sibling.key],
    ...heldParts(instance, sibling, facts),
    moves: [move(instance, sibling.key, 'file-position')],
    warnings: usesGtid(instance)
      ? [`${instanceKeyText(instance.key)} replicates by file and position afterwards, and no more by GTID`]
      : [],
    audits,
  });
}

export function heldParts(instance: Instance, sibling: Instance, facts: OperationFacts) {
  const { before, lane, after } = belowSibling(instance, sibling, facts);
  return { before, lanes: [lane], after };
}

/** Null: the classic way fits. */
export function belowSiblingRefusal(
  instance: Instance,
  sibling: Instance,
  facts: OperationFacts,
): OperationRefusal | null {
  return firstOf(
    notAReplica(instance),
    binlogServerRefusal(instance),
    cannotMove(instance, facts),
    cannotMove(sibling, facts),
    siblingsRefusal(instance, sibling),
    delayRefusal(instance, sibling),
    writesInCircle(sibling, facts),
    cannotReplicatePlainly(instance, sibling, facts),
    descendantRefusal(instance, sibling.key, facts, 'MoveBelow'),
  );
}

function siblingsRefusal(instance: Instance, sibling: Instance): OperationRefusal | null {
  if (isSiblingOf(instance, sibling)) return null;
  return refuse(
    'no-siblings',
    `instances are not siblings: ${instanceKeyText(instance.key)}, ${instanceKeyText(sibling.key)}`,
  );
}

/** One that applies late by order cannot be brought to where the other stands without breaking that order. */
function delayRefusal(instance: Instance, sibling: Instance): OperationRefusal | null {
  const delayed = [instance, sibling].find(({ sqlDelaySeconds }) => sqlDelaySeconds > 0);
  if (delayed === undefined) return null;
  const text = `${instanceKeyText(delayed.key)} is delayed by ${delayed.sqlDelaySeconds} seconds: by file and position it cannot be brought level with another server`;
  return refuse('delayed', text);
}

export function planMoveEquivalent(
  request: Extract<MoveRequest, { kind: 'move-equivalent' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const below = facts.topology.get(request.below);
  if (below === undefined) return unknown(request.below);
  const refusal = equivalentRefusal(instance, below, facts);
  if (refusal !== null) return refusal;
  const known = equivalenceOn(below, facts);
  if (known === null) return noEquivalence(instance);
  return planned(request, instance, facts, {
    method: 'equivalent-coordinates',
    because: `where it stands is known to be ${coordinatesText(known.coordinates)} on ${instanceKeyText(below.key)}`,
    lanes: [equivalentLane(instance, below, known, facts)],
    moves: [move(instance, below.key, 'equivalent-coordinates')],
    audits: [
      {
        type: 'move-equivalent',
        key: instance.key,
        message: `moved ${instanceKeyText(instance.key)} via equivalence coordinates below ${instanceKeyText(below.key)}`,
      },
    ],
  });
}

export function equivalentRefusal(instance: Instance, below: Instance, facts: OperationFacts): OperationRefusal | null {
  if (sameKey(instance.key, below.key)) {
    const text = `MoveEquivalent: attempt to move an instance below itself ${instanceKeyText(instance.key)}`;
    return refuse('same-server', text);
  }
  return firstOf(
    notAReplica(instance),
    binlogServerRefusal(instance),
    groupSecondaryRefusal(instance, 'MoveEquivalent'),
    descendantRefusal(instance, below.key, facts, 'MoveEquivalent'),
    cannotReplicatePlainly(instance, below, facts),
    equivalenceOn(below, facts) === null ? noEquivalence(instance) : null,
  );
}

function noEquivalence(instance: Instance): OperationRefusal {
  const source = instance.sourceKey === null ? '' : instanceKeyText(instance.sourceKey);
  const text = `No equivalent coordinates found for ${instanceKeyText(instance.key)} replicating from ${source} at ${coordinatesText(instance.execCoordinates)}`;
  return refuse('no-equivalence', text);
}

export const equivalenceOn = (below: Instance, { equivalences }: OperationFacts): Equivalence | null =>
  equivalences.find(({ source, coordinates }) => sameKey(source, below.key) && !hasNoFile(coordinates)) ?? null;

export function equivalentLane(instance: Instance, below: Instance, known: Equivalence, facts: OperationFacts) {
  const still = standStill(instance);
  return {
    server: instance.key,
    effect: `it replicates from ${instanceKeyText(below.key)}`,
    steps: inOrder([
      still,
      follow({
        instance,
        source: below.key,
        at: { kind: 'place', place: { kind: 'known', coordinates: known.coordinates } },
        relayLog: { kind: 'drained' },
        // It may have moved on between the look and the stop: then what is known is of another place.
        precondition: { kind: 'applied-up-to', coordinates: instance.execCoordinates },
        back: { at: { kind: 'place', place: { kind: 'applied', after: still.id } }, relayLog: sentBy(below.key) },
      }),
      start(instance, below.key, semiSyncBeforeStart(instance, below, facts)),
    ]),
  };
}
