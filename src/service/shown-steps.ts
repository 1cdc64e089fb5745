/**
 * The steps of a plan with the statements that they would send, in each server's own words. Where a value is known only when the plan is run, a name for it stands in
 * angle brackets; passwords are never shown.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { type DataReplaceable, heldElsewhere } from '../model/data-replaceable.ts';
import type { Instance, ThreadState } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import { heldByNewSource, type RelayLogSafe } from '../model/relay-log-safe.ts';
import type { FollowPlace, ServerCommand } from '../model/server-command.ts';
import { parseServerVersion } from '../model/server-version.ts';
import type { Dialect } from '../mysql/dialect.ts';
import { dialectForVersion } from '../mysql/dialect-for-version.ts';
import {
  type DeferredCommand,
  type FollowAt,
  isDeferred,
  type PlaceReference,
  type StepCommand,
  toldSource,
} from '../planning/deferred-command.ts';
import { gtidMethod } from '../planning/follow.ts';
import { gtidContainment } from '../planning/gtid-progress.ts';
import { type OperationPlan, type OperationStep, plansOf } from '../planning/operations/operation-plan.ts';
import { followOptions } from '../planning/resolve-command.ts';
import { placeText, stepCommandText } from '../planning/step-command-text.ts';
import type { ShownStep } from './calls.ts';

export interface ShownStepsParts {
  readonly instance: (key: InstanceKey) => Instance | undefined;
}

export function shownSteps(plan: OperationPlan, parts: ShownStepsParts): readonly ShownStep[] {
  const steps = plansOf(plan).flatMap(({ before, lanes, after }) => [
    ...before,
    ...lanes.flatMap((lane) => lane.steps),
    ...after,
  ]);
  return stepsAsShown(steps, parts);
}

/** In the order in which they begin. */
export function stepsAsShown(steps: readonly OperationStep[], parts: ShownStepsParts): readonly ShownStep[] {
  const appliers = new Map<KeyId, ThreadState>();
  const asThen: ShownStepsParts = {
    instance: (key) => {
      const server = parts.instance(key);
      const applierState = appliers.get(keyId(key));
      return server === undefined || applierState === undefined ? server : { ...server, applierState };
    },
  };
  return steps.map((step) => shownStep(step, asThen, appliers));
}

/** What a CHANGE has to stop depends on what the steps before it have left running. */
const APPLIER_AFTER: Partial<Record<StepCommand['kind'], ThreadState>> = {
  'stop-replication': 'stopped',
  'stop-applier': 'stopped',
  'start-replication': 'running',
  'start-applier': 'running',
};

function shownStep(step: OperationStep, parts: ShownStepsParts, appliers: Map<KeyId, ThreadState>): ShownStep {
  const all = (commands: readonly StepCommand[]) =>
    commands.flatMap((command) => statementsOf(command, parts.instance(step.server), parts));
  const statements = all(step.commands);
  for (const { kind } of step.commands) {
    const state = APPLIER_AFTER[kind];
    if (state !== undefined) appliers.set(keyId(step.server), state);
  }
  return { step, statements, undo: all(step.undo) };
}

function statementsOf(command: StepCommand, server: Instance | undefined, parts: ShownStepsParts): readonly string[] {
  const dialect =
    server === undefined ? null : dialectForVersion(parseServerVersion(server.version, server.versionComment));
  // Nobody knows in which words it would be told.
  if (server === undefined || dialect === null) return [`(${stepCommandText(command)})`];
  const names: string[] = [];
  const plain = isDeferred(command) ? exampleOf(command, server, names, parts) : [command];
  return plain.flatMap((one) => rendered(withoutPasswords(one), server, dialect)).map((text) => withNames(text, names));
}

function rendered(command: ServerCommand, server: Instance, dialect: Dialect): readonly string[] {
  const statements = dialect.render(command, server);
  if ('cannot' in statements) return [`(${statements.cannot})`];
  if (!('reads' in statements)) return statements;
  return statements.sends(LOADED[isModern(command, server) ? 'modern' : 'older'], '');
}

/** Which of two plugins is loaded decides the name of its variables. */
const isModern = ({ kind }: ServerCommand, { semiSync }: Instance): boolean =>
  kind === 'set-semi-sync-source' ? semiSync.sourcePluginModern : semiSync.replicaPluginModern;

const LOADED = {
  modern: ['rpl_semi_sync_source_enabled', 'rpl_semi_sync_replica_enabled'].map((name) => ({ Variable_name: name })),
  older: ['rpl_semi_sync_master_enabled', 'rpl_semi_sync_slave_enabled'].map((name) => ({ Variable_name: name })),
} as const;

/** The commands that it stands for, with numbers in place of places that are not known yet; what they are called goes into `names`. */
function exampleOf(
  command: DeferredCommand,
  server: Instance,
  names: string[],
  parts: ShownStepsParts,
): readonly ServerCommand[] {
  switch (command.kind) {
    case 'follow-when-safe': {
      // One that never had a source is told to reach it in the way of another.
      const like = command.securedAs === null ? command.like : parts.instance(command.securedAs);
      const told = { source: toldSource(command), credentials: command.credentials };
      const options = followOptions(told, placeOf(command.at, server, names), server, like ?? server);
      return [{ kind: 'follow', relayLog: nothingDropped(), options }];
    }
    case 'forget-source-when-safe':
      return [{ kind: 'forget-source', relayLog: nothingDropped() }];
    case 'run-until':
      return [{ kind: 'start-until', coordinates: coordinatesOf(command.place, names) }];
    case 'when-safe':
      return [command.command];
    case 'forget-errant':
      return [
        { kind: 'reset-binary-logs' },
        { kind: 'set-gtid-purged', gtid: `<what it has executed without ${command.errant}>` },
      ];
    case 'start-if-recorded':
      return command.commands;
    case 'find-place':
    case 'check-loss':
    case 'await-clone':
    case 'provision-by-hooks':
      return [];
    case 'clone-when-safe': {
      const { donor, credentials } = command;
      return [{ kind: 'clone', replaceable: nothingLost(), donor, credentials }];
    }
  }
}

/** It is shown, and never sent. */
function nothingDropped(): RelayLogSafe {
  const witness = heldByNewSource(gtidContainment, '', '');
  if (witness === null) throw new Error('an empty relay log is safe');
  return witness;
}

/** The same. */
function nothingLost(): DataReplaceable {
  const witness = heldElsewhere('');
  if (witness === null) throw new Error('nothing is lost');
  return witness;
}

function placeOf(at: FollowAt, server: Instance, names: string[]): FollowPlace {
  if (at.kind === 'gtid' || (at.kind === 'own-place' && usesGtid(server))) {
    return { kind: 'gtid', method: gtidMethod(server), stateMethod: !usesGtid(server) };
  }
  const coordinates = at.kind === 'own-place' ? named('where it stands', names) : coordinatesOf(at.place, names);
  return { kind: 'position', coordinates, leavesGtid: usesGtid(server) };
}

const coordinatesOf = (place: PlaceReference, names: string[]): BinlogCoordinates =>
  place.kind === 'known' ? place.coordinates : named(placeText(place), names);

/** Beyond any position that a server has, so that it can be found again in the statement. */
const FIRST_NAMED = Number.MAX_SAFE_INTEGER - 1_000;

function named(name: string, names: string[]): BinlogCoordinates {
  names.push(name);
  return { file: `<file: ${name}>`, pos: FIRST_NAMED + names.length - 1, type: 'binary' };
}

const withNames = (statement: string, names: readonly string[]): string =>
  names.reduce((text, _name, index) => text.replaceAll(`${FIRST_NAMED + index}`, '<position there>'), statement);

const HIDDEN = '…';

function withoutPasswords(command: ServerCommand): ServerCommand {
  if (command.kind === 'clone') return { ...command, credentials: { ...command.credentials, password: HIDDEN } };
  if (command.kind === 'rescue') {
    const { options } = command;
    return { ...command, options: { ...options, credentials: { ...options.credentials, password: HIDDEN } } };
  }
  if (command.kind !== 'follow' && command.kind !== 'change-credentials') return command;
  const { credentials } = command.options;
  if (credentials === null) return command;
  const hidden = { ...credentials, password: HIDDEN };
  return command.kind === 'follow'
    ? { ...command, options: { ...command.options, credentials: hidden } }
    : { ...command, options: { ...command.options, credentials: hidden } };
}
