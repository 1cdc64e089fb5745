/**
 * Pre- and postconditions of plan steps, judged on what was last seen of the server. Pure.
 */
import { type BinlogCoordinates, compareCoordinates, coordinatesText } from '../model/binlog-coordinates.ts';
import { intersect } from '../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isApplierCaughtUp, isReplica, usesGtid } from '../model/instance-status.ts';
import { executedText, gtidContainment, gtidProgress, isDrained } from '../planning/gtid-progress.ts';
import type { Precondition } from '../planning/plan.ts';
import { hasHalfTransaction } from '../planning/relay-log-ends.ts';
import { type PlainPostcondition, standsAt } from '../planning/resolve-command.ts';

/** Null: it holds. Else why not. */
export function preconditionFailure(condition: Precondition, instance: Instance): string | null {
  const key = instanceKeyText(instance.key);
  switch (condition.kind) {
    case 'none':
    // Of another server: the runner looks at that one.
    case 'silent':
      return null;
    case 'replicates-from':
      return sameKey(instance.sourceKey, condition.source)
        ? null
        : `${key} does not replicate from ${instanceKeyText(condition.source)} any more`;
    case 'read-only':
      return instance.readOnly === condition.readOnly ? null : `${key} is ${instance.readOnly ? '' : 'not '}read-only`;
    case 'stands-still':
      return movedFailure(instance, condition.logEnd);
    case 'applied-up-to':
      return standsAt(instance, condition.coordinates, false)
        ? null
        : `${key} has moved on to ${coordinatesText(instance.execCoordinates)} meanwhile`;
    case 'executed-exactly':
      return isSameSet(instance.executedGtidSet, condition.gtid)
        ? null
        : `${key} has executed something else meanwhile: ${instance.executedGtidSet}`;
    case 'errant-exactly':
      return isSameSet(instance.gtidErrant, condition.gtid)
        ? null
        : `what is errant on ${key} has changed meanwhile: ${instance.gtidErrant}`;
    case 'threads-stopped':
      return isAnyThreadRunning(instance) ? `replication threads run on ${key}` : null;
  }
}

function movedFailure({ key, readOnly, selfCoordinates }: Instance, logEnd: BinlogCoordinates): string | null {
  const text = instanceKeyText(key);
  if (!readOnly) return `${text} is not read-only`;
  return compareCoordinates(selfCoordinates, logEnd) === 0
    ? null
    : `the binary log of ${text} ends at ${coordinatesText(selfCoordinates)} and not at ${coordinatesText(logEnd)} any more`;
}

const isSameSet = (one: string, other: string): boolean =>
  gtidContainment.contains(one, other) === true && gtidContainment.contains(other, one) === true;

/** What is in both, as text. One that cannot be read counts as all of it: it proves nothing. */
function sharedText(one: string, other: string): string {
  const [parsed, wanted] = [parseGtidSet(one), parseGtidSet(other)];
  return parsed.kind === 'ok' && wanted.kind === 'ok' ? gtidSetText(intersect(parsed.set, wanted.set)) : one;
}

const isAnyThreadRunning = ({ receiverState, applierState }: Instance): boolean =>
  [receiverState, applierState].some((state) => state === 'running' || state === 'other');

/** `final`: it can only get worse by waiting (a stopped thread does not start by itself). */
export interface PostconditionFailure {
  readonly text: string;
  readonly final: boolean;
}

export function postconditionFailure(condition: PlainPostcondition, instance: Instance): PostconditionFailure | null {
  switch (condition.kind) {
    case 'none':
      return null;
    case 'executed':
      return executedFailure(instance, condition.gtid);
    case 'executed-exactly':
    case 'not-errant':
      return recordFailure(instance, condition);
    case 'replicates-from':
      return followingFailure(instance, condition);
    case 'drained':
      return halfFailure(instance) ?? drainFailure(instance);
    case 'drained-of-silent-source':
      return drainFailure(instance);
    case 'drained-up-to':
      return receiptFailure(instance, condition.coordinates) ?? drainFailure(instance);
    case 'stands-at':
      return standsAt(instance, condition.coordinates, condition.mayBePast)
        ? null
        : notThereYet(instance, condition.coordinates);
    case 'threads':
      return threadsFailure(instance, condition);
    case 'receiver-stopped':
    case 'has-no-source':
    case 'is-writable-primary':
      return roleFailure(instance, condition);
    default:
      return settingFailure(instance, condition);
  }
}

const final = (text: string): PostconditionFailure => ({ text, final: true });

function roleFailure(
  instance: Instance,
  { kind }: Extract<PlainPostcondition, { kind: 'receiver-stopped' | 'has-no-source' | 'is-writable-primary' }>,
): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  if (kind === 'receiver-stopped') {
    const isStopped = instance.receiverState === 'stopped' || instance.receiverState === 'none';
    return isStopped ? null : final(`the receiver of ${key} is still ${instance.receiverState}`);
  }
  if (isReplica(instance)) return final(`${key} still has a source`);
  return kind === 'is-writable-primary' && instance.readOnly ? final(`${key} is still read-only`) : null;
}

function recordFailure(
  instance: Instance,
  condition: Extract<PlainPostcondition, { kind: 'executed-exactly' | 'not-errant' }>,
): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  if (condition.kind === 'not-errant') {
    const still = sharedText(instance.gtidErrant, condition.gtid);
    return still === '' ? null : { text: `still errant on ${key}: ${still}`, final: false };
  }
  return isSameSet(instance.executedGtidSet, condition.gtid)
    ? null
    : final(`${key} counts as executed ${instance.executedGtidSet} and is to count: ${condition.gtid}`);
}

type SettingCondition = Extract<
  PlainPostcondition,
  { kind: 'read-only' | 'writes-log' | 'uses-gtid' | 'delayed-by' | 'semi-sync-source' | 'semi-sync-replica' }
>;

function settingFailure(instance: Instance, condition: SettingCondition): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  const { semiSync } = instance;
  const onOff = (enabled: boolean): string => (enabled ? 'off' : 'on');
  switch (condition.kind) {
    case 'read-only':
      if (instance.readOnly === condition.readOnly) return null;
      return final(`${key} is ${instance.readOnly ? '' : 'not '}read-only`);
    case 'writes-log':
      if (instance.selfCoordinates.file === condition.file) return null;
      return final(`${key} writes ${instance.selfCoordinates.file} and not ${condition.file}`);
    case 'uses-gtid':
      if (usesGtid(instance) === condition.uses) return null;
      return final(`${key} does ${condition.uses ? 'not ' : ''}replicate by GTID`);
    case 'delayed-by':
      if (instance.sqlDelaySeconds === condition.delaySeconds) return null;
      return final(`${key} is delayed by ${instance.sqlDelaySeconds} seconds`);
    case 'semi-sync-source':
      if (semiSync.sourceEnabled === condition.enabled) return null;
      return final(`semi-sync of ${key} as a source is ${onOff(condition.enabled)}`);
    case 'semi-sync-replica':
      if (semiSync.replicaEnabled === condition.enabled) return null;
      return final(`semi-sync of ${key} as a replica is ${onOff(condition.enabled)}`);
  }
}

/** D15: the rest of it will not come while the receiver stands still. */
function halfFailure(instance: Instance): PostconditionFailure | null {
  if (!hasHalfTransaction(instance)) return null;
  return { text: `${instanceKeyText(instance.key)} has received half a transaction`, final: true };
}

function drainFailure(instance: Instance): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  const progress = usesGtid(instance) ? gtidProgress(instance) : null;
  const drained = progress === null ? isApplierCaughtUp(instance) : isDrained(progress);
  if (drained) return null;
  const error = instance.evidence?.lastSqlErrorNumber ?? 0;
  const isBroken = instance.applierState === 'stopped' && error !== 0;
  if (isBroken) return { text: `${key} cannot apply what it has received (error ${error})`, final: true };
  return { text: `${key} has not applied all that it has received`, final: false };
}

function receiptFailure(instance: Instance, place: BinlogCoordinates): PostconditionFailure | null {
  const { readCoordinates, receiverState, evidence } = instance;
  if (compareCoordinates(readCoordinates, place) >= 0) return null;
  const error = evidence?.lastErrorNumber ?? 0;
  const isRefused = receiverState === 'stopped' && error !== 0;
  const text = `${instanceKeyText(instance.key)} has received up to ${coordinatesText(readCoordinates)} and not to ${coordinatesText(place)}`;
  return { text: `${text}${isRefused ? ` (error ${error})` : ''}`, final: isRefused };
}

function notThereYet(instance: Instance, place: BinlogCoordinates): PostconditionFailure {
  const key = instanceKeyText(instance.key);
  const stands = coordinatesText(instance.execCoordinates);
  const isPast = compareCoordinates(instance.execCoordinates, place) > 0;
  const error = instance.evidence?.lastSqlErrorNumber ?? 0;
  // Its applier stops at the place; before it, only an error stops it.
  const isBroken = instance.applierState === 'stopped' && error !== 0;
  const text = `${key} stands at ${stands} and not at ${coordinatesText(place)}${isBroken ? ` (error ${error})` : ''}`;
  return { text, final: isPast || isBroken };
}

function threadsFailure(
  instance: Instance,
  condition: Extract<PlainPostcondition, { kind: 'threads' }>,
): PostconditionFailure | null {
  const { receiverState, applierState } = instance;
  if (receiverState === condition.receiver && applierState === condition.applier) return null;
  const text = `${instanceKeyText(instance.key)} has its ${threadsText(instance, ' and its ')}`;
  const errors = [instance.evidence?.lastErrorNumber ?? 0, instance.evidence?.lastSqlErrorNumber ?? 0];
  const failed = condition.receiver === 'running' && receiverState === 'stopped' && errors[0] !== 0;
  const broken = condition.applier === 'running' && applierState === 'stopped' && errors[1] !== 0;
  return { text, final: failed || broken };
}

function executedFailure(instance: Instance, gtid: string): PostconditionFailure | null {
  const progress = gtidProgress(instance);
  const has = progress === null ? null : gtidContainment.contains(executedText(progress), gtid);
  // A broken applier leaves something behind whose number may have been passed by a row that somebody wrote here (C18).
  const isBroken = progress !== null && !isDrained(progress) && (instance.evidence?.lastSqlErrorNumber ?? 0) !== 0;
  if (has === true && !isBroken) return null;
  return { text: `${instanceKeyText(instance.key)} has not applied all of ${gtid}`, final: isBroken };
}

function followingFailure(
  instance: Instance,
  condition: Extract<PlainPostcondition, { kind: 'replicates-from' }>,
): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  const source = instanceKeyText(condition.source);
  const { toldAs = condition.source } = condition;
  if (![condition.source, toldAs].some((key) => sameKey(instance.sourceKey, key)))
    return { text: `${key} does not replicate from ${source}`, final: true };
  if (!condition.running) return null;
  if (instance.receiverState === 'running' && instance.applierState === 'running') return null;
  // A connecting receiver needs a moment; one that stopped with an error will not come back.
  const stopped = instance.receiverState === 'stopped' || instance.applierState === 'stopped';
  return { text: `${key} does not run: ${threadsText(instance, ', ')}`, final: stopped };
}

/** Each with the number of its error: whoever is told of one of them alone looks at the wrong thread. */
function threadsText({ receiverState, applierState, evidence }: Instance, between: string): string {
  const withError = (thread: string, error: number): string => (error === 0 ? thread : `${thread} (error ${error})`);
  return [
    withError(`receiver ${receiverState}`, evidence?.lastErrorNumber ?? 0),
    withError(`applier ${applierState}`, evidence?.lastSqlErrorNumber ?? 0),
  ].join(between);
}
