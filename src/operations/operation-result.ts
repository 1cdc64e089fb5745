/** How an operation ends, for whoever has asked for it. */
import type { AwaitedWork, OperationPlan, OperationRefusal } from '../planning/operations/operation-plan.ts';
import type { OperationEnd } from './operation-end.ts';

export type OperationResult =
  | { readonly kind: 'refused'; readonly refusal: OperationRefusal }
  | {
      readonly kind: 'ended';
      readonly plan: OperationPlan;
      readonly end: OperationEnd;
      readonly millis: number;
      readonly outcome: 'done' | 'partly' | 'failed';
    };

/** Or a part of it: something has to come first that it waits for. */
export type StageResult =
  | OperationResult
  | { readonly kind: 'waits'; readonly plan: OperationPlan; readonly work: AwaitedWork };

export interface CallOff {
  readonly isCalledOff: () => boolean;
  readonly isCutShort: () => boolean;
}
