/**
 * Executes a plan: steps as early as their dependencies allow, each checked before and verified after, each written to the journal before it
 * begins and when it has ended. What has been done is undone when the plan is given up.
 */

import { coordinatesText } from '../model/binlog-coordinates.ts';
import { millis } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { isDeferred, type StepCommand } from '../planning/deferred-command.ts';
import type { Plan, PlanStep, StepId } from '../planning/plan.ts';
import { recordedPlaceText } from '../planning/recorded-place.ts';
import type { PlainPostcondition } from '../planning/resolve-command.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import { hasTouched, type PlanEnd, type RunningPlan, refusedText, type StepResult } from './plan-end.ts';
import { resolveStep } from './resolve-step.ts';
import { MAY_NOT_ACT, type PlanRunnerOptions, Sightings, VERIFY_MILLIS } from './runner-options.ts';
import { Silences } from './silence.ts';
import { postconditionFailure, preconditionFailure } from './step-conditions.ts';
import { undoStep } from './undo-plan.ts';

/** Of a step that waits long: of all its attempts together, from its first look on. */
interface Patience {
  endsAt: number | null;
  /** For how long nothing may be applied before the step is tried once more. */
  stallMillis: number;
}

/**
 * A receiver that was stopped in the middle of a transaction leaves half of it, and MariaDB does not say so (D15): its applier just goes no further. So does one that is at a
 * long transaction: each attempt waits twice as long as the one before.
 */
const STALL_MILLIS = 1_000;
const STALL_FACTOR = 2;

/** How long a started replica may take to connect before the step counts as failed. */
const CONNECT_PATIENCE_MILLIS = 5_000;
const CONNECT_LOOK_MILLIS = 20;
/** Whoever waits long looks less often. */
const LONG_LOOK_MILLIS = 200;
const LOOK_FACTOR = 1.3;

/** Whoever points a replica elsewhere takes longer than that, and would be as likely to come right after a look. */
const SOURCE_MAX_AGE_MILLIS = 250;

/** Between attempts at a step. */
const REPEAT_MILLIS = 50;

export const answersAgain = (server: InstanceKey): string => `${instanceKeyText(server)} answers again`;

export function runPlan(plan: Plan<StepCommand>, options: PlanRunnerOptions): RunningPlan {
  return new PlanRun(plan, options);
}

class PlanRun implements RunningPlan {
  readonly ended: Promise<PlanEnd>;
  readonly #options: PlanRunnerOptions;
  readonly #sightings: Sightings;
  readonly #silences: Silences;
  readonly #steps = new Map<StepId, Promise<StepResult>>();
  #abortedBy: PlanEnd['abortedBy'] = null;

  constructor(plan: Plan<StepCommand>, options: PlanRunnerOptions) {
    this.#options = options;
    this.#sightings = options.sightings ?? new Sightings();
    this.#silences = options.silences ?? new Silences(options);
    for (const step of plan.steps) this.#steps.set(step.id, this.#begin(step));
    this.ended = this.#end();
  }

  step(id: StepId): Promise<StepResult> {
    return this.#steps.get(id) ?? Promise.resolve({ kind: 'skipped', reason: `no step ${id}` });
  }

  async #begin(step: PlanStep<StepCommand>): Promise<StepResult> {
    for (const id of step.dependsOn) {
      const before = this.#steps.get(id);
      if (before === undefined) throw new Error(`step ${step.id} depends on ${id}, which does not come before it`);
      const result = await before;
      if (result.kind !== 'done') return { kind: 'skipped', reason: `${id}: ${result.reason}` };
    }
    const result = await this.#attempt(step);
    if (result.kind === 'done' && result.instance !== null) this.#sightings.after.set(step.id, result.instance);
    // Skipped as well, because this node may not act any more: what was not done must not be taken for done.
    if (result.kind !== 'done' && step.onFailure === 'abort') {
      this.#abortedBy ??= { step, reason: result.reason };
    }
    return result;
  }

  async #attempt(step: PlanStep<StepCommand>): Promise<StepResult> {
    let sent = false;
    try {
      if (!this.#options.mayGoOn()) return { kind: 'skipped', reason: MAY_NOT_ACT };
      const refusal = await this.#checkPrecondition(step);
      if (refusal !== null) return await this.#note(step, notSent(refusal));
      await this.#options.journal(step, 'intended', step.commands.map(stepCommandText).join(', '));
      // Writing may have taken longer than leadership lasts.
      if (!this.#options.mayGoOn()) return { kind: 'skipped', reason: MAY_NOT_ACT };
      sent = true;
      return await this.#note(step, await this.#executeRepeatedly(step));
    } catch (error) {
      // The journal could not be written. Whatever happens now would be forgotten by a successor, so nothing more happens.
      return sent ? failed(errorText(error)) : notSent(errorText(error));
    }
  }

  async #note(step: PlanStep<StepCommand>, result: StepResult): Promise<StepResult> {
    const detail = result.kind === 'done' ? `${step.effect}${placeNote(step, result)}` : result.reason;
    await this.#options.journal(step, result.kind, detail);
    return result;
  }

  async #checkPrecondition(step: PlanStep<StepCommand>): Promise<string | null> {
    const { precondition } = step;
    if (precondition.kind === 'none') return null;
    if (precondition.kind === 'silent') return this.#soundOf(precondition.server);
    const maxAgeMillis = precondition.kind === 'replicates-from' ? SOURCE_MAX_AGE_MILLIS : 0;
    const seen = await this.#options.servers.observe(step.server, step.answerMillis ?? VERIFY_MILLIS, maxAgeMillis);
    if (seen.kind === 'failed') return seen.failure.text;
    return preconditionFailure(precondition, seen.instance);
  }

  async #soundOf(server: InstanceKey): Promise<string | null> {
    return (await this.#silences.answersNow(server)) ? answersAgain(server) : null;
  }

  /** D15: a receiver that is stopped in the middle of a transaction leaves half of it, which can never be applied; the next time it stops elsewhere. */
  async #executeRepeatedly(step: PlanStep<StepCommand>): Promise<StepResult> {
    const { clock, mayGoOn } = this.#options;
    // Of all attempts together: a replica that catches up too slowly would be waited for as often as a stop may be repeated.
    const patience: Patience = { endsAt: null, stallMillis: Number.POSITIVE_INFINITY };
    const attempts = step.attempts ?? 1;
    let before: StepResult | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= attempts || step.postcondition.kind !== 'drained';
      patience.stallMillis = isLast
        ? (step.stallMillis ?? Number.POSITIVE_INFINITY)
        : STALL_MILLIS * STALL_FACTOR ** (attempt - 1);
      const result = afterAttempt(before, await this.#execute(step, attempt > 1, patience));
      before = result;
      const isWorthRepeating = result.kind === 'failed' && (result.effect === 'seen' || result.effect === 'unreached');
      const isOver = patience.endsAt !== null && clock.monotonic() > patience.endsAt;
      if (!isWorthRepeating || isOver || attempt >= attempts || !mayGoOn()) return result;
      await undoStep(step, { ...this.#options, sightings: this.#sightings });
      await clock.sleep(millis(REPEAT_MILLIS));
    }
  }

  async #execute(step: PlanStep<StepCommand>, isRepeated: boolean, patience: Patience): Promise<StepResult> {
    const resolved = await resolveStep(step, this.#options, this.#sightings);
    if (resolved.kind === 'refused') return notSent(resolved.reason);
    const { commands, postcondition } = resolved;
    // Whoever finds the journal cut here, and has to finish by hand, needs the values.
    if (step.commands.some(isDeferred) && commands.length > 0) {
      await this.#options.journal(step, 'intended', commands.map(stepCommandText).join(', '));
    }
    const already = commands.length === 0 ? null : await this.#alreadyExecuted(step.server, postcondition);
    if (already !== null) return { kind: 'done', instance: already };
    const result: CommandResult =
      commands.length === 0
        ? { kind: 'done', instance: null, refused: [] }
        : await this.#options.servers.execute(step.server, commands, step.deadlineMillis, this.#options.mayGoOn);
    // D12: a command whose answer was lost may have taken effect. What counts is what is seen of the server.
    if (result.kind === 'done') {
      for (const { text } of result.refused) await this.#options.journal(step, 'skipped', refusedText(text));
    }
    const failure =
      result.kind === 'failed' ? failed(failureText(result, commands, isRepeated), effectOf(result)) : null;
    const seen = result.kind === 'done' ? result.instance : null;
    if (postcondition.kind === 'none') return failure ?? { kind: 'done', instance: seen };
    const verdict = await this.#verify(step, postcondition, seen, patience);
    return verdict.kind === 'done' || failure === null ? verdict : failure;
  }

  /**
   * Nothing is waited for that is there already. MariaDB's wait looks at what was replicated alone: on a former primary, whose last
   * transactions are its own writes, it would last its full time, in a switchover while nobody can write (I1).
   */
  async #alreadyExecuted(server: InstanceKey, postcondition: PlainPostcondition): Promise<Instance | null> {
    if (postcondition.kind !== 'executed') return null;
    const seen = await this.#options.servers.observe(server, VERIFY_MILLIS);
    return seen.kind === 'observed' && postconditionFailure(postcondition, seen.instance) === null
      ? seen.instance
      : null;
  }

  /** Looks until the postcondition holds, cannot hold any more, or patience ends. */
  async #verify(
    step: PlanStep<StepCommand>,
    postcondition: PlainPostcondition,
    seenAlready: Instance | null,
    patience: Patience,
  ): Promise<StepResult> {
    const { servers, clock, mayGoOn } = this.#options;
    const isLong = step.patienceMillis !== undefined;
    const patienceEnds = endOf(patience, step, clock.monotonic());
    let lookMillis = CONNECT_LOOK_MILLIS;
    let instance = seenAlready;
    const applied = new Applied();
    for (;;) {
      if (instance === null) {
        const seen = await servers.observe(step.server, VERIFY_MILLIS);
        if (seen.kind === 'failed') return failed(seen.failure.text);
        instance = seen.instance;
      }
      const failure = postconditionFailure(postcondition, instance);
      if (failure === null) return { kind: 'done', instance };
      // The server itself has waited for what is to be executed, unless the step has patience of its own: more waiting is lost time (I1).
      const isFinal = failure.final || (postcondition.kind === 'executed' && !isLong);
      const standsFor = applied.standsFor(instance, clock);
      if (isFinal || clock.monotonic() > patienceEnds) return failed(failure.text);
      if (standsFor > patience.stallMillis) return failed(`${failure.text}, and nothing for ${seconds(standsFor)}`);
      // A long wait must not keep a cluster from whoever needs it more.
      if (isLong && !mayGoOn()) return failed('it was called off');
      await clock.sleep(millis(lookMillis));
      if (isLong) lookMillis = Math.min(LONG_LOOK_MILLIS, lookMillis * LOOK_FACTOR);
      instance = null;
    }
  }

  async #end(): Promise<PlanEnd> {
    const results = new Map<StepId, StepResult>();
    for (const [id, result] of this.#steps) results.set(id, await result);
    return { results, abortedBy: this.#abortedBy };
  }
}

const placeNote = (
  { recordsPlace }: PlanStep<StepCommand>,
  { instance }: Extract<StepResult, { kind: 'done' }>,
): string => (recordsPlace === undefined || instance === null ? '' : `: ${recordedPlaceText(instance)}`);

/** Begins with the first look. */
function endOf(patience: Patience, { patienceMillis }: PlanStep<StepCommand>, now: number): number {
  if (patienceMillis === undefined) return now + CONNECT_PATIENCE_MILLIS;
  patience.endsAt ??= now + patienceMillis;
  return patience.endsAt;
}

/** Since when a server has applied nothing more. */
class Applied {
  #text = '';
  #since = 0;

  /** Milliseconds. */
  standsFor({ execCoordinates, executedGtidSet }: Instance, clock: Clock): number {
    const text = `${coordinatesText(execCoordinates)} ${executedGtidSet}`;
    if (text !== this.#text) this.#since = clock.monotonic();
    this.#text = text;
    return clock.monotonic() - this.#since;
  }
}

const MILLIS_PER_SECOND = 1000;
const seconds = (duration: number): string => `${Math.round(duration / MILLIS_PER_SECOND)} s`;

type Effect = Extract<StepResult, { kind: 'failed' }>['effect'];

function effectOf({ failure, completed, mayStillLand }: Extract<CommandResult, { kind: 'failed' }>): Effect {
  if (mayStillLand) return 'may-still-land';
  return completed === 0 && failure.phase === 'connect' ? 'unreached' : 'seen';
}

const failed = (reason: string, effect: Effect = 'seen'): StepResult => ({
  kind: 'failed',
  reason,
  effect,
});

/** Half of it is done, by this attempt or one before: the rest is named, for whoever has to finish by hand. */
function failureText(
  { failure, completed }: Extract<CommandResult, { kind: 'failed' }>,
  commands: readonly ServerCommand[],
  isRepeated: boolean,
): string {
  if (completed === 0 && !isRepeated) return failure.text;
  return `${failure.text}; not done: ${commands.slice(completed).map(stepCommandText).join(', ')}`;
}

/** What a former attempt has done stays done, although the later one was not even begun. */
function afterAttempt(before: StepResult | null, result: StepResult): StepResult {
  if (before?.kind !== 'failed' || result.kind !== 'failed' || hasTouched(result)) return result;
  return { ...before, reason: `${before.reason}; then: ${result.reason}` };
}

const notSent = (reason: string): StepResult => ({ kind: 'failed', reason, effect: 'none' });
