/** Moves by pseudo-GTID: the place of one server is searched for in the binary logs of another (spec/topology-operations.md 3.8, 4.5; O38 to O42). */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isReplica } from '../../model/instance-status.ts';
import { SEARCH_MILLIS } from '../deadlines.ts';
import { stepId } from '../plan.ts';
import { move, planned } from './draft-plan.ts';
import { replicasBehind } from './gtid-moves.ts';
import {
  binlogServerRefusal,
  cannotMoveAtAll,
  cannotReplicatePlainly,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  notAReplica,
  unknown,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type OperationLane,
  type OperationPlanResult,
  type OperationRefusal,
  type OperationStep,
  refuse,
} from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest } from './operation-request.ts';
import { replicasToMove, repointAll } from './repoint.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { follow, inOrder, sentBy, standStill, start, step } from './steps.ts';
import { noneMovable, parted } from './who-can-move.ts';

/** `meanwhile`: what must have happened before its place can be found there. */
export function matchLane(
  instance: Instance,
  below: Instance,
  facts: OperationFacts,
  meanwhile: (still: OperationStep) => readonly OperationStep[] = () => [],
): OperationLane {
  const still = standStill(instance);
  const search = step({
    id: stepId(`find where ${instanceKeyText(instance.key)} stands on ${instanceKeyText(below.key)}`),
    server: instance.key,
    commands: [{ kind: 'find-place', within: below.key }],
    deadlineMillis: SEARCH_MILLIS,
    effect: `its place in the binary logs of ${instanceKeyText(below.key)} is known`,
  });
  const relayLog = { kind: 'drained' } as const;
  return {
    server: instance.key,
    effect: `it replicates from ${instanceKeyText(below.key)}`,
    steps: inOrder([
      still,
      ...meanwhile(still),
      search,
      follow({
        instance,
        source: below.key,
        at: { kind: 'place', place: { kind: 'found', by: search.id } },
        relayLog,
        back: { at: { kind: 'place', place: { kind: 'applied', after: still.id } }, relayLog: sentBy(below.key) },
      }),
      start(instance, below.key, semiSyncBeforeStart(instance, below, facts)),
    ]),
  };
}

/** Null: it may be tried. */
export function matchRefusal(instance: Instance, below: Instance, facts: OperationFacts): OperationRefusal | null {
  if (!facts.rules.pseudoGtidIsConfigured) {
    return refuse('no-pseudo-gtid', 'PseudoGTIDPattern not configured; cannot use Pseudo-GTID');
  }
  if (sameKey(instance.key, below.key)) {
    const text = `MatchBelow: attempt to match an instance below itself ${instanceKeyText(instance.key)}`;
    return refuse('same-server', text);
  }
  return firstOf(
    groupSecondaryRefusal(instance, 'MatchBelow'),
    notAReplica(instance),
    binlogServerRefusal(instance),
    cannotMoveAtAll(instance, facts),
    cannotMoveAtAll(below, facts),
    cannotReplicatePlainly(instance, below, facts),
    descendantRefusal(instance, below.key, facts, 'MatchBelow'),
    below.isBinlogServer
      ? refuse('binlog-server', `Cannot use PseudoGTID with Binlog Server ${instanceKeyText(below.key)}`)
      : null,
  );
}

export function planMatch(
  request: Extract<MoveRequest, { kind: 'match-below' | 'match-up' | 'rematch' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const target = matchTarget(request, instance, facts);
  if ('kind' in target) return target;
  const below = facts.topology.get(target.below);
  if (below === undefined) return unknown(target.below);
  const refusal = matchRefusal(instance, below, facts);
  if (refusal !== null) return refusal;
  return planned(request, instance, facts, {
    method: 'pseudo-gtid',
    because: 'markers of pseudo-GTID tell where it stands in the binary logs of others',
    locks: [below.key],
    lanes: [matchLane(instance, below, facts)],
    moves: [move(instance, below.key, 'pseudo-gtid')],
    audits: [
      {
        type: 'match-below',
        key: instance.key,
        message: `matched replica ${instanceKeyText(instance.key)} below ${instanceKeyText(below.key)}`,
      },
    ],
  });
}

function matchTarget(
  request: Extract<MoveRequest, { kind: 'match-below' | 'match-up' | 'rematch' }>,
  instance: Instance,
  facts: OperationFacts,
): { readonly below: InstanceKey } | OperationRefusal {
  if (request.kind === 'match-below') return { below: request.below };
  const refusal = firstOf(notAReplica(instance), groupSecondaryRefusal(instance, 'MatchUp'));
  if (refusal !== null) return refusal;
  const { sourceKey } = instance;
  if (sourceKey === null) return unknown(request.key);
  if (request.kind === 'rematch') return { below: sourceKey };
  const source = facts.topology.get(sourceKey);
  if (source === undefined) {
    const text = `Cannot get master for ${instanceKeyText(instance.key)}. error=not found`;
    return refuse('source-unknown', text);
  }
  if (!isReplica(source) || source.sourceKey === null) {
    return refuse('source-is-no-replica', `master is not a replica itself: ${instanceKeyText(source.key)}`);
  }
  return { below: source.sourceKey };
}

export function planMatchReplicas(
  request: Extract<MoveReplicasRequest, { kind: 'match-replicas' | 'match-up-replicas' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const source = facts.topology.get(request.key);
  if (source === undefined) return unknown(request.key);
  const belowKey = request.kind === 'match-replicas' ? request.below : source.sourceKey;
  if (belowKey === null) return refuse('not-a-replica', `instance is not a replica: ${instanceKeyText(source.key)}`);
  const below = facts.topology.get(belowKey);
  if (below === undefined) return unknown(belowKey);
  if (goesBySameCoordinates(source, below)) {
    return repointAll(request, source, replicasToMove(source.key, below.key, request.pattern, facts), below.key, facts);
  }
  const replicas = replicasBehind(source.key, below.key, request.pattern, facts);
  return matchAll(request, source, replicas, below, facts);
}

/** Binlog servers of one family have the same coordinates (O41). */
export function goesBySameCoordinates(source: Instance, below: Instance): boolean {
  if (source.isBinlogServer && sameKey(source.sourceKey, below.key)) return true;
  if (below.isBinlogServer && sameKey(below.sourceKey, source.key)) return true;
  return source.isBinlogServer && below.isBinlogServer && sameKey(source.sourceKey, below.sourceKey);
}

function matchAll(
  request: Extract<MoveReplicasRequest, { kind: 'match-replicas' | 'match-up-replicas' }>,
  source: Instance,
  replicas: readonly Instance[],
  below: Instance,
  facts: OperationFacts,
): OperationPlanResult {
  const sorted = parted(replicas, (replica) => matchRefusal(replica, below, facts));
  const none = noneMovable('MultiMatchReplicas: only matched', sorted, source);
  if (none !== null) return none;
  const { movable, leftOut } = sorted;
  const to = instanceKeyText(below.key);
  return planned(request, source, facts, {
    method: movable.length === 0 ? 'none' : 'pseudo-gtid',
    because: movable.length === 0 ? 'there is nothing to move' : 'markers of pseudo-GTID tell where they stand',
    locks: movable.length === 0 ? [] : [below.key],
    lanes: movable.map((replica) => matchLane(replica, below, facts)),
    leftOut,
    moves: movable.map((replica) => move(replica, below.key, 'pseudo-gtid')),
    audits:
      movable.length === 0
        ? []
        : [
            {
              type: 'multi-match-below-independent',
              key: below.key,
              message: `matched {done}/{total} replicas below ${to}`,
            },
            { type: 'multi-match-replicas', key: source.key, message: `matched {done} replicas under ${to}` },
          ],
  });
}
