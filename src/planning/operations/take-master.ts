/** A replica changes places with its source (spec/topology-operations.md 3.6, O26). */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isReplica, usesGtid } from '../../model/instance-status.ts';
import { stepId } from '../plan.ts';
import { move, planned } from './draft-plan.ts';
import {
  binlogServerRefusal,
  cannotMove,
  cannotMoveAtAll,
  cannotReplicatePlainly,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  gtidRefusal,
  replicaAndSource,
  writesInCircle,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { align, follow, freeze, inOrder, runUntil, sentBy, standStill, start, stop } from './steps.ts';
import { byOwnName } from './virtual-names.ts';

export function planTakeMaster(
  request: Extract<MoveRequest, { kind: 'take-master' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const pair = replicaAndSource(request.key, facts);
  if (pair.kind === 'refused') return pair;
  const { instance, source } = pair;
  const refusal = takeMasterRefusal(instance, source, facts);
  if (refusal !== null) return refusal;
  const byGtid = usesGtid(instance) && usesGtid(source);
  const method = byGtid ? 'gtid' : 'file-position';
  const steps = byGtid ? swapByGtid(instance, source, facts) : swapByPosition(instance, source, facts);
  const [i, m] = [instanceKeyText(instance.key), instanceKeyText(source.key)];
  return planned(request, instance, facts, {
    method,
    because: byGtid ? 'both replicate by GTID' : `${m} stands still while ${i} applies all of its binary log`,
    locks: [source.key],
    lanes: [{ server: instance.key, steps, effect: `it takes the place of ${m}, which replicates from it` }],
    moves: [
      move(instance, source.sourceKey, method),
      { key: source.key, from: source.sourceKey, to: instance.key, method },
    ],
    warnings: [`the other replicas of ${m} stay below it, and those of ${i} below ${i}`],
    audits: [{ type: 'take-master', key: instance.key, message: `took master: ${m}` }],
    hooks: [{ kind: 'post-take-master', successor: instance.key, demoted: source.key }],
    promoted: instance.key,
  });
}

function takeMasterRefusal(instance: Instance, source: Instance, facts: OperationFacts): OperationRefusal | null {
  const m = instanceKeyText(source.key);
  const top = source.sourceKey === null ? undefined : facts.topology.get(source.sourceKey);
  const byGtid = usesGtid(instance) && usesGtid(source);
  return firstOf(
    groupSecondaryRefusal(instance, 'takeMaster'),
    source.isCoPrimary ? refuse('co-primary', `${m} is co-master. Cannot take it.`) : null,
    isReplica(source) && source.sourceKey !== null
      ? null
      : refuse('source-is-no-replica', `instance is not a replica: ${m}`),
    byGtid ? cannotMoveAtAll(instance, facts) : cannotMove(instance, facts),
    byGtid ? cannotMoveAtAll(source, facts) : cannotMove(source, facts),
    // In a circle it would leave out the source, and whatever that one writes.
    source.sourceKey === null ? null : descendantRefusal(instance, source.sourceKey, facts, 'takeMaster'),
    binlogServerRefusal(instance) ?? binlogServerRefusal(source),
    byGtid ? null : (writesInCircle(source, facts) ?? writesInCircle(instance, facts)),
    cannotReplicatePlainly(source, instance, facts),
    top === undefined ? null : cannotReplicatePlainly(instance, top, facts),
    byGtid && top !== undefined ? gtidRefusal(instance, top) : null,
  );
}

/** The source stops and has applied all; the other has all of it; then the one goes up, and the source below it. */
function swapByGtid(instance: Instance, source: Instance, facts: OperationFacts): readonly OperationStep[] {
  const { sourceKey: top } = source;
  if (top === null) throw new Error('checked before');
  const upper = standStill(source);
  // What its source has executed, its relay log need not hold; and what it lacks of it, it still receives.
  const even = align(instance.key, upper, source.key);
  const lower = freeze(instance);
  const bySource = { kind: 'executed-by', server: source.key } as const;
  return inOrder([
    upper,
    even,
    lower,
    byOwnName(
      follow({
        instance,
        source: top,
        at: { kind: 'gtid' },
        relayLog: bySource,
        back: { at: { kind: 'gtid' }, relayLog: { kind: 'executed-by', server: top, orBy: source.key } },
      }),
    ),
    follow({
      instance: source,
      source: instance.key,
      at: { kind: 'gtid' },
      relayLog: { kind: 'drained' },
      back: { at: { kind: 'gtid' }, relayLog: { kind: 'executed-by', server: instance.key, orBy: top } },
    }),
    start(instance, top, semiSyncBeforeStart(instance, facts.topology.get(top), facts)),
    start(source, instance.key, semiSyncBeforeStart(source, instance, facts)),
  ]);
}

function swapByPosition(instance: Instance, source: Instance, facts: OperationFacts): readonly OperationStep[] {
  const { sourceKey: top } = source;
  if (top === null) throw new Error('checked before');
  const upper = standStill(source);
  const upperStopped = { ...stop(source), undo: [] };
  const lowerStopped = stop(instance);
  const level = runUntil(instance, { kind: 'log-end', after: upperStopped.id }, source.key);
  const stood = {
    ...stop(instance, stepId(`stop replication on ${instanceKeyText(instance.key)} where its source ends`)),
    undo: [],
  };
  const drained = { kind: 'drained' } as const;
  return inOrder([
    upper,
    upperStopped,
    lowerStopped,
    level,
    stood,
    byOwnName(
      follow({
        instance,
        source: top,
        at: { kind: 'place', place: { kind: 'applied', after: upperStopped.id } },
        relayLog: drained,
        back: { at: { kind: 'place', place: { kind: 'applied', after: stood.id } }, relayLog: sentBy(top) },
      }),
    ),
    follow({
      instance: source,
      source: instance.key,
      at: { kind: 'place', place: { kind: 'log-end', after: stood.id } },
      relayLog: drained,
      back: {
        at: { kind: 'place', place: { kind: 'applied', after: upperStopped.id } },
        relayLog: sentBy(instance.key),
      },
    }),
    start(instance, top, semiSyncBeforeStart(instance, facts.topology.get(top), facts)),
    start(source, instance.key, semiSyncBeforeStart(source, instance, facts)),
  ]);
}
