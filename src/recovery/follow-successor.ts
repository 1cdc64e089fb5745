/**
 * Brings replicas that still point at a former primary below its successor, as far as nothing of theirs is lost by it (D4).
 */

import type { PlanEnd } from '../execution/plan-end.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, usesGtid } from '../model/instance-status.ts';
import { frozenReplica, type GtidReplica } from '../planning/candidates.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { gtidProgress, receivedContains } from '../planning/gtid-progress.ts';
import { movingStepId, type Plan } from '../planning/plan.ts';
import { planFollow } from '../planning/switchover-plan.ts';
import { followSuccessorByPlace } from './follow-by-place.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { undoAfterMoves } from './undo-after-moves.ts';

const LOOK_MILLIS = 5_000;

/** Those who are not moved replicate on, from wherever they did. */
async function unfreeze(
  run: RecoveryRun,
  freeze: Plan,
  end: PlanEnd,
  which: (server: InstanceKey) => boolean,
): Promise<void> {
  await run.undo({ ...freeze, steps: freeze.steps.filter(({ server }) => which(server)) }, end);
}

const includes = (replicas: readonly GtidReplica[], server: InstanceKey): boolean =>
  replicas.some(({ instance }) => sameKey(instance.key, server));

/** Empty: it can be moved by GTID. */
function whyLeftAsItIs(replica: Instance): readonly string[] {
  const key = instanceKeyText(replica.key);
  if (hasSeveralSources(replica)) return [`${key} replicates from other sources too; it is left as it is`];
  // A17: it has no GTIDs, and none of its threads can be stopped alone.
  return replica.isBinlogServer ? [`${key} is a binlog server; it is left as it is`] : [];
}

/** Returns one line for each replica that could not be brought along. */
export async function followSuccessor(
  run: RecoveryRun,
  successor: InstanceKey,
  former: InstanceKey,
  below: readonly Instance[],
): Promise<readonly string[]> {
  // A15: a co-primary that was promoted is still a replica of the other one, and must never be pointed at itself.
  const replicas = below.filter(({ key }) => !sameKey(key, successor));
  const problems = replicas.flatMap(whyLeftAsItIs);
  const movables = replicas.filter((replica) => whyLeftAsItIs(replica).length === 0);
  const single = movables.filter(usesGtid);
  const byPlace = movables.filter((replica) => !usesGtid(replica));
  if (byPlace.length > 0) problems.push(...(await followSuccessorByPlace(run, successor, former, byPlace)));
  if (single.length === 0) return problems;
  const { servers } = run.ports;
  const { clusterName } = run.record.digest;
  const freeze = freezePlan(clusterName, former, single);
  const frozenEnd = await (await run.run(freeze)).ended;
  const source = await servers.observe(successor, LOOK_MILLIS);
  if (source.kind === 'failed') {
    await run.undo(freeze, frozenEnd);
    return [...problems, `${instanceKeyText(successor)} cannot be read: ${source.failure.text}`];
  }
  const held = gtidProgress(source.instance);
  const movable: GtidReplica[] = [];
  for (const step of freeze.steps) {
    const key = instanceKeyText(step.server);
    const result = frozenEnd.results.get(step.id);
    const replica = result?.kind === 'done' && result.instance !== null ? frozenReplica(result.instance) : null;
    if (replica === null) problems.push(`${key} could not be stopped or does not replicate by GTID`);
    else if (held === null || !receivedContains(held, replica.progress)) {
      problems.push(`${key} has received more than ${instanceKeyText(successor)}; it is left as it is`);
    } else movable.push(replica);
  }
  await unfreeze(run, freeze, frozenEnd, (server) => !includes(movable, server));
  if (movable.length === 0) return problems;
  const planned = planFollow(clusterName, source.instance, movable, { kind: 'relocate', below: successor });
  if (planned.kind === 'refused') {
    await unfreeze(run, freeze, frozenEnd, (server) => includes(movable, server));
    return [...problems, planned.text];
  }
  const { plan } = planned;
  const end = await (await run.run(plan)).ended;
  await restartStuck(
    run,
    freeze,
    frozenEnd,
    movable.filter(({ instance }) => end.results.get(movingStepId(instance.key, successor))?.kind !== 'done'),
  );
  for (const step of plan.steps) {
    const result = end.results.get(step.id);
    if (result !== undefined && result.kind !== 'done') problems.push(`${step.id}: ${result.reason}`);
  }
  return problems;
}

/** Whose move failed before it was started anywhere: nothing else would ever start its receiver again. */
async function restartStuck(
  run: RecoveryRun,
  freeze: Plan,
  end: PlanEnd,
  notMoved: readonly GtidReplica[],
): Promise<void> {
  const { known } = run.ports;
  const stuck = notMoved.filter(({ instance: { key } }) => (known.get(key)?.receiverState ?? 'stopped') === 'stopped');
  await unfreeze(run, undoAfterMoves(freeze, stuck, known), end, (server) => includes(stuck, server));
}
