/**
 * The doing of a planned switchover: siblings, demotion, takeover, the old primary; and the way back from each point.
 */

import type { AnalysisEntry } from '../analysis/entry.ts';
import { type PlanEnd, wasSent } from '../execution/plan-end.ts';
import { hasNoFile } from '../model/binlog-coordinates.ts';
import { clusterName } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { frozenReplica, type GtidReplica } from '../planning/candidates.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { drainStepId, type Plan, promotionStepId } from '../planning/plan.ts';
import { promotionSemiSync } from '../planning/promotion-semi-sync.ts';
import { planTakeoverByPlace } from '../planning/switchover-by-place.ts';
import { planDemotion, planFollow, planTakeover, type TakeoverFacts } from '../planning/switchover-plan.ts';
import { attachDemoted } from './attach-demoted.ts';
import { bringSiblings } from './bring-siblings.ts';
import { completePromotion } from './complete-promotion.ts';
import { placeOfSuccessor } from './follow-by-place.ts';
import { saySemiSync } from './left-asynchronous.ts';
import { downtimeLost } from './lost-servers.ts';
import { DEMOTION_MAY_LAND_MILLIS, makeWritable } from './make-writable.ts';
import { moveBack } from './move-back.ts';
import { conclude, endDowntimeOf, nobody, outcomeWith, type RecoveryEnd } from './recovery-end.ts';
import { type Incident, NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { executedOf, movableSiblings, type SwitchoverChoice } from './switchover.ts';
import { undoAfterMoves } from './undo-after-moves.ts';

export interface TakeoverOptions {
  readonly primary: Instance;
  readonly choice: SwitchoverChoice;
  /** Start replication on the demoted primary. */
  readonly startDemoted: boolean;
  /** For a primary that has none of its own; read from the successor before it forgets them. Null: not to be had. */
  readonly credentials: ReplicationCredentials | null;
}

type Stage = { readonly kind: 'ok' } | { readonly kind: 'aborted'; readonly reason: string };

/** Everything after the checks. The primary is writable again whenever this ends without a successor. */
export async function runTakeover(
  run: RecoveryRun,
  entry: AnalysisEntry,
  options: TakeoverOptions,
): Promise<RecoveryEnd> {
  const { ports } = run;
  const { primary, choice } = options;
  const incident: Incident = { entry, uid: run.uid, skipHooks: false, say: (message) => run.say(message), run };
  await run.noteIncident({ failure: entry, skipHooks: false });
  const started = { clusterName: entry.cluster.clusterName, uid: run.uid, key: entry.key, code: entry.code };
  ports.tell({ kind: 'started', ...started });
  run.say(`will take over from ${instanceKeyText(primary.key)} to ${instanceKeyText(choice.successor.key)}`);
  const end = await attempt(run, options, incident).catch((error: unknown): RecoveryEnd => {
    run.fail(`takeover failed: ${errorText(error)}`);
    return nobody(errorText(error));
  });
  await conclude(run, end, incident);
  return end;
}

async function attempt(run: RecoveryRun, options: TakeoverOptions, incident: Incident): Promise<RecoveryEnd> {
  const { ports } = run;
  const { primary, choice } = options;
  // Without GTIDs nobody could tell the way back to a sibling that has moved: there they move when the successor has taken over.
  const siblings = isByPlace(choice) ? [] : movableSiblings(choice);
  const moved = await moveSiblings(run, choice.successor, primary.key, siblings);
  if (moved.kind === 'aborted') {
    const { key } = choice.successor;
    const text = `Desginated instance ${instanceKeyText(key)} cannot take over all of its siblings. Error: ${moved.reason}`;
    await moveBack(run);
    return nobody(text);
  }
  const vetoed = await hooksBefore(run, incident, choice.successor);
  if (vetoed.kind === 'aborted') {
    await moveBack(run);
    return nobody(vetoed.reason);
  }
  const promoted = await switchPrimary(run, options);
  if (promoted.kind === 'aborted') {
    // While it is not known who the primary will be, nobody is moved.
    if (!run.isUnfinished) await moveBack(run);
    return nobody(promoted.reason);
  }
  const successor = ports.known.get(choice.successor.key) ?? choice.successor;
  return finish(run, options, successor, incident);
}

const isByPlace = ({ successor }: SwitchoverChoice): boolean => !usesGtid(successor);

/** Before nobody can write: hooks take what time they take (spec/recovery.md 12.4 #8). Their order is the contract's. */
async function hooksBefore(run: RecoveryRun, incident: Incident, successor: Instance): Promise<Stage> {
  const { ports } = run;
  const known = { successor: { key: successor.key, alias: '', coordinates: null }, lostReplicas: [] };
  const graceful = await runIncidentHooks('PreGracefulTakeoverProcesses', { ...incident, uid: '' }, known, ports);
  if (graceful.kind === 'failed')
    return { kind: 'aborted', reason: `Failed running PreGracefulTakeoverProcesses: ${graceful.reason}` };
  const detection = await runIncidentHooks('OnFailureDetectionProcesses', incident, NOTHING_DONE_YET, ports);
  if (detection.kind === 'failed')
    return { kind: 'aborted', reason: `OnFailureDetectionProcesses failed: ${detection.reason}` };
  const before = await runIncidentHooks('PreFailoverProcesses', incident, NOTHING_DONE_YET, ports);
  if (before.kind === 'failed') return { kind: 'aborted', reason: `PreFailoverProcesses failed: ${before.reason}` };
  return { kind: 'ok' };
}

async function runToEnd(run: RecoveryRun, plan: Plan<StepCommand>): Promise<PlanEnd> {
  return (await run.run(plan)).ended;
}

async function moveSiblings(
  run: RecoveryRun,
  target: Instance,
  presentSource: InstanceKey,
  siblings: readonly Instance[],
): Promise<Stage> {
  if (siblings.length === 0) return { kind: 'ok' };
  const { clusterName: cluster } = run.record.digest;
  const freeze = freezePlan(cluster, presentSource, siblings);
  const frozenEnd = await runToEnd(run, freeze);
  const frozen = frozenOf(freeze, frozenEnd);
  if (frozen.length < siblings.length) {
    await run.undo(freeze, frozenEnd);
    return { kind: 'aborted', reason: 'a replica could not be stopped' };
  }
  const planned = planFollow(cluster, target, frozen, { kind: 'relocate', below: target.key });
  if (planned.kind === 'refused') {
    await run.undo(freeze, frozenEnd);
    return { kind: 'aborted', reason: planned.text };
  }
  const end = await runToEnd(run, planned.plan);
  if (end.abortedBy === null) return { kind: 'ok' };
  await run.undo(undoAfterMoves(freeze, frozen, run.ports.known), frozenEnd);
  return { kind: 'aborted', reason: end.abortedBy.reason };
}

function frozenOf(plan: Plan, end: PlanEnd): readonly GtidReplica[] {
  return plan.steps.flatMap((step) => {
    const result = end.results.get(step.id);
    const replica = result?.kind === 'done' && result.instance !== null ? frozenReplica(result.instance) : null;
    return replica === null ? [] : [replica];
  });
}

/** Of both ends as they are seen from here: what clients see is shorter by what our packets take. */
const gapText = (from: InstanceKey, to: InstanceKey, millis: number): string =>
  `write gap: ${Math.round(millis)} ms at most, from telling ${instanceKeyText(from)} to be read-only until ${instanceKeyText(to)} was seen to take writes`;

/** The outage: read-only, catch up, writable. Nothing else happens in it. */
async function switchPrimary(
  run: RecoveryRun,
  { primary, choice, startDemoted: startsOld }: TakeoverOptions,
): Promise<Stage> {
  const { successor } = choice;
  const { clusterName: cluster } = run.record.digest;
  const policy = run.ports.policy();
  const { clock } = run.ports;
  const began = clock.monotonic();
  const demotion = planDemotion(cluster, primary, successor, startsOld);
  const demoted = await runToEnd(run, demotion);
  const demotedResult = [...demoted.results.values()][0];
  const restore = async (reason: string): Promise<Stage> => {
    await restoreWritable(run, demotion, demoted);
    return { kind: 'aborted', reason };
  };
  if (demotedResult?.kind !== 'done' || demotedResult.instance === null) {
    return restore(`could not make ${instanceKeyText(primary.key)} read-only: ${demoted.abortedBy?.reason ?? ''}`);
  }
  const followers = run.ports.known.replicasOf(successor.key);
  const toBe = isByPlace(choice) ? movableSiblings(choice) : [];
  const semiSync = promotionSemiSync(successor, primary, [...followers, ...toBe]);
  saySemiSync(run, successor.key, semiSync);
  const takeover = takeoverOf({
    clusterName: cluster,
    demoted: demotedResult.instance,
    successor,
    catchUpSeconds: policy.reasonableMaintenanceReplicationLagSeconds,
    useSuperReadOnly: policy.promotion.useSuperReadOnly,
    startsOld,
    semiSync,
    primaryVariables: policy.promotion.primaryVariables,
  });
  if (typeof takeover === 'string') return restore(takeover);
  const end = await runToEnd(run, takeover);
  if (end.abortedBy === null) {
    run.say(gapText(primary.key, successor.key, clock.monotonic() - began));
    return { kind: 'ok' };
  }
  if (end.results.get(drainStepId(successor.key))?.kind !== 'done') {
    const text = `WaitForExecBinlogCoordinatesToReach: reached maxWait: ${end.abortedBy.reason}`;
    return restore(text);
  }
  // What the journal does not know of must not happen: a promotion whose line could not be written was not sent, and is not completed.
  const promotion = end.results.get(promotionStepId(successor.key));
  if (promotion === undefined || !wasSent(promotion)) return restore(end.abortedBy.reason);
  return undecided(run, successor, restore, end.abortedBy.reason);
}

/** Or why there is none: what the demoted primary has written cannot be told. */
function takeoverOf(facts: TakeoverFacts): Plan<StepCommand> | string {
  const { demoted, successor } = facts;
  const { selfCoordinates: logEnd } = demoted;
  if (!usesGtid(successor)) {
    return hasNoFile(logEnd)
      ? `${instanceKeyText(demoted.key)} shows no binary log`
      : planTakeoverByPlace({ ...facts, logEnd });
  }
  const demotedGtid = executedOf(demoted);
  return demotedGtid === null
    ? `${instanceKeyText(demoted.key)} shows no GTID state`
    : planTakeover({ ...facts, demotedGtid });
}

/**
 * The promotion failed somewhere. It is tried to the end first: a successor that has forgotten its source would follow nobody after a way back.
 * If it may be writable, the old primary must not be: one writer at most (invariant 2).
 */
async function undecided(
  run: RecoveryRun,
  successor: Instance,
  restore: (reason: string) => Promise<Stage>,
  reason: string,
): Promise<Stage> {
  if ((await completePromotion(run, successor.key)) === null) return { kind: 'ok' };
  // Whoever leads now may have finished it: nothing is taken back by one that does not.
  if (run.isInterrupted) return { kind: 'aborted', reason };
  const back = await run.act(
    successor.key,
    [{ kind: 'set-read-only', readOnly: true, superReadOnly: false }],
    LOOK_MILLIS,
  );
  if (back.kind === 'done') return restore(reason);
  run.fail(`${instanceKeyText(successor.key)} cannot be reached and may be writable; the old primary stays read-only`);
  run.leaveUnfinished();
  return { kind: 'aborted', reason };
}

const LOOK_MILLIS = 2_000;

async function restoreWritable(run: RecoveryRun, demotion: Plan, end: PlanEnd): Promise<void> {
  const [step] = demotion.steps;
  if (step === undefined) return;
  const result = end.results.get(step.id);
  if (result === undefined || !wasSent(result)) return;
  const mayStillLand = result.kind === 'failed' && result.effect === 'may-still-land';
  await run.note(step, 'undoing', 'make writable');
  // Also when the command's answer was lost: it may have taken effect (D12).
  const problem = await makeWritable(run, step.server, { watchMillis: mayStillLand ? DEMOTION_MAY_LAND_MILLIS : 0 });
  if (problem === null) await run.note(step, 'undone', `${instanceKeyText(step.server)} is writable again`);
  else {
    // Whoever leads takes it up again and again until it takes writes: nobody else would.
    run.fail(problem);
    run.leaveUnfinished();
  }
}

/** The old primary, and before it, where there are no GTIDs, the siblings: it would send them what they could not tell from what they have. */
async function bringOthers(run: RecoveryRun, options: TakeoverOptions): Promise<void> {
  const { primary, choice, credentials, startDemoted } = options;
  const { key: successor } = choice.successor;
  const byPlace = isByPlace(choice);
  if (byPlace) await bringSiblings(run, { from: primary.key, to: successor }, movableSiblings(choice));
  const place = byPlace ? await placeOfSuccessor(run, successor) : null;
  if (byPlace && place === null) {
    run.fail(`${instanceKeyText(primary.key)} stays as it is: the journal does not tell where it would go on`);
    await run.book(downtimeLost([primary.key], run.ports));
    return;
  }
  await attachDemoted(run, {
    primary: run.ports.known.get(primary.key) ?? primary,
    successor,
    // As it was while it replicated.
    model: choice.successor,
    credentials,
    start: startDemoted,
    place,
  });
}

async function finish(
  run: RecoveryRun,
  options: TakeoverOptions,
  successor: Instance,
  incident: Incident,
): Promise<RecoveryEnd> {
  const { ports } = run;
  const { entry } = incident;
  const successorText = instanceKeyText(successor.key);
  run.say(`promoted replica: ${successorText}`);
  const outcome = outcomeWith(successor, {});
  await run.book(ports.moveAlias(entry.cluster.clusterName, clusterName(successorText), entry.cluster.clusterAlias));
  await run.book(run.resolve(outcome));
  // Hooks may take long; a rejection that nobody awaits yet would end the process.
  const attached = bringOthers(run, options).catch((error: unknown) => run.fail(errorText(error)));
  const hookSuccessor = { key: successor.key, alias: successor.instanceAlias, coordinates: successor.selfCoordinates };
  const state = { successor: hookSuccessor, lostReplicas: [] };
  await runIncidentHooks('PostMasterFailoverProcesses', incident, state, ports);
  await endDowntimeOf(run, successor.key);
  await runIncidentHooks('PostFailoverProcesses', incident, state, ports);
  await attached;
  await runIncidentHooks('PostGracefulTakeoverProcesses', incident, state, ports);
  return { successor, reason: '', outcome };
}
