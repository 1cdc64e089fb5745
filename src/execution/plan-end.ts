/** What became of the steps of a plan. */
import type { Instance } from '../model/instance.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { PlanStep, StepId } from '../planning/plan.ts';

export type StepResult =
  | { readonly kind: 'done'; readonly instance: Instance | null }
  /**
   * `effect`: nothing was to be sent; or its server could not be reached; or what it did can be seen; or a command got no answer, and it is not known that it will
   * never take effect (D12).
   */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly effect: 'none' | 'unreached' | 'seen' | 'may-still-land';
    }
  | { readonly kind: 'skipped'; readonly reason: string };

/** Whether anything of the step has reached its server, or may have: something that is left to undo. */
export const hasTouched = (result: StepResult): boolean =>
  wasSent(result) && !(result.kind === 'failed' && result.effect === 'unreached');

/** Whether the journal says of the step that it was to be sent: what was begun so is tried to its end. */
export const wasSent = (result: StepResult): boolean =>
  result.kind === 'done' || (result.kind === 'failed' && result.effect !== 'none');

/** What a server would not do, at first or at all (`CommandResult`), as the journal and people read it. */
export const refusedText = (words: string): string => `refused, and gone on all the same: ${words}`;

export interface RunningPlan {
  /** Never rejects. */
  step(id: StepId): Promise<StepResult>;
  /** When every step has ended. */
  readonly ended: Promise<PlanEnd>;
}

export interface PlanEnd {
  readonly results: ReadonlyMap<StepId, StepResult>;
  /** The first step whose failure gives the plan up; null: the plan went through. */
  readonly abortedBy: { readonly step: PlanStep<StepCommand>; readonly reason: string } | null;
}
