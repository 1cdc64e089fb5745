/**
 * A replica that a recovery had moved and could not bring back (`moveBack`): it comes back below the primary as soon as both can be seen and nothing of it
 * is lost by it.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { followSuccessor } from './follow-successor.ts';
import { journaledWork } from './journaled-work.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** `run`: of the recovery that had moved it. Nothing is done to one that follows somebody else by now than whom it was moved below. */
export async function returnStray(run: RecoveryRun, stray: Instance, primary: InstanceKey): Promise<void> {
  const { store, known } = run.ports;
  const { sourceKey } = stray;
  const { moved } = journaledWork(await store.journal(run.uid));
  const wasMoved = moved.some(({ replica, source }) => sameKey(replica, stray.key) && sameKey(sourceKey, source));
  if (sourceKey === null || !wasMoved || sameKey(sourceKey, primary)) return;
  for (const problem of await followSuccessor(run, primary, sourceKey, [stray])) run.say(problem);
  if (sameKey(known.get(stray.key)?.sourceKey ?? null, primary)) {
    run.say(`${instanceKeyText(stray.key)}, which had been left behind, follows ${instanceKeyText(primary)} again`);
  }
}
