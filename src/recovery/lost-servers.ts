/**
 * Servers that a recovery leaves behind: downtimed with a reason of its own, so that nobody is alarmed twice and everybody can see it (D7).
 */
import { unixMillis } from '../model/brand.ts';
import { type Downtime, LOST_IN_RECOVERY } from '../model/decisions.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import { auditAbout } from './recovery-audit.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** One year; renewed while it lasts, ended when the server is healthy again (spec/recovery.md 3.1 step 8). Seconds. */
const LOST_DOWNTIME_SECONDS = 365 * 24 * 3600;

/** `MaintenanceOwner` of the contract: what orchestrator does on its own account. */
export const OWNER = 'orchestrator';

export async function downtimeLost(keys: readonly InstanceKey[], ports: RecoveryPorts): Promise<void> {
  const begin = ports.clock.now();
  const end = unixMillis(begin + LOST_DOWNTIME_SECONDS * 1000);
  for (const key of keys) {
    await ports.downtimes.beginDowntime({ key, owner: OWNER, reason: LOST_IN_RECOVERY, begin, end });
    await auditAbout(key, { type: 'begin-downtime', message: `owner: ${OWNER}, reason: ${LOST_IN_RECOVERY}` }, ports);
  }
}

/** Those that are marked already are not told of again. */
export async function loseAlso(
  keys: readonly InstanceKey[],
  { downtimes }: { readonly downtimes: ReadonlyMap<KeyId, Pick<Downtime, 'reason'>> },
  ports: RecoveryPorts,
): Promise<void> {
  const isLost = (key: InstanceKey): boolean => downtimes.get(keyId(key))?.reason === LOST_IN_RECOVERY;
  await downtimeLost(
    keys.filter((key) => !isLost(key)),
    ports,
  );
}

/** C15: one that died in its promotion. Marked at once: should it come back writable, it is made read-only, whoever has taken its place by then (G3). */
export async function giveUpGone(run: RecoveryRun, key: InstanceKey): Promise<void> {
  run.fail(`${instanceKeyText(key)} died in its promotion; what it had taken by then, if anything, is lost`);
  run.loseReplicas([key]);
  await run.book(downtimeLost([key], run.ports));
}
