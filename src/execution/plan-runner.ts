/**
 * Executes a plan: steps as early as their dependencies allow, each checked before and verified after, each written to the journal before it
 * begins and when it has ended. What has been done is undone when the plan is given up.
 */

import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { isDeferred, type StepCommand } from '../planning/deferred-command.ts';
import type { Plan, PlanStep, StepId } from '../planning/plan.ts';
import {
  type PlainPostcondition,
  resolveCommand,
  resolvePostcondition,
  type Sight,
  serversOfPostcondition,
  serversToSee,
} from '../planning/resolve-command.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalPhase } from '../ports/decision-store.ts';
import type { CommandResult, TopologyServers } from '../ports/topology-servers.ts';
import { answersNow } from './silence.ts';
import { postconditionFailure, preconditionFailure } from './step-conditions.ts';
import { undoneBefore } from './undo-order.ts';

/** What plans have shown so far that are run one after another and refer to each other's steps. */
export class Sightings {
  readonly after = new Map<StepId, Instance>();
  readonly found = new Map<StepId, BinlogCoordinates>();
}

export type FoundPlace =
  | { readonly kind: 'found'; readonly coordinates: BinlogCoordinates }
  | { readonly kind: 'failed'; readonly reason: string };

export interface PlanRunnerOptions {
  readonly servers: TopologyServers;
  readonly clock: Clock;
  /** Rejects when it cannot be written: then nothing is done to the server. */
  readonly journal: (step: PlanStep<StepCommand>, phase: JournalPhase, detail: string) => Promise<void>;
  /** Shared by plans that refer to each other's steps; absent: the plan refers to its own alone. */
  readonly sightings?: Sightings;
  /** Where a server stands in the binary logs of another; needed for plans that search for it. */
  readonly findPlace?: (own: Instance, within: InstanceKey, mayGoOn: () => boolean) => Promise<FoundPlace>;
  /** False: leadership is lost or the node stops; no further step begins. */
  readonly mayGoOn: () => boolean;
}

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

/** A step that was not begun, or an undo that was not sent: this node does not lead any more, or something more urgent has begun. */
const MAY_NOT_ACT = 'this node may not act any more';

/** Of a step that waits long: of all its attempts together, from its first look on. */
interface Patience {
  endsAt: number | null;
}

/** How long a started replica may take to connect before the step counts as failed. */
const CONNECT_PATIENCE_MILLIS = 5_000;
const CONNECT_LOOK_MILLIS = 20;
/** Whoever waits long looks less often. */
const LONG_LOOK_MILLIS = 200;
const LOOK_FACTOR = 1.3;

/** Between attempts at a step. */
const REPEAT_MILLIS = 50;

/** For reading a server again after its step. */
const VERIFY_MILLIS = 2_000;

export const answersAgain = (server: InstanceKey): string => `${instanceKeyText(server)} answers again`;

export function runPlan(plan: Plan<StepCommand>, options: PlanRunnerOptions): RunningPlan {
  return new PlanRun(plan, options);
}

class PlanRun implements RunningPlan {
  readonly ended: Promise<PlanEnd>;
  readonly #options: PlanRunnerOptions;
  readonly #sightings: Sightings;
  readonly #began: number;
  readonly #steps = new Map<StepId, Promise<StepResult>>();
  #abortedBy: PlanEnd['abortedBy'] = null;

  constructor(plan: Plan<StepCommand>, options: PlanRunnerOptions) {
    this.#options = options;
    this.#sightings = options.sightings ?? new Sightings();
    this.#began = options.clock.monotonic();
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
    const detail = result.kind === 'done' ? step.effect : result.reason;
    await this.#options.journal(step, result.kind, detail);
    return result;
  }

  async #checkPrecondition(step: PlanStep<StepCommand>): Promise<string | null> {
    const { precondition } = step;
    if (precondition.kind === 'none') return null;
    if (precondition.kind === 'silent') return this.#soundOf(precondition.server);
    const seen = await this.#options.servers.observe(step.server, VERIFY_MILLIS);
    if (seen.kind === 'failed') return seen.failure.text;
    return preconditionFailure(precondition, seen.instance);
  }

  async #soundOf(server: InstanceKey): Promise<string | null> {
    return (await answersNow(this.#options, server, this.#began)) ? answersAgain(server) : null;
  }

  /** D15: a receiver that is stopped in the middle of a transaction leaves half of it, which can never be applied; the next time it stops elsewhere. */
  async #executeRepeatedly(step: PlanStep<StepCommand>): Promise<StepResult> {
    const { clock, mayGoOn } = this.#options;
    // Of all attempts together: a replica that catches up too slowly would be waited for as often as a stop may be repeated.
    const patience: Patience = { endsAt: null };
    let before: StepResult | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const result = afterAttempt(before, await this.#execute(step, attempt > 1, patience));
      before = result;
      const isWorthRepeating = result.kind === 'failed' && (result.effect === 'seen' || result.effect === 'unreached');
      const isOver = patience.endsAt !== null && clock.monotonic() > patience.endsAt;
      if (!isWorthRepeating || isOver || attempt >= (step.attempts ?? 1) || !mayGoOn()) return result;
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
      for (const { text } of result.refused)
        await this.#options.journal(step, 'skipped', `not done, and not needed: ${text}`);
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
    const now = clock.monotonic();
    if (step.patienceMillis !== undefined) patience.endsAt ??= now + step.patienceMillis;
    const patienceEnds = patience.endsAt ?? now + CONNECT_PATIENCE_MILLIS;
    let lookMillis = CONNECT_LOOK_MILLIS;
    let instance = seenAlready;
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
      if (isFinal || clock.monotonic() > patienceEnds) return failed(failure.text);
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

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type ResolvedStep =
  | {
      readonly kind: 'resolved';
      readonly commands: readonly ServerCommand[];
      readonly postcondition: PlainPostcondition;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads whom the step's values come from, and puts them in. */
async function resolveStep(
  step: PlanStep<StepCommand>,
  options: PlanRunnerOptions,
  sightings: Sightings,
): Promise<ResolvedStep> {
  const postcondition = await resolvedPostcondition(step, options, sightings);
  if (postcondition.kind === 'refused') return postcondition;
  const commands = await resolveCommands(step.server, step.commands, options, sightings, step.id);
  if (commands.kind === 'refused') return commands;
  return { kind: 'resolved', commands: commands.commands, postcondition: postcondition.condition };
}

async function resolvedPostcondition(
  { postcondition }: PlanStep<StepCommand>,
  options: PlanRunnerOptions,
  sightings: Sightings,
) {
  const sight = await lookAt(serversOfPostcondition(postcondition), options, sightings);
  return resolvePostcondition(postcondition, sight);
}

async function resolveCommands(
  server: InstanceKey,
  commands: readonly StepCommand[],
  options: PlanRunnerOptions,
  sightings: Sightings,
  step: StepId,
): Promise<
  | { readonly kind: 'resolved'; readonly commands: readonly ServerCommand[] }
  | { readonly kind: 'refused'; readonly reason: string }
> {
  const resolved: ServerCommand[] = [];
  for (const command of commands) {
    if (!isDeferred(command)) {
      resolved.push(command);
      continue;
    }
    const own = await options.servers.observe(server, VERIFY_MILLIS);
    if (own.kind === 'failed') return { kind: 'refused', reason: own.failure.text };
    if (command.kind === 'find-place') {
      const { findPlace, mayGoOn } = options;
      if (findPlace === undefined) return { kind: 'refused', reason: 'binary logs cannot be searched here' };
      const place = await findPlace(own.instance, command.within, mayGoOn);
      if (place.kind === 'failed') return { kind: 'refused', reason: place.reason };
      sightings.found.set(step, place.coordinates);
      continue;
    }
    const others = await lookAt(serversToSee(command), options, sightings);
    const resolution = resolveCommand(command, { ...others, own: own.instance });
    if (resolution.kind === 'refused') return resolution;
    resolved.push(...resolution.commands);
  }
  return { kind: 'resolved', commands: resolved };
}

async function lookAt(
  keys: readonly InstanceKey[],
  { servers }: PlanRunnerOptions,
  { after, found }: Sightings,
): Promise<Omit<Sight, 'own'>> {
  const seen = new Map<string, Instance>();
  const reads = await Promise.all(keys.map((key) => servers.observe(key, VERIFY_MILLIS)));
  for (const read of reads) if (read.kind === 'observed') seen.set(keyId(read.instance.key), read.instance);
  return {
    other: (key) => seen.get(keyId(key)) ?? null,
    after: (step) => after.get(step) ?? null,
    found: (step) => found.get(step) ?? null,
  };
}

/**
 * Sends the undo of every step that was done, as soon as what depends on it is undone. Returns what could not be undone, as one line a step, the last step
 * first. Sends nothing where this node may not act any more: another one may be at work.
 */
export async function undoPlan(
  plan: Plan<StepCommand>,
  end: PlanEnd,
  options: PlanRunnerOptions,
): Promise<readonly string[]> {
  const left = await undoSteps(plan, end, options);
  // Whoever may act no more leaves it to whoever may.
  return [...left].filter(([, text]) => text !== MAY_NOT_ACT).map(([id, text]) => `${id}: ${text}`);
}

/** The same, by step, with what this node may not undo any more: for whoever tries again later. */
export async function undoSteps(
  plan: Plan<StepCommand>,
  end: PlanEnd,
  options: PlanRunnerOptions,
): Promise<ReadonlyMap<StepId, string>> {
  const undoing = new Map<StepId, Promise<string | null>>();
  for (const step of [...plan.steps].reverse()) {
    const dependants = undoneBefore(step, plan.steps);
    const before = Promise.all(dependants.map(({ id }) => undoing.get(id)));
    const wasDone = end.results.get(step.id)?.kind === 'done';
    // One that is silent must not keep the others waiting: their receivers stand still.
    if (wasDone && step.undo.length > 0)
      undoing.set(step.id, before.then(() => undoStep(step, options)).catch(errorText));
  }
  const failures = new Map<StepId, string>();
  for (const [id, failure] of undoing) {
    const text = await failure;
    if (text !== null) failures.set(id, text);
  }
  return failures;
}

/** Null: it is undone. */
async function undoStep(step: PlanStep<StepCommand>, options: PlanRunnerOptions): Promise<string | null> {
  if (!options.mayGoOn()) return MAY_NOT_ACT;
  const commands = step.undo.map(stepCommandText).join(', ');
  // K12: whoever finds the journal cut here has to look what became of it.
  await options.journal(step, 'undoing', commands);
  if (!options.mayGoOn()) return MAY_NOT_ACT;
  const sightings = options.sightings ?? new Sightings();
  const resolved = await resolveCommands(step.server, step.undo, options, sightings, step.id);
  const result: CommandResult | null =
    resolved.kind === 'refused'
      ? null
      : await options.servers.execute(step.server, resolved.commands, step.deadlineMillis, options.mayGoOn);
  if (result?.kind === 'done') {
    await options.journal(step, 'undone', commands);
    return null;
  }
  const text = resolved.kind === 'refused' ? resolved.reason : result?.kind === 'failed' ? result.failure.text : '';
  await options.journal(step, 'failed', text);
  return text;
}
