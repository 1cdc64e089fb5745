/**
 * Pre- and postconditions of plan steps, judged on what was last seen of the server. Pure.
 */
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import { executedText, gtidContainment, gtidProgress, isDrained } from '../planning/gtid-progress.ts';
import type { Postcondition, Precondition } from '../planning/plan.ts';

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
  }
}

/** `final`: it can only get worse by waiting (a stopped thread does not start by itself). */
export interface PostconditionFailure {
  readonly text: string;
  readonly final: boolean;
}

export function postconditionFailure(condition: Postcondition, instance: Instance): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  const final = (text: string): PostconditionFailure => ({ text, final: true });
  switch (condition.kind) {
    case 'none':
      return null;
    case 'receiver-stopped':
      return instance.receiverState === 'stopped' || instance.receiverState === 'none'
        ? null
        : final(`the receiver of ${key} is still ${instance.receiverState}`);
    case 'has-no-source':
      return isReplica(instance) ? final(`${key} still has a source`) : null;
    case 'is-writable-primary':
      if (isReplica(instance)) return final(`${key} still has a source`);
      return instance.readOnly ? final(`${key} is still read-only`) : null;
    case 'read-only':
      return instance.readOnly === condition.readOnly
        ? null
        : final(`${key} is ${instance.readOnly ? '' : 'not '}read-only`);
    case 'executed':
      return executedFailure(instance, condition.gtid);
    case 'replicates-from':
      return followingFailure(instance, condition);
  }
}

function executedFailure(instance: Instance, gtid: string): PostconditionFailure | null {
  const progress = gtidProgress(instance);
  const has = progress === null ? null : gtidContainment.contains(executedText(progress), gtid);
  // A broken applier leaves something behind whose number may have been passed by a row that somebody wrote here (C18).
  const isBroken = progress !== null && !isDrained(progress) && (instance.evidence?.lastSqlErrorNumber ?? 0) !== 0;
  if (has === true && !isBroken) return null;
  return { text: `${instanceKeyText(instance.key)} has not applied all of ${gtid}`, final: true };
}

function followingFailure(
  instance: Instance,
  condition: Extract<Postcondition, { kind: 'replicates-from' }>,
): PostconditionFailure | null {
  const key = instanceKeyText(instance.key);
  const source = instanceKeyText(condition.source);
  if (!sameKey(instance.sourceKey, condition.source))
    return { text: `${key} does not replicate from ${source}`, final: true };
  if (!condition.running) return null;
  const errorNumber = instance.evidence?.lastErrorNumber ?? 0;
  if (instance.receiverState === 'running' && instance.applierState === 'running') return null;
  // A connecting receiver needs a moment; one that stopped with an error will not come back.
  const stopped = instance.receiverState === 'stopped' || instance.applierState === 'stopped';
  const text = `${key} does not run: receiver ${instance.receiverState} (error ${errorNumber}), applier ${instance.applierState}`;
  return { text, final: stopped };
}
