/**
 * Who may begin a recovery: detection once an incident, anti-flapping, and one recovery a server (spec/recovery.md 1.5, 1.6; B4, B5).
 */
import { recoveryRoutine, storedRecoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { unixMillis } from '../model/brand.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { digestOf, newRecoveryUid, RecoveryRun } from './recovery-run.ts';
import { isRepair } from './routines.ts';

export type RegistrationResult =
  | { readonly kind: 'registered'; readonly run: RecoveryRun }
  | { readonly kind: 'already-registered' };

const ACKNOWLEDGED_BY_US = 'orchestrator';

/** B4: why it must not begin, which is recorded; null: nothing holds it back. */
export async function heldBack(entry: AnalysisEntry, ports: RecoveryPorts): Promise<string | null> {
  const blocking = await blockingRecovery(entry, ports);
  if (blocking === null) return null;
  await ports.store.recordBlocked({
    key: entry.key,
    clusterName: entry.cluster.clusterName,
    code: entry.code,
    lastBlocked: ports.clock.now(),
    blockingRecoveryId: blocking.by.id,
  });
  return blocking.text;
}

/** `forced`: former ones of the same server are acknowledged by that. Else to be asked before: `heldBack`. */
export async function registerRecovery(
  entry: AnalysisEntry,
  options: { readonly forced: boolean },
  ports: RecoveryPorts,
): Promise<RegistrationResult> {
  const { store, clock, identity } = ports;
  const now = clock.now();
  if (options.forced) {
    // A running one is left alone, so that two people cannot recover one server at the same time.
    const selection = { kind: 'failed-instance', key: entry.key, completedOnly: true } as const;
    const comment = 'implicit acknowledge due to user invocation of recovery on same instance';
    await store.acknowledge(selection, ACKNOWLEDGED_BY_US, comment, now);
  }
  await letGoOfOtherRepairs(entry, ports);
  const uid = newRecoveryUid(now, ports.randomHex);
  const registered = await store.registerRecovery(uid, digestOf(entry), identity, now);
  if (registered.kind === 'already-registered') return registered;
  return { kind: 'registered', run: new RecoveryRun(registered.record, ports) };
}

/** Something else has befallen the server: that it was made writable a while ago keeps nobody from replacing it now that it is dead. */
async function letGoOfOtherRepairs({ key, code }: AnalysisEntry, { store, clock }: RecoveryPorts): Promise<void> {
  const active = await store.activeRecoveries();
  for (const { uid, digest } of active) {
    const isOther = isRepair(digest.code) && storedRecoveryRoutine(digest.code) !== recoveryRoutine(code);
    if (isOther && sameKey(digest.key, key)) await store.endActivePeriods({ uid }, clock.now());
  }
}

/**
 * Anti-flapping (B4): the recovery that keeps another one from beginning, and how that is told. Null: none. Severity counts (12.2 #9): the replacement of a primary is held
 * back by a replacement alone, and a repair by one of the same kind on the same server.
 */
export async function blockingRecovery(
  entry: AnalysisEntry,
  ports: RecoveryPorts,
): Promise<{ readonly by: RecoveryRecord; readonly text: string } | null> {
  const ofRepair = isRepair(entry.code);
  const active = (await ports.store.activeRecoveries()).filter(({ digest }) => isRepair(digest.code) === ofRepair);
  const key = instanceKeyText(entry.key);
  if (ofRepair) {
    const routine = recoveryRoutine(entry.code);
    const repaired = active.find(
      ({ digest }) => sameKey(digest.key, entry.key) && storedRecoveryRoutine(digest.code) === routine,
    );
    if (repaired === undefined) return null;
    const text = `AttemptRecoveryRegistration: instance ${key} has recently experienced a recovery (${repaired.digest.code}) and is in active period. It will not be recovered again. You may acknowledge it (-c ack-instance-recoveries) to remove this blockage`;
    return { by: repaired, text };
  }
  const promoted = active.find((record) => sameKey(record.successorKey, entry.key));
  if (promoted !== undefined && diedAtOnce(promoted, active, ports)) return null;
  if (promoted !== undefined) {
    const text = `AttemptRecoveryRegistration: instance ${key} has recently been promoted (by failover of ${instanceKeyText(promoted.digest.key)}) and is in active period. It will not be failed over. You may acknowledge the failure on ${instanceKeyText(promoted.digest.key)} (-c ack-instance-recoveries) to remove this blockage`;
    return { by: promoted, text };
  }
  const { clusterName } = entry.cluster;
  const inCluster = active.find((record) => record.digest.clusterName === clusterName);
  if (inCluster === undefined) return null;
  const text = `AttemptRecoveryRegistration: cluster ${clusterName} has recently experienced a failover (of ${instanceKeyText(inCluster.digest.key)}) and is in active period. It will not be failed over again. You may acknowledge the failure on this cluster (-c ack-cluster-recoveries) or on ${instanceKeyText(inCluster.digest.key)} (-c ack-instance-recoveries) to remove this blockage`;
  return { by: inCluster, text };
}

/** A server that is last seen within so long after its promotion has not served as a primary: milliseconds. Times of records have no fractions of a second. */
const INFANCY_MILLIS = 3_000;

/**
 * E7: the same incident goes on, and nobody flaps. Once: where that one had been promoted in place of another one that died at once, people decide.
 */
function diedAtOnce(
  { end, digest, successorKey }: RecoveryRecord,
  active: readonly RecoveryRecord[],
  { known }: Pick<RecoveryPorts, 'known'>,
): boolean {
  const lastSeen = successorKey === null ? null : (known.get(successorKey)?.lastSeen ?? null);
  if (end === null || lastSeen === null || lastSeen - end > INFANCY_MILLIS) return false;
  return !active.some((record) => sameKey(record.successorKey, digest.key));
}

/** True: newly registered, so the detection hooks run. */
export function registerDetection(entry: AnalysisEntry, isActionable: boolean, ports: RecoveryPorts): Promise<boolean> {
  return ports.store.registerDetection(digestOf(entry), isActionable, ports.identity, ports.clock.now());
}

/** What time has released: detections may fire again, recoveries block no longer. Runs every second. */
export async function expireRegistrations(ports: RecoveryPorts): Promise<void> {
  const policy = ports.policy();
  const now = ports.clock.now();
  const before = (seconds: number) => unixMillis(now - seconds * 1000);
  await ports.store.clearDetections({ startedBefore: before(policy.detectionBlockSeconds) }, now);
  await ports.store.endActivePeriods({ startedBefore: before(policy.recoveryBlockSeconds) }, now);
  await ports.store.expireBlocked(before(BLOCKED_SHOWN_SECONDS));
}

/** A blocked recovery is shown while it is being refused, and this long after. */
const BLOCKED_SHOWN_SECONDS = 2;
