/**
 * A person has a primary replaced that may be alive (spec/recovery.md 4.2; B12). The reference lets it write on, and what it acknowledges until it is told to be read-only is lost to the new line. Here it
 * is read-only first, where it answers, and somebody has all that it has; then its replicas are stopped.
 */
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { binlogServersAlone } from '../planning/below-binlog-servers.ts';
import { onlyBinlogServerHas } from '../planning/binlog-server-feed.ts';
import { gtidProgress, receivedContains } from '../planning/gtid-progress.ts';
import { fencingStepId } from '../planning/plan.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import { fence } from './fence.ts';
import { makeWritable } from './make-writable.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** To become read-only. One that hangs is not waited for longer: that is why it is replaced. Milliseconds. */
const FENCE_MILLIS = 2_000;

/** A replica gets what it lacks so long; then the loss is accepted and told. Milliseconds. */
const CATCH_UP_MILLIS = 3_000;
const LOOK_AGAIN_MILLIS = millis(20);
const LOOK_MILLIS = 1_000;

export interface ForcedFence {
  /** It took writes, and takes none by now: it must take them again when nobody is promoted. */
  readonly tookWrites: boolean;
  /** It answered, and takes none by now. */
  readonly isReadOnly: boolean;
}

/** `designated`: who must have all of it; null: any replica. */
export async function fenceForced(
  run: RecoveryRun,
  failed: Instance,
  designated: InstanceKey | null,
): Promise<ForcedFence> {
  const key = instanceKeyText(failed.key);
  const seen = await run.ports.servers.observe(failed.key, LOOK_MILLIS);
  if (seen.kind === 'failed') {
    run.say(`${key} does not answer, and cannot be made read-only: ${seen.failure.text}`);
    return { tookWrites: false, isReadOnly: false };
  }
  const tookWrites = !seen.instance.readOnly;
  const step = { id: fencingStepId(failed.key) };
  // Whoever takes this up after a death must not leave it read-only for nothing.
  await run.note(step, 'intended', tookWrites ? TOOK_WRITES : '');
  const fenced = await fence(run, failed.key, FENCE_MILLIS);
  if (fenced.kind === 'failed') {
    await run.note(step, 'failed', fenced.failure.text);
    run.fail(
      `${key} answers, and does not become read-only: ${fenced.failure.text}; what it acknowledges from now on is lost`,
    );
    return { tookWrites, isReadOnly: false };
  }
  await run.note(step, 'done', 'it is read-only, and its sessions are ended');
  const missing = await caughtUp(run, failed.key, designated);
  run.say(missing ?? `a replica has all that ${key} has`);
  return { tookWrites, isReadOnly: true };
}

/** Null: somebody has all of it. */
async function caughtUp(run: RecoveryRun, key: InstanceKey, designated: InstanceKey | null): Promise<string | null> {
  const { servers, known, clock } = run.ports;
  const alone = binlogServersAlone(known.replicasOf(key));
  const replicas =
    alone?.servers ?? known.replicasOf(key).filter((one) => designated === null || sameKey(one.key, designated));
  const until = clock.monotonic() + CATCH_UP_MILLIS;
  const seen = await servers.observe(key, LOOK_MILLIS);
  const wanted = seen.kind === 'observed' ? gtidProgress(seen.instance) : null;
  if (seen.kind === 'failed' || wanted === null)
    return `${instanceKeyText(key)} shows no GTID state: what it alone has is not known`;
  // Whoever is promoted below binlog servers gets all that one of them has.
  const hasAll = (replica: Instance): boolean => {
    if (alone !== null) return onlyBinlogServerHas(seen.instance, replica.selfCoordinates) === '';
    const progress = gtidProgress(replica);
    return progress !== null && receivedContains(progress, wanted);
  };
  while (run.mayGoOn() && clock.monotonic() < until) {
    const looks = await Promise.all(replicas.map((one) => servers.observe(one.key, LOOK_MILLIS)));
    if (looks.some((look) => look.kind === 'observed' && hasAll(look.instance))) return null;
    await clock.sleep(LOOK_AGAIN_MILLIS);
  }
  return `no replica has got all that ${instanceKeyText(key)} has`;
}

/** In the journal, of a primary that took writes when it was fenced. */
const TOOK_WRITES = 'it takes writes';

/** Whether it was fenced while it took writes, and has not been told to take them again, as far as the journal knows. */
export function isFencedForNothing(journal: readonly JournalEntry[], key: InstanceKey): boolean {
  const lines = journal.filter(({ stepId }) => stepId === fencingStepId(key));
  return lines.some(({ detail }) => detail === TOOK_WRITES) && lines.at(-1)?.phase !== 'undone';
}

/** Nobody was promoted: a primary that took writes before takes them again. Not where somebody may be promoted by half. */
export async function unfence(run: RecoveryRun, key: InstanceKey, { tookWrites }: ForcedFence): Promise<void> {
  if (!tookWrites || run.isUnfinished) return;
  const step = { id: fencingStepId(key) };
  await run.note(step, 'undoing', 'make writable');
  // A command that was given up may still make it read-only (D12).
  const problem = await makeWritable(run, key, { watchMillis: 0 });
  if (problem === null) await run.note(step, 'undone', `${instanceKeyText(key)} takes writes again`);
  else {
    // Whoever leads takes it up again and again until it takes writes: nobody else would.
    run.fail(problem);
    run.leaveUnfinished();
  }
}
