/**
 * A switchover that was cut after the old primary was to become read-only: either the successor took over, or the old primary gets its writes back.
 */
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import { attachDemotedLater } from './attach-demoted.ts';
import { bringSiblingsLater } from './bring-siblings.ts';
import { completePromotion } from './complete-promotion.ts';
import {
  demote,
  type Ending,
  halfPromoted,
  hasListeners,
  LOOK_MILLIS,
  takesWrites,
  writers,
} from './cut-recovery-looks.ts';
import { placeOfSuccessor } from './follow-by-place.ts';
import type { JournaledIntent, JournaledWork } from './journaled-work.ts';
import { DEMOTION_MAY_LAND_MILLIS, makeWritable } from './make-writable.ts';
import { moveBack } from './move-back.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { restartReceivers } from './restart-receivers.ts';

/** A switchover: either the successor took over, or the old primary gets its writes back. */
export async function finishSwitchover(
  run: RecoveryRun,
  intent: Extract<JournaledIntent, { kind: 'demotion-begun' }>,
  work: JournaledWork,
): Promise<Ending> {
  const { from, to, promotionBegun } = intent;
  const { servers } = run.ports;
  const all = await writers(run, work);
  const stranger = all.find((writer) => !sameKey(writer, from) && !sameKey(writer, to));
  if (stranger !== undefined) {
    return { kind: 'given-up', reason: `${instanceKeyText(stranger)} takes writes; somebody has made it the primary` };
  }
  const successor = await servers.observe(to, LOOK_MILLIS);
  if (successor.kind === 'failed' && promotionBegun) {
    if (all.some((writer) => sameKey(writer, from)) || run.record.acknowledgement !== null) {
      const reason = `${instanceKeyText(to)} cannot be read and may take writes; so may ${instanceKeyText(from)}`;
      return { kind: 'given-up', reason };
    }
    return {
      kind: 'not-yet',
      reason: `${instanceKeyText(to)} may be promoted and cannot be read: ${successor.failure.text}`,
    };
  }
  if (successor.kind === 'observed' && !isReplica(successor.instance)) {
    return finishTakeover(run, intent, work, { successor: successor.instance, writing: all });
  }
  if (successor.kind === 'observed' && !sameKey(successor.instance.sourceKey, from)) {
    const reason = `${instanceKeyText(to)} follows another server by now`;
    // Somebody may have moved it below a primary that this recovery never knew. Else nobody writes, and with the record closed nobody ever would.
    const above = await writesAbove(run, successor.instance);
    if (above === 'not-known')
      return { kind: 'not-yet', reason: `${reason}, and whether that takes writes cannot be seen` };
    return above === 'yes' ? { kind: 'given-up', reason } : restoreOldPrimary(run, intent, work, reason);
  }
  return restoreOldPrimary(run, intent, work, 'the successor had not taken over');
}

/** Up to the top: below a new primary there may be any number of replicas. Who cannot be read may be it. */
async function writesAbove({ ports: { servers } }: RecoveryRun, below: Instance): Promise<'yes' | 'no' | 'not-known'> {
  const seen = new Set([keyId(below.key)]);
  for (let key = below.sourceKey; key !== null && !seen.has(keyId(key)); ) {
    seen.add(keyId(key));
    const above = await servers.observe(key, LOOK_MILLIS);
    if (above.kind === 'failed') return 'not-known';
    if (takesWrites(above.instance)) return 'yes';
    key = above.instance.sourceKey;
  }
  return 'no';
}

/** The successor has no source any more: the takeover is brought to its end, unless the old primary takes writes again. */
async function finishTakeover(
  run: RecoveryRun,
  intent: Extract<JournaledIntent, { kind: 'demotion-begun' }>,
  work: JournaledWork,
  { successor, writing }: { readonly successor: Instance; readonly writing: readonly InstanceKey[] },
): Promise<Ending> {
  const { moveAlias } = run.ports;
  const { from, to } = intent;
  const [old, fresh] = [instanceKeyText(from), instanceKeyText(to)];
  const oldWrites = writing.some((writer) => sameKey(writer, from));
  if (oldWrites && successor.readOnly) {
    return { kind: 'given-up', reason: `${old} takes writes again; ${fresh} has no source: point it at ${old}` };
  }
  if (oldWrites && (await hasListeners(run, from))) {
    return {
      kind: 'given-up',
      reason: `${old} takes writes and has replicas, and ${fresh} takes writes too: stop one of them`,
    };
  }
  // A dead one cannot be asked. It was read-only, and the successor had applied all of it before it forgot its source.
  const refused = await completePromotion(run, to);
  if (refused !== null) return halfPromoted(run, to, refused.reason);
  if (oldWrites) await demote(run, from);
  const { digest } = run.record;
  await moveAlias(digest.clusterName, clusterName(fresh), digest.clusterAlias);
  await bringSiblingsLater(run, intent, work);
  await attachDemotedLater(run, intent, await placeOfSuccessor(run, to));
  return { kind: 'finished', successor: to };
}

/** The successor has not taken over. One that cannot be read is looked at again: it would stay read-only for ever. */
async function restoreOldPrimary(
  run: RecoveryRun,
  { from, demotionDone }: Extract<JournaledIntent, { kind: 'demotion-begun' }>,
  work: JournaledWork,
  reason: string,
): Promise<Ending> {
  const key = instanceKeyText(from);
  const seen = await run.ports.servers.observe(from, LOOK_MILLIS);
  if (seen.kind === 'failed') return { kind: 'not-yet', reason: `${key} cannot be read: ${seen.failure.text}` };
  if (isReplica(seen.instance)) return { kind: 'given-up', reason: `${key} follows another server by now` };
  // D12: a demotion whose sender died may still wait for a lock, and take effect after this look.
  const watchMillis = demotionDone ? 0 : DEMOTION_MAY_LAND_MILLIS;
  const refused = await makeWritable(run, from, { watchMillis });
  if (refused !== null) return { kind: 'not-yet', reason: refused };
  run.say(`${key} is writable again; the switchover did not take place`);
  // One that was caught on its way back before, and whose way back may fail again.
  await restartReceivers(run, work);
  await moveBack(run);
  return { kind: 'given-up', reason };
}
