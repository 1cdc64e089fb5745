/** Runs the plan of a promotion, and tells what became of it: to its end once it has begun, and back to where it was before that. */

import type { PlanEnd } from '../execution/plan-end.ts';
import { wasSent } from '../execution/plan-end.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { drainStepId, type LostServer, type Plan, promotionStepId } from '../planning/plan.ts';
import { completePromotion } from './complete-promotion.ts';
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
  readonly pointOfNoReturn: boolean;
  /** It answers, and has not applied what it has received. */
  readonly isUndrained: boolean;
}

/** Nobody else may be promoted where the result says that there is no return. */
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
    const isUndrained = seen.kind === 'observed';
    return { kind: 'failed', reason: `${key}: ${drained.reason}`, pointOfNoReturn: false, isUndrained };
  }
  const promotion = promotionStepId(intent.successor);
  const hasPromotion = plan.steps.some((step) => step.id === promotion);
  const promoted = hasPromotion ? await running.step(promotion) : drained;
  if (promoted.kind !== 'done') {
    // Replicas may follow it already, and it may be half promoted: choosing another now could make two primaries. It is tried to the end, unless
    // nothing was sent: what the journal does not know of must not happen.
    const reason = wasSent(promoted) ? await completePromotion(run, intent.successor) : 'it was not told anything';
    if (reason !== null) {
      if (wasSent(promoted)) {
        await running.ended;
        run.leaveUnfinished();
      } else await takeBack();
      return {
        kind: 'failed',
        reason: `${key}: ${promoted.reason}; ${reason}`,
        pointOfNoReturn: true,
        isUndrained: false,
      };
    }
    run.say(`${key} is writable after all`);
  }
  const successor = (promoted.kind === 'done' ? promoted.instance : null) ?? run.ports.known.get(intent.successor);
  if (successor === undefined) throw new Error(`a promoted server that nobody knows: ${key}`);
  return {
    kind: 'promoted',
    successor,
    lost: prediction.lost,
    settled: running.ended.then((end) => [...prediction.lost, ...lostOnTheWay(plan, end)]),
  };
}

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
