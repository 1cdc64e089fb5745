/**
 * Puts into a deferred command what is known now, or says why it must not be sent. Pure: what was seen goes in, commands come out. The only place, beside failovers,
 * where witnesses for relay logs are made (D4).
 */
import {
  type BinlogCoordinates,
  compareCoordinates,
  coordinatesText,
  hasNoFile,
  isBeforeOrAt,
} from '../model/binlog-coordinates.ts';
import { subtract } from '../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { threadsExist, usesGtid } from '../model/instance-status.ts';
import {
  heldByNewSource,
  type RelayLogSafe,
  relayLogDiscarded,
  relayLogDrained,
  relayLogHeldByPosition,
} from '../model/relay-log-safe.ts';
import type { FollowOptions, FollowPlace, ServerCommand } from '../model/server-command.ts';
import { withFilesOf } from './credential-files.ts';
import {
  type AppliedSince,
  type DeferredCommand,
  type FollowAt,
  type PlaceReference,
  type RelayLogRule,
  type SourceOptions,
  toldSource,
} from './deferred-command.ts';
import { gtidMethod } from './follow.ts';
import {
  executedText,
  gtidContainment,
  gtidProgress,
  isDrained,
  joinedText,
  receivedText,
  sharedText,
  unappliedText,
} from './gtid-progress.ts';
import { judgeLoss } from './lost-data.ts';
import type { Postcondition, StepId } from './plan.ts';
import { executedWithout, resolveForgetErrant, resolveStartIfRecorded } from './resolve-errant.ts';

/** What is known when a command is about to be sent. */
export interface Sight {
  /** The server that it is sent to, as just read. */
  readonly own: Instance;
  /** Others as just read, those of `serversToSee`; null: they do not answer. */
  readonly other: (key: InstanceKey) => Instance | null;
  /** A step's server as seen when the step had ended. */
  readonly after: (step: StepId) => Instance | null;
  readonly found: (step: StepId) => BinlogCoordinates | null;
}

export type Resolution =
  | { readonly kind: 'resolved'; readonly commands: readonly ServerCommand[] }
  | { readonly kind: 'refused'; readonly reason: string };

const resolved = (...commands: readonly ServerCommand[]): Resolution => ({ kind: 'resolved', commands });
const refused = (reason: string): Resolution => ({ kind: 'refused', reason });

/** Whom to read before the command is resolved, beside the server that it goes to. */
export function serversToSee(command: DeferredCommand): readonly InstanceKey[] {
  switch (command.kind) {
    case 'follow-when-safe':
      return [...serversOfRule(command.relayLog), ...(command.securedAs === null ? [] : [command.securedAs])];
    case 'forget-source-when-safe':
    case 'when-safe':
      return serversOfRule(command.relayLog);
    case 'check-loss':
    case 'clone-when-safe':
      return [command.origin];
    case 'run-until':
    case 'forget-errant':
    case 'start-if-recorded':
    case 'find-place':
    case 'await-clone':
    case 'provision-by-hooks':
      return [];
  }
}

function serversOfRule(rule: RelayLogRule): readonly InstanceKey[] {
  if (rule.kind === 'drained') return [];
  return rule.kind === 'executed-by' && rule.orBy !== undefined ? [rule.server, rule.orBy] : [rule.server];
}

export function resolveCommand(command: DeferredCommand, sight: Sight): Resolution {
  switch (command.kind) {
    case 'follow-when-safe':
      return resolveFollow(command, sight);
    case 'forget-source-when-safe': {
      const safe = judgeRelayLog(command.relayLog, sight);
      return safe.kind === 'safe' ? resolved({ kind: 'forget-source', relayLog: safe.witness }) : refused(safe.reason);
    }
    case 'when-safe': {
      if (command.besideApplier === true && sight.own.applierState === 'running') return resolved(command.command);
      const safe = judgeRelayLog(command.relayLog, sight);
      return safe.kind === 'safe' ? resolved(command.command) : refused(safe.reason);
    }
    case 'run-until':
      return resolveRunUntil(command, sight);
    case 'forget-errant':
      return resolveForgetErrant(command, sight);
    case 'start-if-recorded':
      return resolveStartIfRecorded(command, sight);
    case 'find-place':
    case 'await-clone':
    case 'provision-by-hooks':
      return resolved();
    case 'check-loss': {
      const verdict = judgeLoss(command, sight);
      return verdict.kind === 'replaceable' ? resolved() : verdict;
    }
    case 'clone-when-safe': {
      const verdict = judgeLoss(command, sight);
      if (verdict.kind === 'refused') return verdict;
      const { donor, credentials } = command;
      return resolved({ kind: 'clone', replaceable: verdict.witness, donor, credentials });
    }
  }
}

/** Null: that step has not shown it. */
export function placeOf(place: PlaceReference, sight: Omit<Sight, 'own'>): BinlogCoordinates | null {
  switch (place.kind) {
    case 'known':
      return place.coordinates;
    case 'log-end':
      return withFile(sight.after(place.after)?.selfCoordinates);
    case 'applied':
      return withFile(sight.after(place.after)?.execCoordinates);
    case 'found':
      return sight.found(place.by);
  }
}

const withFile = (coordinates: BinlogCoordinates | undefined): BinlogCoordinates | null =>
  coordinates === undefined || hasNoFile(coordinates) ? null : coordinates;

function resolveFollow(command: Extract<DeferredCommand, { kind: 'follow-when-safe' }>, sight: Sight): Resolution {
  const { own } = sight;
  if (command.unlessThere && sameKey(own.sourceKey, command.source)) return resolved();
  if (command.unlessApplied !== undefined && hasApplied(command.unlessApplied, sight)) return resolved();
  if (command.unlessThere && sameKey(sight.other(command.source)?.sourceKey ?? null, own.key)) {
    const [o, s] = [instanceKeyText(own.key), instanceKeyText(command.source)];
    return refused(`${s} replicates from ${o}: they would replicate from each other, and from nobody else`);
  }
  if (isSilentTarget(command, sight)) return refused(unsafeText(command.relayLog, sight));
  const safe = judgeRelayLog(command.relayLog, sight);
  if (safe.kind === 'unsafe') return refused(safe.reason);
  const place = followPlace(command.at, sight);
  if (place === null) return refused(`it is not known where ${instanceKeyText(own.key)} goes on`);
  const like = command.securedAs === null ? (command.like ?? own) : sight.other(command.securedAs);
  if (like === null) return refused(`it is not known how ${instanceKeyText(own.key)} reaches its source`);
  const told = { source: toldSource(command), credentials: command.credentials };
  return resolved({ kind: 'follow', relayLog: safe.witness, options: followOptions(told, place, own, like) });
}

/** Whoever is moved to a server that has died meanwhile would have to be moved back at once. */
const isSilentTarget = (
  { source, relayLog, unlessThere }: Extract<DeferredCommand, { kind: 'follow-when-safe' }>,
  { other }: Sight,
): boolean => !unlessThere && relayLog.kind !== 'drained' && sameKey(relayLog.server, source) && other(source) === null;

/** Where it began is not known: then it was never told to. */
function hasApplied(since: AppliedSince, sight: Sight): boolean {
  const { own } = sight;
  if (since.kind === 'place') {
    const begun = placeOf(since.place, sight);
    return begun !== null && compareCoordinates(own.execCoordinates, begun) !== 0;
  }
  const stood = sight.after(since.after);
  const [then, now] = [stood === null ? null : gtidProgress(stood), gtidProgress(own)];
  return then !== null && now !== null && executedText(then) !== executedText(now);
}

/** `like`: the server whose way to its source is taken. */
export function followOptions(
  { source, credentials }: Pick<FollowOptions, 'source' | 'credentials'>,
  place: FollowPlace,
  own: Instance,
  like: SourceOptions,
): FollowOptions {
  return {
    source,
    place,
    // What was fetched lies at other places of the new source's log: an applier that ran on would count it there.
    applierRuns: place.kind === 'gtid' && own.applierState === 'running',
    ...withFilesOf(credentials, { allowTls: like.allowTls, tls: like.replicationTls }),
    receiver: like.receiverOptions,
    delaySeconds: own.sqlDelaySeconds,
    credentials,
  };
}

/** O19: the option list of the contract, by what the server does now. */
function followPlace(at: FollowAt, sight: Sight): FollowPlace | null {
  const { own } = sight;
  const byGtid = (): FollowPlace => ({ kind: 'gtid', method: gtidMethod(own), stateMethod: !usesGtid(own) });
  if (at.kind === 'gtid' || (at.kind === 'own-place' && usesGtid(own))) return byGtid();
  const coordinates = at.kind === 'own-place' ? ownPlace(own) : placeOf(at.place, sight);
  return coordinates === null ? null : { kind: 'position', coordinates, leavesGtid: usesGtid(own) };
}

/** A name that no server has: one that never replicated says that its place is not known instead of beginning at the first log (spec 3.6, O20). */
export const UNKNOWN_LOG_FILE = 'orchestrator-unknown-log-file';

const ownPlace = ({ execCoordinates }: Instance): BinlogCoordinates =>
  hasNoFile(execCoordinates) ? { ...execCoordinates, file: UNKNOWN_LOG_FILE } : execCoordinates;

function resolveRunUntil(command: Extract<DeferredCommand, { kind: 'run-until' }>, sight: Sight): Resolution {
  const { own } = sight;
  const place = placeOf(command.place, sight);
  if (place === null) return refused(`it is not known up to where ${instanceKeyText(own.key)} is to replicate`);
  const order = compareCoordinates(own.execCoordinates, place);
  if (order === 0 || (order > 0 && command.mayBePast)) return resolved();
  if (order > 0) {
    return refused(
      `${instanceKeyText(own.key)} is past ${coordinatesText(place)}: it stands at ${coordinatesText(own.execCoordinates)}`,
    );
  }
  return resolved({ kind: 'start-until', coordinates: place });
}

type RelayLogVerdict =
  | { readonly kind: 'safe'; readonly witness: RelayLogSafe }
  | { readonly kind: 'unsafe'; readonly reason: string };

/** D4: what is in the relay log may have been acknowledged to a client, and exist nowhere else. */
function judgeRelayLog(rule: RelayLogRule, sight: Sight): RelayLogVerdict {
  const { own } = sight;
  const witness = hasNoRelayLog(own) ? heldByNewSource(gtidContainment, '', '') : witnessBy(rule, sight);
  return witness === null ? { kind: 'unsafe', reason: unsafeText(rule, sight) } : { kind: 'safe', witness };
}

/** It never replicated, or has forgotten whom it replicated from. */
const hasNoRelayLog = (instance: Instance): boolean => !threadsExist(instance) && instance.sourceKey === null;

function witnessBy(rule: RelayLogRule, sight: Sight): RelayLogSafe | null {
  const { own } = sight;
  const others = serversOfRule(rule).flatMap((key) => sight.other(key) ?? []);
  switch (rule.kind) {
    case 'drained':
      return drainedWitness(own);
    case 'executed-by':
      // One that has applied all it has loses nothing, whoever else is silent: it must not stay below a source that has died just then.
      return (usesGtid(own) ? drainedByGtid(own) : null) ?? firstWitness(others, (other) => executedBy(own, other));
    case 'logged-by':
      return firstWitness(others, ({ selfCoordinates }) =>
        relayLogHeldByPosition(own.readCoordinates, selfCoordinates),
      );
    case 'applied-by':
      return firstWitness(others, ({ execCoordinates }) =>
        relayLogHeldByPosition(own.readCoordinates, execCoordinates),
      );
    case 'executed-or-discarded':
      return (
        (usesGtid(own) ? drainedByGtid(own) : null) ??
        firstWitness(others, (other) => executedBy(own, other) ?? discardedOf(own, other, rule.discards))
      );
  }
}

const firstWitness = (
  others: readonly Instance[],
  witnessOf: (other: Instance) => RelayLogSafe | null,
): RelayLogSafe | null => others.map(witnessOf).find((witness) => witness !== null) ?? null;

function executedBy(own: Instance, other: Instance): RelayLogSafe | null {
  const [progress, held] = [gtidProgress(own), gtidProgress(other)];
  if (progress === null || held === null) return null;
  // What it has applied it keeps, whoever has it besides.
  return heldByNewSource(gtidContainment, unappliedText(progress), executedText(held));
}

/** All that it has received is applied: by GTID where it replicates so, else by places. Null: it is not. */
export const drainedWitness = (own: Instance): RelayLogSafe | null =>
  usesGtid(own) ? drainedByGtid(own) : relayLogHeldByPosition(own.readCoordinates, own.execCoordinates);

/** What of it nobody else has was named when a person ordered it to be lost. */
function discardedOf(own: Instance, other: Instance, discards: string): RelayLogSafe | null {
  const [progress, held] = [gtidProgress(own), gtidProgress(other)];
  if (progress === null || held === null) return null;
  // Positions do not add up: each stands for itself.
  const named = [joinedText([executedText(held), discards]), discards];
  return (
    named
      .map((text) => relayLogDiscarded(gtidContainment, unappliedText(progress), text))
      .find((safe) => safe !== null) ?? null
  );
}

/** All that it has received is applied by itself, or was accepted as lost. Null: it is not. */
export const discardedWitness = (own: Instance, discards: string): RelayLogSafe | null =>
  discards === '' ? null : discardedOf(own, own, discards);

function drainedByGtid(own: Instance): RelayLogSafe | null {
  const progress = gtidProgress(own);
  if (progress === null || !isDrained(progress)) return null;
  return relayLogDrained(gtidContainment, unappliedText(progress), executedText(progress));
}

function unsafeText(rule: RelayLogRule, { own, other }: Sight): string {
  const key = instanceKeyText(own.key);
  const received = coordinatesText(own.readCoordinates);
  switch (rule.kind) {
    case 'drained':
      return `${key} has received what it has not applied: it would be lost`;
    case 'executed-by':
    case 'executed-or-discarded':
      return other(rule.server) === null
        ? `${instanceKeyText(rule.server)} does not answer: it is not known whether it has all that ${key} has received`
        : `${key} has received more than ${instanceKeyText(rule.server)} has executed: it would be lost`;
    case 'logged-by':
    case 'applied-by':
      return other(rule.server) === null
        ? `${instanceKeyText(rule.server)} does not answer: it is not known whether it has all that ${key} has received`
        : `${key} has received up to ${received}, ${instanceKeyText(rule.server)} has not: it would be lost`;
  }
}

/** Whether the server stands where it is meant to; for verifying after a step. */
export function standsAt(instance: Instance, place: BinlogCoordinates, mayBePast: boolean): boolean {
  return mayBePast
    ? isBeforeOrAt(place, instance.execCoordinates)
    : compareCoordinates(place, instance.execCoordinates) === 0;
}

/** A postcondition with nothing left to find out. */
export type PlainPostcondition =
  | Exclude<Postcondition, { readonly kind: 'executed-shared-of' | 'applied-up-to' | 'executed-without' }>
  | { readonly kind: 'executed-exactly'; readonly gtid: string }
  | { readonly kind: 'stands-at'; readonly coordinates: BinlogCoordinates; readonly mayBePast: boolean };

export type PostconditionResolution =
  | { readonly kind: 'resolved'; readonly condition: PlainPostcondition }
  | { readonly kind: 'refused'; readonly reason: string };

export function serversOfPostcondition(condition: Postcondition): readonly InstanceKey[] {
  return condition.kind === 'executed-shared-of' && condition.origin !== null ? [condition.origin] : [];
}

export function resolvePostcondition(condition: Postcondition, sight: Omit<Sight, 'own'>): PostconditionResolution {
  if (condition.kind === 'applied-up-to') {
    const coordinates = placeOf(condition.place, sight);
    if (coordinates === null) return { kind: 'refused', reason: 'it is not known up to where it is to replicate' };
    return { kind: 'resolved', condition: { kind: 'stands-at', coordinates, mayBePast: condition.mayBePast } };
  }
  if (condition.kind === 'executed-without') {
    const gtid = executedWithout(sight.after(condition.after), condition.errant);
    if (gtid === null) return { kind: 'refused', reason: `it is not known what was executed: ${condition.after}` };
    return { kind: 'resolved', condition: { kind: 'executed-exactly', gtid } };
  }
  if (condition.kind !== 'executed-shared-of') return { kind: 'resolved', condition };
  if (condition.origin === null) return { kind: 'resolved', condition: { kind: 'none' } };
  const origin = sight.other(condition.origin);
  const instance = sight.after(condition.after);
  if (instance === null) return { kind: 'refused', reason: `it is not known what was received: ${condition.after}` };
  const gtid = wantedOf(instance, origin);
  if (gtid === null) return { kind: 'refused', reason: `${instanceKeyText(instance.key)} shows no GTID state` };
  return { kind: 'resolved', condition: gtid === '' ? { kind: 'none' } : { kind: 'executed', gtid } };
}

/** Null: nothing can be told of it. */
function wantedOf(instance: Instance, origin: Instance | null): string | null {
  const progress = gtidProgress(instance);
  if (progress === null) return null;
  const above = origin === null ? null : gtidProgress(origin);
  if (above !== null) return sharedText(progress, above);
  const errant = parseGtidSet(instance.gtidErrant);
  if (progress.family === 'mariadb' || errant.kind === 'refused') return receivedText(progress);
  return gtidSetText(subtract(progress.received, errant.set));
}
