/**
 * The steps that operations are made of. Each says what undoes it, so that a lane that fails is left as it was found: what ran runs again, what somebody had stopped
 * stays stopped.
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { usesGtid } from '../../model/instance-status.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import {
  ALIGN_MILLIS,
  CATCH_UP_MILLIS,
  FOLLOW_MILLIS,
  START_MILLIS,
  STATEMENT_MILLIS,
  STOP_RECEIVER_MILLIS,
} from '../deadlines.ts';
import type { AppliedSince, FollowAt, PlaceReference, RelayLogRule, StepCommand } from '../deferred-command.ts';
import { undoOfFreeze } from '../freeze-plan.ts';
import { movingStepId, type Postcondition, type StepId, stepId } from '../plan.ts';
import { needsApplierBeforeFreeze } from '../relay-log-ends.ts';
import type { OperationStep } from './operation-plan.ts';

/** A receiver may stop in the middle of a transaction (D15); a later stop finds another place. */
const STAND_STILL_ATTEMPTS = 20;

export type StepPart = Partial<OperationStep> & Pick<OperationStep, 'id' | 'server' | 'effect'>;

/** A step with nothing but what is said of it. */
export const step = (part: StepPart): OperationStep => ({
  commands: [],
  dependsOn: [],
  precondition: { kind: 'none' },
  postcondition: { kind: 'none' },
  deadlineMillis: STATEMENT_MILLIS,
  undo: [],
  onFailure: 'abort',
  ...part,
});

/** Each depends on the one before it; the first on `after`. */
export function inOrder(steps: readonly OperationStep[], after: readonly StepId[] = []): readonly OperationStep[] {
  let before = after;
  return steps.map((one) => {
    const ordered = { ...one, dependsOn: [...new Set([...one.dependsOn, ...before])] };
    before = [one.id];
    return ordered;
  });
}

/** What starts the threads that run now. */
export function startAsFound({ receiverState, applierState }: Instance): readonly ServerCommand[] {
  const receives = receiverState === 'running' || receiverState === 'other';
  const applies = applierState === 'running' || applierState === 'other';
  if (receives && applies) return [{ kind: 'start-replication' }];
  if (receives) return [{ kind: 'start-receiver' }];
  return applies ? [{ kind: 'start-applier' }] : [];
}

/**
 * The same for a server whose threads both stand still. MariaDB by GTID throws its relay log away then, and means to fetch it again (D4): it stands still while its source,
 * which may have died since the stop, cannot send it.
 */
export function startFromStill(instance: Instance): readonly StepCommand[] {
  const commands = startAsFound(instance);
  const { sourceKey, usingMariadbGtid } = instance;
  if (!usingMariadbGtid || sourceKey === null) return commands;
  const relayLog = { kind: 'executed-by', server: sourceKey } as const;
  return commands.map((command) => ({ kind: 'when-safe', command, relayLog }));
}

/** Its receiver stops; what it has received does not grow any more, and goes on being applied. */
export const freeze = (instance: Instance): OperationStep =>
  step({
    id: stepId(`stop receiver of ${instanceKeyText(instance.key)}`),
    server: instance.key,
    commands: needsApplierBeforeFreeze(instance)
      ? [{ kind: 'start-applier' }, { kind: 'stop-receiver' }]
      : [{ kind: 'stop-receiver' }],
    precondition: replicatesFrom(instance),
    postcondition: { kind: 'receiver-stopped' },
    deadlineMillis: STOP_RECEIVER_MILLIS,
    undo: undoOfHold(instance, needsApplierBeforeFreeze(instance)),
    effect: 'what it has received does not grow any more',
  });

/** Its receiver stops, and all that it has received is applied: there is nothing in its relay log to be lost (D4). */
export const standStill = (instance: Instance, sourceIsSilent = false): OperationStep =>
  step({
    id: stepId(`let ${instanceKeyText(instance.key)} apply all it has`),
    server: instance.key,
    commands: [
      ...startsApplier(instance),
      { kind: 'stop-receiver' },
      // D15: whoever stops its applier would wait a minute for a rest that will never come.
      ...(sourceIsSilent && hasPartOfTransaction(instance) ? [{ kind: 'end-half-transaction' } as const] : []),
    ],
    precondition: replicatesFrom(instance),
    postcondition: { kind: sourceIsSilent ? 'drained-of-silent-source' : 'drained' },
    deadlineMillis: STOP_RECEIVER_MILLIS,
    patienceMillis: CATCH_UP_MILLIS,
    attempts: STAND_STILL_ATTEMPTS,
    undo: undoOfHold(instance, startsApplier(instance).length > 0),
    effect: 'it has applied all that it has received, and receives no more',
  });

const hasPartOfTransaction = ({ evidence }: Instance): boolean => (evidence?.partialTransaction ?? '') !== '';

/**
 * Steps behind it may have stopped both threads, as they must to go back to the former source: a receiver that is started alone leaves a replica that fetches and
 * applies nothing. An applier that somebody had stopped, and that was started for the hold, is stopped again.
 */
function undoOfHold(instance: Instance, startedApplier: boolean): readonly ServerCommand[] {
  const applies = instance.applierState === 'running' || instance.applierState === 'other';
  if (applies) return startAsFound(instance);
  return [...undoOfFreeze(instance), ...(startedApplier ? [{ kind: 'stop-applier' } as const] : [])];
}

/** A stopped applier applies nothing; one with an error would only stop again. MariaDB by GTID: only while the receiver runs (D3). */
function startsApplier(instance: Instance): readonly ServerCommand[] {
  const isStopped = instance.applierState === 'stopped' && (instance.evidence?.lastSqlErrorNumber ?? 0) === 0;
  if (!isStopped) return [];
  return instance.usingMariadbGtid && !needsApplierBeforeFreeze(instance) ? [] : [{ kind: 'start-applier' }];
}

const replicatesFrom = ({ sourceKey }: Instance): OperationStep['precondition'] =>
  sourceKey === null ? { kind: 'none' } : { kind: 'replicates-from', source: sourceKey };

/** Both threads stop; its relay log stays as it is. */
export const stop = (
  instance: Instance,
  id = stepId(`stop replication on ${instanceKeyText(instance.key)}`),
): OperationStep =>
  step({
    id,
    server: instance.key,
    commands: [{ kind: 'stop-replication' }],
    precondition: replicatesFrom(instance),
    postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
    // The applier ends the transaction that it is in.
    deadlineMillis: FOLLOW_MILLIS,
    undo: startFromStill(instance),
    effect: 'it stands still',
  });

/** Waits until the server has executed what `frozen` has received, as far as `origin` has it to give. */
export const align = (target: InstanceKey, frozen: OperationStep, origin: InstanceKey | null): OperationStep =>
  step({
    id: stepId(`align ${instanceKeyText(target)} with ${instanceKeyText(frozen.server)}`),
    server: target,
    postcondition: { kind: 'executed-shared-of', after: frozen.id, origin },
    patienceMillis: ALIGN_MILLIS,
    effect: `it has all that ${instanceKeyText(frozen.server)} has received`,
  });

/** Waits until its applier has come at least to that place. */
export const reach = (instance: Instance, place: PlaceReference, whose: InstanceKey): OperationStep =>
  step({
    id: stepId(`let ${instanceKeyText(instance.key)} catch up with ${instanceKeyText(whose)}`),
    server: instance.key,
    postcondition: { kind: 'applied-up-to', place, mayBePast: true },
    patienceMillis: CATCH_UP_MILLIS,
    effect: `it has applied at least what ${instanceKeyText(whose)} has`,
  });

/** Applies exactly up to that place, from standing still. */
export const runUntil = (instance: Instance, place: PlaceReference, whose: InstanceKey): OperationStep =>
  step({
    id: stepId(`let ${instanceKeyText(instance.key)} replicate up to ${instanceKeyText(whose)}`),
    server: instance.key,
    commands: [{ kind: 'run-until', place, mayBePast: false }],
    postcondition: { kind: 'applied-up-to', place, mayBePast: false },
    patienceMillis: CATCH_UP_MILLIS,
    undo: [{ kind: 'stop-replication' }],
    effect: `it has applied exactly what ${instanceKeyText(whose)} has`,
  });

export interface FollowParts {
  readonly instance: Instance;
  readonly source: InstanceKey;
  readonly at: FollowAt;
  readonly relayLog: RelayLogRule;
  /** How it goes back to where it was, should it not run at its new source. Null: there is no way back. */
  readonly back: { readonly at: FollowAt; readonly relayLog: RelayLogRule } | null;
  readonly credentials?: Extract<StepCommand, { kind: 'follow-when-safe' }>['credentials'];
  readonly securedAs?: InstanceKey;
  readonly precondition?: OperationStep['precondition'];
}

/** Points a server at another source; it is not started yet. */
export function follow(parts: FollowParts): OperationStep {
  const { instance, source, at, relayLog, back } = parts;
  const former = instance.sourceKey;
  const undo: readonly StepCommand[] =
    back === null || former === null
      ? []
      : [
          {
            kind: 'follow-when-safe',
            source: former,
            ...back,
            credentials: null,
            securedAs: null,
            unlessThere: true,
            ...appliedSince(at, back.at),
          },
        ];
  return step({
    id: movingStepId(instance.key, source),
    server: instance.key,
    commands: [
      {
        kind: 'follow-when-safe',
        source,
        at,
        relayLog,
        credentials: parts.credentials ?? null,
        securedAs: parts.securedAs ?? null,
        unlessThere: false,
      },
    ],
    precondition: parts.precondition ?? { kind: 'none' },
    postcondition: { kind: 'replicates-from', source, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo,
    effect: `its source is ${instanceKeyText(source)}`,
  });
}

/** By GTID nobody applies twice what he has; in logs that are the same he goes on where he stands. */
function appliedSince(at: FollowAt, back: FollowAt): { readonly unlessApplied?: AppliedSince } {
  if (back.kind !== 'place') return {};
  if (at.kind === 'place') return { unlessApplied: { kind: 'place', place: at.place } };
  return back.place.kind === 'applied' ? { unlessApplied: { kind: 'executed', after: back.place.after } } : {};
}

/** Both threads start, and it is seen that they run and that the receiver is connected. */
export function start(
  instance: Instance,
  source: InstanceKey,
  before: readonly ServerCommand[] = [],
  id = stepId(`start replication on ${instanceKeyText(instance.key)}`),
): OperationStep {
  return step({
    id,
    server: instance.key,
    commands: [...before, { kind: 'start-replication' }],
    postcondition: { kind: 'replicates-from', source, running: true },
    deadlineMillis: STATEMENT_MILLIS,
    patienceMillis: START_MILLIS,
    undo: [{ kind: 'stop-replication' }],
    effect: `it replicates from ${instanceKeyText(source)}`,
  });
}

/** Threads that had been stopped for the operation run again as they did: whoever orders the next one right behind it must not find a replica that is only connecting. */
export const restartAsFound = (instance: Instance): readonly OperationStep[] => {
  const commands = startFromStill(instance);
  if (commands.length === 0) return [];
  const { sourceKey, receiverState, applierState } = instance;
  const ran = sourceKey !== null && receiverState === 'running' && applierState === 'running';
  return [
    step({
      id: stepId(`start replication on ${instanceKeyText(instance.key)} again`),
      server: instance.key,
      commands,
      postcondition: ran ? { kind: 'replicates-from', source: sourceKey, running: true } : { kind: 'none' },
      patienceMillis: START_MILLIS,
      onFailure: 'note',
      effect: 'it replicates as before',
    }),
  ];
};

/** For one statement of one server whose effect can be seen. */
export const single = (
  id: string,
  instance: Instance,
  commands: readonly StepCommand[],
  postcondition: Postcondition,
  effect: string,
): OperationStep => step({ id: stepId(id), server: instance.key, commands, postcondition, effect });

/**
 * On the way back after a move by place, whose start has failed: what was received is the new source's, which has it. A replica that could not apply it there must not have
 * to.
 */
export const sentBy = (source: InstanceKey): RelayLogRule => ({ kind: 'logged-by', server: source });

/** How a replica that returns to its former source finds its place there again. */
export const backByOwnWay = (instance: Instance, stood: StepId): FollowAt =>
  usesGtid(instance) ? { kind: 'gtid' } : { kind: 'place', place: { kind: 'applied', after: stood } };
