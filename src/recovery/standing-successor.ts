/** Who has taken the place of a primary that was replaced, and still has it. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';
import type { RecoveryPorts } from './recovery-ports.ts';

/** One that was replaced has a successor that may have been replaced in its turn, and so on. */
export const MAX_SUCCESSIONS = 8;

export const takesWrites = (instance: Instance): boolean =>
  isLastCheckValid(instance) && !instance.readOnly && (!isReplica(instance) || instance.isCoPrimary);

/** Null: it was not replaced, or nobody who took its place takes writes by now. */
export async function standingSuccessor(
  key: InstanceKey,
  { store, known }: Pick<RecoveryPorts, 'store' | 'known'>,
): Promise<Instance | null> {
  // The newest first.
  const records = await store.recoveries({});
  let place = key;
  for (let succession = 0; succession < MAX_SUCCESSIONS; succession++) {
    const record = records.find(({ digest, isSuccessful, successorKey }) => {
      return isSuccessful && sameKey(digest.key, place) && successorKey !== null && !sameKey(successorKey, place);
    });
    const next = record?.successorKey ?? null;
    if (next === null || sameKey(next, key)) return null;
    const instance = known.get(next);
    if (instance !== undefined && takesWrites(instance)) return instance;
    place = next;
  }
  return null;
}
