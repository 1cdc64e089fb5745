/** What a recovery hears of an operation that is a part of it. */
import { instanceKeyText } from '../model/instance-key.ts';
import type { OperationResult } from '../operations/operation-result.ts';
import { plansOf } from '../planning/operations/operation-plan.ts';
import type { OperateOutcome } from '../recovery/recovery-ports.ts';

export function operateOutcome(result: OperationResult): OperateOutcome {
  if (result.kind === 'refused') {
    return { done: [], problems: [{ server: null, text: result.refusal.text }], promoted: null, method: '' };
  }
  const { plan, end } = result;
  const failed = end.lanes.filter(({ kind }) => kind !== 'done');
  const leftOut = plansOf(plan).flatMap((one) => one.leftOut);
  return {
    done: end.lanes.filter(({ kind }) => kind === 'done').map(({ lane }) => lane.server),
    problems: [
      ...(end.failure === null ? [] : [{ server: null, text: end.failure }]),
      ...failed.map(({ lane, text }) => ({ server: lane.server, text: `${instanceKeyText(lane.server)}: ${text}` })),
      ...leftOut.map(({ key, reason }) => ({ server: key, text: reason })),
    ],
    promoted: plan.promoted,
    method: plan.method === 'none' ? plan.because : `${plan.method}: ${plan.because}`,
  };
}
