/**
 * What keeps the transactions of a relay log that is about to be dropped (D4): the source, where it answers and can send them again; else the replica itself, once it
 * has applied them. Where neither can, the operation is refused, and says what would be lost.
 */
import { coordinatesText } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import {
  hasSeveralSources,
  isApplierCaughtUp,
  isLastCheckValid,
  isRecentlyChecked,
  usesGtid,
} from '../../model/instance-status.ts';
import type { RelayLogRule } from '../deferred-command.ts';
import { gtidProgress, isDrained, purgedAndMissing, unappliedText } from '../gtid-progress.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationRefusal, type OperationStep, refuse } from './operation-plan.ts';
import { standStill, startAsFound, stop } from './steps.ts';

/** As it was read for this operation; where nobody asked it, as it was lately seen. Null: it does not answer. */
export function answering(key: InstanceKey | null, facts: OperationFacts): Instance | null {
  const instance = key === null ? undefined : facts.topology.get(key);
  if (key === null || instance === undefined) return null;
  const read = facts.read(key);
  if (read === 'read') return instance;
  const isFresh = isLastCheckValid(instance) && isRecentlyChecked(instance, facts.now, facts.rules);
  return read === null && isFresh ? instance : null;
}

/** By whom it is kept. A source that has purged what the replica lacks can send it no more. */
export function holdingRule(instance: Instance, source: InstanceKey | null, facts: OperationFacts): RelayLogRule {
  const holder = answering(source, facts);
  if (holder === null) return { kind: 'drained' };
  if (!usesGtid(instance)) return { kind: 'logged-by', server: holder.key };
  return purgedAndMissing(holder, instance) === '' ? { kind: 'executed-by', server: holder.key } : { kind: 'drained' };
}

/** All that it has received is applied, by what was last seen. */
export function isAllApplied(instance: Instance): boolean {
  const progress = usesGtid(instance) ? gtidProgress(instance) : null;
  return progress === null ? isApplierCaughtUp(instance) : isDrained(progress);
}

/** Null: its relay log can be dropped without loss, or is applied first. */
export function lossRefusal(instance: Instance, rule: RelayLogRule): OperationRefusal | null {
  if (rule.kind !== 'drained' || isAllApplied(instance)) return null;
  const applies = instance.applierState === 'running' && instance.sqlDelaySeconds === 0;
  return applies ? null : wouldLose(instance);
}

/** As the former, for what drops the relay log at once. */
export const lossNowRefusal = (instance: Instance, rule: RelayLogRule): OperationRefusal | null =>
  rule.kind !== 'drained' || isAllApplied(instance) ? null : wouldLose(instance);

function wouldLose(instance: Instance): OperationRefusal {
  const progress = usesGtid(instance) ? gtidProgress(instance) : null;
  const what =
    progress === null
      ? `up to ${coordinatesText(instance.readCoordinates)} (applied up to ${coordinatesText(instance.execCoordinates)})`
      : unappliedText(progress);
  const source = instance.sourceKey === null ? 'its source' : instanceKeyText(instance.sourceKey);
  const text = `${instanceKeyText(instance.key)} has received ${what} and has not applied it, and ${source} cannot send it again: it would be lost`;
  return refuse('relay-log-lost', text);
}

/** It stands still for what drops its relay log: at once, or once it has applied all that it has received. */
export function holdStill(instance: Instance, rule: RelayLogRule, facts: OperationFacts): OperationStep {
  if (rule.kind !== 'drained') return stop(instance);
  const isSilent = answering(instance.sourceKey, facts) === null;
  return { ...standStill(instance, isSilent), undo: startAsFound(instance) };
}

/** Our commands speak to one channel, or to all (D8): which, a person has to say. */
export function severalSourcesRefusal(instance: Instance): OperationRefusal | null {
  if (!hasSeveralSources(instance)) return null;
  const key = instanceKeyText(instance.key);
  return refuse('several-sources', `instance replicates from several sources, and is moved by people alone: ${key}`);
}
