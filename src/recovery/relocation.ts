/**
 * Putting a replica below another server, by GTID (spec/topology-operations.md 3.9 O58, 3.7 O29). Other methods come later; where this one
 * does not fit, the refusal says why.
 */

import { type PlanEnd, type PlanRunnerOptions, runPlan, undoPlan } from '../execution/plan-runner.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isGroupSecondary, usesGtid } from '../model/instance-status.ts';
import { isMariaDb, parseServerVersion } from '../model/server-version.ts';
import { replicationRefusal } from '../planning/can-replicate.ts';
import { frozenReplica } from '../planning/candidates.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { purgedAndMissing } from '../planning/gtid-progress.ts';
import type { Plan, PlanStep } from '../planning/plan.ts';
import { planFollow } from '../planning/switchover-plan.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { LIVE_READ_MILLIS } from './switchover.ts';
import { undoAfterMoves } from './undo-after-moves.ts';

export type RelocationResult =
  | { readonly kind: 'relocated'; readonly instance: Instance }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

export interface RelocationRequest {
  readonly clusterName: ClusterName;
  readonly key: InstanceKey;
  readonly below: InstanceKey;
  readonly isDescendant: (below: InstanceKey, of: InstanceKey) => boolean;
}

const refuse = (code: string, text: string): RelocationResult => ({ kind: 'refused', code, text });

/** Reads both servers anew, checks the rules, stops the receiver, waits until the new source has all the replica has, and moves it. */
export async function relocate(request: RelocationRequest, ports: RecoveryPorts): Promise<RelocationResult> {
  const [replica, target] = await Promise.all([
    ports.servers.observe(request.key, LIVE_READ_MILLIS),
    ports.servers.observe(request.below, LIVE_READ_MILLIS),
  ]);
  if (replica.kind === 'failed') return refuse('unreachable', replica.failure.text);
  if (target.kind === 'failed') return refuse('unreachable', target.failure.text);
  const refusal = relocationRefusal(replica.instance, target.instance, request, ports);
  if (refusal !== null) return refusal;
  if (ports.policy().noop) {
    const text = `noop: aborting CHANGE MASTER TO operation on ${instanceKeyText(request.key)}; signalling error but nothing went wrong.`;
    return refuse('noop', text);
  }
  return move(replica.instance, target.instance, request, ports);
}

function relocationRefusal(
  replica: Instance,
  target: Instance,
  request: RelocationRequest,
  ports: RecoveryPorts,
): RelocationResult | null {
  const [r, t] = [instanceKeyText(replica.key), instanceKeyText(target.key)];
  if (isGroupSecondary(replica)) {
    return refuse(
      'group-secondary',
      `relocate: ${r} is a secondary replication group member, hence, it cannot be relocated`,
    );
  }
  if (request.isDescendant(target.key, replica.key)) {
    return refuse('descendant', `relocate: ${t} is a descendant of ${r}`);
  }
  const rule = replicationRefusal(replica, target, ports.policy().promotion);
  if (rule !== null) return refuse(rule.kind, `${r} cannot replicate from ${t}. Reason: ${rule.text}`);
  if (replica.sourceKey === null) return refuse('not-a-replica', `instance is not a replica: ${r}`);
  if (!usesGtid(replica) || !sameGtidKind(replica, target)) {
    return refuse('too-complex', `Relocating ${r} below ${t} turns to be too complex; please do it manually`);
  }
  const purged = purgedAndMissing(target, replica);
  if (purged !== '') return refuse('purged', `Instance ${t} has purged GTID entries not found on ${r}`);
  return null;
}

function sameGtidKind(replica: Instance, target: Instance): boolean {
  const targetIsMariadb = isMariaDb(parseServerVersion(target.version, target.versionComment));
  return replica.usingMariadbGtid ? targetIsMariadb : target.supportsOracleGtid;
}

async function move(
  replica: Instance,
  target: Instance,
  request: RelocationRequest,
  ports: RecoveryPorts,
): Promise<RelocationResult> {
  if (replica.sourceKey === null) throw new Error('checked before');
  const options = runnerOptions(ports);
  const freeze = freezePlan(request.clusterName, replica.sourceKey, [replica]);
  const frozenEnd = await runPlan(freeze, options).ended;
  const frozen = frozenInstance(freeze, frozenEnd);
  if (frozen.kind === 'failed') return refuse('stop-failed', frozen.reason);
  const fixed = frozenReplica(frozen.instance);
  if (fixed === null) {
    await undoPlan(freeze, frozenEnd, options);
    return refuse('no-gtid', `${instanceKeyText(replica.key)} shows no GTID state`);
  }
  const planned = planFollow(request.clusterName, target, [fixed], { kind: 'relocate', below: target.key });
  if (planned.kind === 'refused') {
    await undoPlan(freeze, frozenEnd, options);
    return refuse('diverged', planned.text);
  }
  const end = await runPlan(planned.plan, options).ended;
  if (end.abortedBy !== null) {
    await restart(replica, undoAfterMoves(freeze, [fixed], ports.known), frozenEnd, options, ports);
    return refuse('failed', `${end.abortedBy.step.id}: ${end.abortedBy.reason}`);
  }
  const moved = ports.known.get(replica.key);
  if (moved === undefined) return refuse('forgotten', `Instance not found: ${instanceKeyText(replica.key)}`);
  return { kind: 'relocated', instance: moved };
}

/** Leaves the replica replicating, from wherever it points to now. */
async function restart(
  replica: Instance,
  freeze: Plan,
  end: PlanEnd,
  options: PlanRunnerOptions,
  ports: RecoveryPorts,
): Promise<void> {
  const now = ports.known.get(replica.key);
  if (now !== undefined && sameKey(now.sourceKey, replica.sourceKey)) {
    await undoPlan(freeze, end, options);
    return;
  }
  await ports.servers.execute(replica.key, [{ kind: 'start-replication' }], LIVE_READ_MILLIS);
}

function frozenInstance(
  plan: Plan,
  end: PlanEnd,
): { readonly kind: 'frozen'; readonly instance: Instance } | { readonly kind: 'failed'; readonly reason: string } {
  const [step] = plan.steps;
  const result = step === undefined ? undefined : end.results.get(step.id);
  if (result?.kind === 'done' && result.instance !== null) return { kind: 'frozen', instance: result.instance };
  return { kind: 'failed', reason: result !== undefined && result.kind !== 'done' ? result.reason : 'nothing to do' };
}

/** Not a recovery: the audit record says what was done, there is no journal to resume from. */
function runnerOptions(ports: RecoveryPorts): PlanRunnerOptions {
  return {
    servers: ports.servers,
    clock: ports.clock,
    mayGoOn: () => true,
    journal: (step: PlanStep, phase, detail) => {
      if (phase === 'failed') ports.log.warning(`${step.id}: ${detail}`);
      return Promise.resolve();
    },
  };
}
