/** Where the replicas of a dead intermediate primary belong: the nearest server above it that lives (H1, A3). */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, keyId } from '../../model/instance-key.ts';
import { isLastCheckValid } from '../../model/instance-status.ts';
import type { RecoveryPorts } from '../recovery-ports.ts';
import { standingSuccessor } from '../standing-successor.ts';

/**
 * What it replicated from; where that one was replaced, its successor, also when the replaced one is back; where it is silent, what is above it. Null: nobody of them
 * answers, as when a whole cluster is dying, and its primary is recovered first.
 */
export async function homeAbove(
  failed: Instance,
  ports: Pick<RecoveryPorts, 'store' | 'known'>,
): Promise<Instance | null> {
  const passed = new Set([keyId(failed.key)]);
  let key: InstanceKey | null = failed.sourceKey;
  while (key !== null && !passed.has(keyId(key))) {
    passed.add(keyId(key));
    const successor = await standingSuccessor(key, ports);
    if (successor !== null) return successor;
    const instance = ports.known.get(key);
    if (instance !== undefined && isLastCheckValid(instance)) return instance;
    key = instance?.sourceKey ?? null;
  }
  return null;
}
