/**
 * E2: a primary that waits for nobody, since too few replicas acknowledged when it was promoted, or since it was started anew, waits again once they do. Never one that people have switched off.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplicaRunning } from '../model/instance-status.ts';
import { stepId } from '../planning/plan.ts';
import { type PromotionSemiSync, promotionSemiSync, semiSyncCommands } from '../planning/promotion-semi-sync.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import type { RecoveryRun } from './recovery-run.ts';

const LOOK_MILLIS = 1_000;
const ACT_MILLIS = 5_000;

const leftOffId = (promoted: InstanceKey) => `semi-sync of ${instanceKeyText(promoted)}` as const;

/** Before it is promoted: what is left off is in the journal, for whoever looks when the replicas are back. */
export function saySemiSync(run: RecoveryRun, promoted: InstanceKey, semiSync: PromotionSemiSync): void {
  if (semiSync.kind === 'switched-on') run.say(`semi-sync: ${semiSync.text}`);
  if (semiSync.kind === 'left-off') void run.note({ id: stepId(leftOffId(promoted)) }, 'skipped', semiSync.text);
}

/** What a primary would do now that was promoted in the place of one that waited: by those that follow it, run, and acknowledge. */
export function semiSyncNow(promoted: Instance, replicas: readonly Instance[]): PromotionSemiSync {
  const waited = { ...promoted, semiSync: { ...promoted.semiSync, sourceEnabled: true } };
  const followers = replicas.filter(
    (replica) => isLastCheckValid(replica) && isReplicaRunning(replica) && sameKey(replica.sourceKey, promoted.key),
  );
  return promotionSemiSync(promoted, waited, followers);
}

/** The last word about it in the journals of those recoveries by which it takes writes, the newest first. Whoever was switched on, and is off again, was switched off by somebody. */
export function wordAbout(
  promoted: InstanceKey,
  journals: readonly (readonly JournalEntry[])[],
): 'left-off' | 'switched-on' | 'none' {
  for (const journal of journals) {
    const last = journal.findLast(({ stepId }) => stepId === leftOffId(promoted));
    if (last !== undefined) return last.phase === 'skipped' ? 'left-off' : 'switched-on';
  }
  return 'none';
}

/** `run`: of the recovery that promoted it. Asks everybody anew. */
export async function waitAgain(run: RecoveryRun, key: InstanceKey): Promise<void> {
  const { servers, known, store, clock } = run.ports;
  const replicas = await Promise.all(known.replicasOf(key).map((one) => servers.observe(one.key, LOOK_MILLIS)));
  const seen = await servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed') return;
  const followers = replicas.flatMap((look) => (look.kind === 'observed' ? [look.instance] : []));
  const semiSync = semiSyncNow(seen.instance, followers);
  if (semiSync.kind === 'left-off') saySemiSync(run, key, semiSync);
  if (semiSync.kind !== 'switched-on') return;
  const told = await run.act(key, semiSyncCommands(semiSync), ACT_MILLIS);
  if (told.kind === 'failed') {
    run.ports.log.warning(`semi-sync of ${instanceKeyText(key)}: ${told.failure.text}`);
    return;
  }
  await run.note({ id: stepId(leftOffId(key)) }, 'done', `${semiSync.text}, since they are back`);
  const { clusterName } = seen.instance;
  await store.appendAudit({ at: clock.now(), type: 'semi-sync', key, clusterName, message: semiSync.text });
}
