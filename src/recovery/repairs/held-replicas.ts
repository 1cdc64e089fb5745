/** Replicas that a repair would move, and that an operation holds. */
import type { AnalysisEntry } from '../../analysis/entry.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { OWNER } from '../lost-servers.ts';
import type { RecoveryPorts } from '../recovery-ports.ts';

/**
 * Asked before anything is recorded: it could not move them, and would have failed for a whole active period. An operation's lock is short, and that of a process that has died is over in seconds (K12).
 * What people hold for maintenance does not keep the others from being moved. Null: none is held.
 */
export async function replicasAreHeld(
  { key }: Pick<AnalysisEntry, 'key'>,
  { known, store, clock }: RecoveryPorts,
): Promise<string | null> {
  const replicas = known.replicasOf(key);
  const now = clock.now();
  const held = (await store.loadMaintenance()).find(
    (lock) => lock.owner === OWNER && lock.end > now && replicas.some((replica) => sameKey(replica.key, lock.key)),
  );
  return held === undefined ? null : `${instanceKeyText(held.key)} is held: ${held.reason}`;
}
