/** Runs the plan of a promotion, and tells what became of it: to its end once it has begun, and back to where it was before that. */

import type { PlanEnd } from '../execution/plan-end.ts';
import { wasSent } from '../execution/plan-end.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { drainStepId, type LostServer, type Plan, promotionStepId } from '../planning/plan.ts';
import { completePromotion } from './complete-promotion.ts';
import { followSuccessor } from './follow-successor.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** For one that is not told anything: nobody waits long for what it has to say. */
export const LOOK_MILLIS = 1_000;

export interface Promoted {
  readonly kind: 'promoted';
  readonly successor: Instance;
  /** Known when the plan was made; more may be lost when moves fail. */
  readonly lost: readonly LostServer[];
  /** When every replica has been moved, or given up. */
  readonly settled: Promise<readonly LostServer[]>;
}

export interface FailedPromotion {
  readonly kind: 'failed';
  readonly reason: string;
  readonly state: FailedState;
}

export type FailedState =
  /** It answers, and has not applied what it has received. */
  | 'undrained'
  | 'unreachable'
  /** The promotion was not begun, and nobody's is to be: the old primary answers again, or this node may not act. */
  | 'called-off'
  /** It may be writable, and cannot be asked: choosing another could make two primaries. */
  | 'half-promoted'
  /** C15: it was told to take writes, and nobody listens there any more. */
  | 'gone';

export async function executePromotion(run: RecoveryRun, plan: Plan<StepCommand>): Promise<Promoted | FailedPromotion> {
  const { intent, prediction } = plan;
  if (intent.kind !== 'replace-primary') throw new Error(`not a failover plan: ${intent.kind}`);
  const running = await run.run(plan);
  const key = instanceKeyText(intent.successor);
  const drained = await running.step(drainStepId(intent.successor));
  // What a binlog server was to feed stands below the old primary again.
  const takeBack = async (): Promise<void> => run.undo(plan, await running.ended);
  if (drained.kind !== 'done') {
    await takeBack();
    const seen = await run.ports.servers.observe(intent.successor, LOOK_MILLIS);
    const state = seen.kind === 'observed' ? 'undrained' : 'unreachable';
    return { kind: 'failed', reason: `${key}: ${drained.reason}`, state };
  }
  const promotion = promotionStepId(intent.successor);
  const hasPromotion = plan.steps.some((step) => step.id === promotion);
  const promoted = hasPromotion ? await running.step(promotion) : drained;
  if (promoted.kind !== 'done') {
    const failed = (reason: string, state: FailedState): FailedPromotion => {
      return { kind: 'failed', reason: `${key}: ${promoted.reason}; ${reason}`, state };
    };
    // What the journal does not know of must not happen.
    if (!wasSent(promoted)) {
      await takeBack();
      return failed('it was not told anything', 'called-off');
    }
    // Replicas may follow it already, and it may be half promoted: it is tried to the end.
    const problem = await completePromotion(run, intent.successor, { waitsForGone: false });
    if (problem !== null) {
      await running.ended;
      if (!problem.isGone) run.leaveUnfinished();
      return failed(problem.reason, problem.isGone ? 'gone' : 'half-promoted');
    }
    run.say(`${key} is writable after all`);
  }
  const successor = (promoted.kind === 'done' ? promoted.instance : null) ?? run.ports.known.get(intent.successor);
  if (successor === undefined) throw new Error(`a promoted server that nobody knows: ${key}`);
  return {
    kind: 'promoted',
    successor,
    lost: prediction.lost,
    settled: running.ended.then(async (end) => {
      const left = promoted.kind === 'done' ? [] : notBegun(run, plan, end);
      const problems = left.length === 0 ? [] : await followSuccessor(run, successor.key, intent.failed, left);
      for (const problem of problems) run.fail(problem);
      const isThere = (server: LostServer) => left.length > 0 && follows(run, server.key, successor.key);
      return [...prediction.lost, ...lostOnTheWay(plan, end).filter((server) => !isThere(server))];
    }),
  };
}

/** Whose moves waited for the promotion, which the plan has given up and which was brought to its end all the same. */
function notBegun({ ports: { known } }: RecoveryRun, plan: Plan<StepCommand>, end: PlanEnd): readonly Instance[] {
  const skipped = plan.steps.filter(
    ({ id, onFailure }) => onFailure === 'lose-server' && end.results.get(id)?.kind === 'skipped',
  );
  return skipped.flatMap(({ server }) => known.get(server) ?? []);
}

const follows = ({ ports: { known } }: RecoveryRun, replica: InstanceKey, source: InstanceKey): boolean =>
  sameKey(known.get(replica)?.sourceKey ?? null, source);

/** Replicas that were to follow and did not. */
function lostOnTheWay(plan: Plan<StepCommand>, end: PlanEnd): readonly LostServer[] {
  const lost: LostServer[] = [];
  for (const step of plan.steps) {
    const result = end.results.get(step.id);
    if (step.onFailure !== 'lose-server' || result === undefined || result.kind === 'done') continue;
    // One whose first step has failed skips the others.
    if ([...plan.prediction.lost, ...lost].some((known) => sameKey(known.key, step.server))) continue;
    lost.push({ key: step.server, reason: result.reason, transactionsAtRisk: '' });
  }
  return lost;
}
