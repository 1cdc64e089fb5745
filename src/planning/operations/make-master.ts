/** Two older ways to raise a replica (spec/topology-operations.md 3.8; O43, O44), which here do what they say. */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isReplica, usesGtid } from '../../model/instance-status.ts';
import { stepId } from '../plan.ts';
import { compareProgress } from '../replica-order.ts';
import { move, planned } from './draft-plan.ts';
import { gtidLane } from './gtid-lane.ts';
import { gtidMoveRefusal } from './gtid-moves.ts';
import { matchLane, matchRefusal } from './match.ts';
import { firstOf, groupSecondaryRefusal, notAReplica, unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type LeftOut,
  type OperationLane,
  type OperationPlanResult,
  type OperationRefusal,
  type PlannedMove,
  refuse,
} from './operation-plan.ts';
import type { MoveRequest } from './operation-request.ts';
import { relocation } from './relocate.ts';
import { inOrder, standStill, step } from './steps.ts';

type Request = Extract<MoveRequest, { kind: 'make-master' | 'make-local-master' }>;

/** O43: the source is dead; the siblings go below the instance, which becomes writable. */
export function planMakeMaster(request: Request, facts: OperationFacts): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(instance), groupSecondaryRefusal(instance, 'MakeMaster'));
  if (refusal !== null || instance.sourceKey === null) return refusal ?? unknown(request.key);
  const source = instanceKeyText(instance.sourceKey);
  if (facts.read(instance.sourceKey) === 'read') {
    const text = `MakeMaster: instance's master ${source} seems to be accessible`;
    return refuse('source-alive', text);
  }
  const ahead = aheadRefusal(instance, facts, 'MakeMaster');
  if (ahead !== null) return ahead;
  const { lanes, moves, leftOut } = siblingsBelow(instance, facts);
  const drained = standStill(instance, true);
  const writable = step({
    id: stepId(`make ${instanceKeyText(instance.key)} writable`),
    server: instance.key,
    commands: [
      { kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } },
      { kind: 'set-read-only', readOnly: false, superReadOnly: false },
    ],
    postcondition: { kind: 'is-writable-primary' },
    effect: 'it takes writes',
  });
  return planned(request, instance, facts, {
    method: moves[0]?.method ?? 'none',
    because: `${source} does not answer, and no sibling has got further`,
    locks: [instance.key],
    before: inOrder([drained]),
    lanes,
    after: [writable],
    // A recovery that has called this off promotes somebody else: two servers would take writes.
    endsWithAfter: true,
    leftOut,
    moves: [...moves, move(instance, null, 'none')],
    audits: [{ type: 'make-master', key: instance.key, message: `made master of ${instanceKeyText(instance.key)}` }],
    promoted: instance.key,
  });
}

/** O44: the instance goes below its grandparent, and its siblings below it. */
export function planMakeLocalMaster(request: Request, facts: OperationFacts): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const refusal = firstOf(notAReplica(instance), groupSecondaryRefusal(instance, 'MakeLocalMaster'));
  if (refusal !== null || instance.sourceKey === null) return refusal ?? unknown(request.key);
  const source = facts.topology.get(instance.sourceKey);
  if (source === undefined) return unknown(instance.sourceKey);
  const top = source.sourceKey === null || !isReplica(source) ? undefined : facts.topology.get(source.sourceKey);
  if (top === undefined) {
    return refuse('source-is-no-replica', `master is not a replica itself: ${instanceKeyText(source.key)}`);
  }
  const ahead = aheadRefusal(instance, facts, 'MakeLocalMaster');
  if (ahead !== null) return ahead;
  const up = relocation({ request, instance, below: top, facts, level: 0 });
  if (up.kind === 'refused') return up;
  const { lanes, moves, leftOut } = siblingsBelow(instance, facts);
  const audits = [
    {
      type: 'make-local-master',
      key: instance.key,
      message: `made local master of ${instanceKeyText(instance.key)}`,
    },
  ];
  const then = planned(request, instance, facts, {
    method: moves[0]?.method ?? 'none',
    because: `the siblings go below ${instanceKeyText(instance.key)}`,
    lanes,
    leftOut,
    moves,
    audits,
    promoted: instance.key,
  });
  return { kind: 'planned', plan: { ...up.plan, next: then.plan } };
}

/** D5: whoever has got further would be lost. */
function aheadRefusal(instance: Instance, facts: OperationFacts, operation: string): OperationRefusal | null {
  const ahead = facts.topology.siblingsOf(instance.key).find((sibling) => compareProgress(sibling, instance) > 0);
  if (ahead === undefined) return null;
  const text = `${operation}: instance ${instanceKeyText(instance.key)} is not the most advanced of its siblings: ${instanceKeyText(ahead.key)} is further`;
  return refuse('sibling-ahead', text);
}

function siblingsBelow(instance: Instance, facts: OperationFacts) {
  const lanes: OperationLane[] = [];
  const moves: PlannedMove[] = [];
  const leftOut: LeftOut[] = [];
  for (const sibling of facts.topology.siblingsOf(instance.key)) {
    const byGtid = usesGtid(sibling);
    const refusal = byGtid ? gtidMoveRefusal(sibling, instance, facts) : matchRefusal(sibling, instance, facts);
    if (refusal !== null) leftOut.push({ key: sibling.key, code: refusal.code, reason: refusal.text });
    else {
      lanes.push(byGtid ? gtidLane(sibling, instance, facts) : matchLane(sibling, instance, facts));
      moves.push(move(sibling, instance.key, byGtid ? 'gtid' : 'pseudo-gtid'));
    }
  }
  return { lanes, moves, leftOut };
}
