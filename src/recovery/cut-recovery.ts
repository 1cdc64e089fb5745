/**
 * A recovery that was cut by the death of the process that ran it: read what the journal says was under way, look at the servers, and finish
 * it, or say what was left (spec/recovery.md 10; B5, K12). Never silently forgotten.
 *
 * The point of no return is the beginning of the promotion. Before it nothing is lost by beginning anew; after it the same server must be
 * brought to the end, since a second choice could make a second primary.
 */
import { clusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { freezingStepId, movingStepId } from '../planning/plan.ts';
import { startDropsRelayLog } from '../planning/relay-log-ends.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import { completePromotion } from './complete-promotion.ts';
import { followSuccessor } from './follow-successor.ts';
import { journaledIntent } from './journaled-intent.ts';
import { downtimeLost, OWNER } from './lost-servers.ts';
import { makeWritable } from './make-writable.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { errorText, RecoveryRun } from './recovery-run.ts';

const LOOK_MILLIS = 5_000;
const ACT_MILLIS = 10_000;

type FinishedOrNot =
  | { readonly kind: 'finished'; readonly successor: InstanceKey }
  /** Nothing irrevocable had been done, or nothing could be: the problem, if it persists, is recovered anew. */
  | { readonly kind: 'given-up'; readonly reason: string };

/** What became of it. `interrupted`: this node may not act any more either. */
export type CutRecoveryEnd = FinishedOrNot | { readonly kind: 'interrupted' };

export async function finishCutRecovery(record: RecoveryRecord, ports: RecoveryPorts): Promise<CutRecoveryEnd> {
  const journal = await ports.store.journal(record.uid);
  const run = new RecoveryRun(record, ports, journal.at(-1)?.sequence ?? 0);
  const who = `${record.node.hostname} (process ${record.node.token.slice(0, 8)})`;
  run.say(`this recovery was cut by the end of ${who}; looking at what is left to do`);
  const work = record.end === null ? finish(run, journal) : finishAfterItsEnd(run, journal);
  const end = await work.catch((error: unknown): FinishedOrNot => ({ kind: 'given-up', reason: errorText(error) }));
  if (record.end === null && !run.isInterrupted) await close(run, end);
  await run.end(end.kind === 'finished' ? end.successor : record.successorKey);
  return run.isInterrupted ? { kind: 'interrupted' } : end;
}

/** The result stands: only hooks and replicas can be left. Hooks are not run again, since nobody can tell how far they came. */
async function finishAfterItsEnd(run: RecoveryRun, journal: readonly JournalEntry[]): Promise<FinishedOrNot> {
  const { servers, known } = run.ports;
  const { digest, successorKey } = run.record;
  run.say('its result stands; hooks that were left are not run');
  if (successorKey === null) return { kind: 'given-up', reason: 'it had ended without a successor' };
  const seen = await servers.observe(successorKey, LOOK_MILLIS);
  const old = await servers.observe(digest.key, LOOK_MILLIS);
  const isPrimary = seen.kind === 'observed' && !isReplica(seen.instance) && !seen.instance.readOnly;
  // A living old primary keeps who follows it: whoever stayed there in a switchover was left there.
  const orphans = isPrimary && old.kind === 'failed' ? known.replicasOf(digest.key) : [];
  for (const problem of await followSuccessor(run, successorKey, digest.key, orphans)) run.say(problem);
  if (isPrimary) await startMoved(run, successorKey, journal);
  return { kind: 'finished', successor: successorKey };
}

async function close(run: RecoveryRun, end: FinishedOrNot): Promise<void> {
  const { store, clock } = run.ports;
  const successorKey = end.kind === 'finished' ? end.successor : null;
  if (end.kind === 'finished') run.say(`finished: ${instanceKeyText(end.successor)} is the primary`);
  else run.fail(`not finished: ${end.reason}`);
  await run.resolve({
    successorKey,
    successorAlias: '',
    successorCoordinates: null,
    lostReplicas: run.record.lostReplicas,
    participants: [],
  });
  // An unfinished one must not keep its cluster blocked (B5).
  if (end.kind === 'given-up') {
    await store.acknowledge({ kind: 'uid', uid: run.uid }, OWNER, 'detected crashed recovery', clock.now());
    await store.clearDetections({ key: run.record.digest.key }, clock.now());
  }
}

async function finish(run: RecoveryRun, journal: readonly JournalEntry[]): Promise<FinishedOrNot> {
  const intent = journaledIntent(journal);
  switch (intent.kind) {
    case 'nothing-irrevocable':
      await restartReceivers(run, journal);
      return { kind: 'given-up', reason: 'it had changed nothing that lasts' };
    case 'promotion-begun':
      return finishPromotion(run, intent, journal);
    case 'demotion-begun':
      await startMoved(run, intent.to, journal);
      return finishSwitchover(run, intent.from, intent.to);
  }
}

/**
 * Receivers that the freeze stopped run again, also where their source is dead: a receiver that stands still is no witness of a death, and the
 * recovery would never begin anew. What somebody else had stopped stays so.
 */
async function restartReceivers(run: RecoveryRun, journal: readonly JournalEntry[]): Promise<void> {
  const { servers, known } = run.ports;
  const restart = async (key: InstanceKey): Promise<void> => {
    const step = freezingStepId(key);
    if (!journal.some((entry) => entry.stepId === step && entry.phase === 'intended')) return;
    const seen = await servers.observe(key, LOOK_MILLIS);
    if (seen.kind === 'failed' || seen.instance.receiverState !== 'stopped') return;
    if (startDropsRelayLog(seen.instance)) {
      run.say(`the receiver of ${instanceKeyText(key)} stays stopped: its start would drop what it has not applied`);
      return;
    }
    const refused = await tell(run, key, [{ kind: 'start-receiver' }]);
    if (refused !== null) run.say(refused);
  };
  await Promise.all(known.replicasOf(run.record.digest.key).map((replica) => restart(replica.key)));
}

/** Replicas that the death caught between being pointed at the successor and being started. What somebody else had stopped stays so. */
async function startMoved(run: RecoveryRun, successor: InstanceKey, journal: readonly JournalEntry[]): Promise<void> {
  for (const replica of run.ports.known.replicasOf(successor)) {
    const step = movingStepId(replica.key, successor);
    const phases = journal.filter((entry) => entry.stepId === step).map((entry) => entry.phase);
    if (
      replica.receiverState !== 'stopped' ||
      phases.at(-1) !== 'intended' ||
      sameKey(replica.key, run.record.digest.key)
    )
      continue;
    const refused = await tell(run, replica.key, [{ kind: 'start-replication' }]);
    run.say(
      refused ?? `started ${instanceKeyText(replica.key)}, which had been pointed at ${instanceKeyText(successor)}`,
    );
  }
}

async function finishPromotion(
  run: RecoveryRun,
  { failed, successor }: { readonly failed: InstanceKey; readonly successor: InstanceKey },
  journal: readonly JournalEntry[],
): Promise<FinishedOrNot> {
  const { servers, known, moveAlias } = run.ports;
  const key = instanceKeyText(successor);
  const seen = await servers.observe(successor, LOOK_MILLIS);
  if (seen.kind === 'failed')
    return { kind: 'given-up', reason: `${key} was being promoted and cannot be read: ${seen.failure.text}` };
  if (isReplica(seen.instance) && !sameKey(seen.instance.sourceKey, failed)) {
    // It was a long pause: somebody has made another server the primary.
    return { kind: 'given-up', reason: `${key} follows another server by now` };
  }
  const writer = await otherWriter(run, successor);
  if (writer !== null) {
    await restartReceivers(run, journal);
    return { kind: 'given-up', reason: `${instanceKeyText(writer)} takes writes; a second primary is not made` };
  }
  const refused = await completePromotion(run, successor);
  if (refused !== null) return { kind: 'given-up', reason: refused };
  const { digest } = run.record;
  await moveAlias(digest.clusterName, clusterName(key), digest.clusterAlias);
  await downtimeLost([failed], run.ports);
  const orphans = known.replicasOf(failed).filter((replica) => !sameKey(replica.key, successor));
  for (const problem of await followSuccessor(run, successor, failed, orphans)) run.fail(problem);
  await startMoved(run, successor, journal);
  return { kind: 'finished', successor };
}

/** A member that lives without a source and takes writes, the failed primary first of all (invariant 2). Null: nobody. */
async function otherWriter(run: RecoveryRun, successor: InstanceKey): Promise<InstanceKey | null> {
  const { servers, known } = run.ports;
  const { digest } = run.record;
  const members = known.cluster(digest.clusterName).map((member) => member.key);
  const keys = [digest.key, ...members.filter((key) => !sameKey(key, digest.key))];
  const others = keys.filter((key) => !sameKey(key, successor));
  const seen = await Promise.all(others.map((key) => servers.observe(key, LOOK_MILLIS)));
  const writer = seen.find((one) => one.kind === 'observed' && !isReplica(one.instance) && !one.instance.readOnly);
  return writer?.kind === 'observed' ? writer.instance.key : null;
}

/** A switchover: either the successor took over, or the old primary gets its writes back. */
async function finishSwitchover(run: RecoveryRun, from: InstanceKey, to: InstanceKey): Promise<FinishedOrNot> {
  const { servers, moveAlias } = run.ports;
  const [old, successor] = await Promise.all([servers.observe(from, LOOK_MILLIS), servers.observe(to, LOOK_MILLIS)]);
  if (successor.kind === 'failed') {
    return { kind: 'given-up', reason: `${instanceKeyText(to)} cannot be read: ${successor.failure.text}` };
  }
  if (!isReplica(successor.instance)) {
    const oldIsShut = old.kind === 'observed' && old.instance.readOnly;
    if (successor.instance.readOnly && !oldIsShut) {
      const reason = `${instanceKeyText(to)} is read-only, and it is not known that ${instanceKeyText(from)} is too`;
      return { kind: 'given-up', reason };
    }
    const refused = await completePromotion(run, to);
    if (refused !== null) return { kind: 'given-up', reason: refused };
    const { digest } = run.record;
    await moveAlias(digest.clusterName, clusterName(instanceKeyText(to)), digest.clusterAlias);
    if (old.kind === 'observed' && !isReplica(old.instance)) {
      run.fail(`${instanceKeyText(from)} is read-only and has no source: point it at ${instanceKeyText(to)}`);
    }
    return { kind: 'finished', successor: to };
  }
  if (old.kind === 'failed') {
    return { kind: 'given-up', reason: `${instanceKeyText(from)} cannot be read: ${old.failure.text}` };
  }
  if (old.instance.readOnly) {
    const refused = await makeWritable(run, from);
    if (refused !== null) return { kind: 'given-up', reason: refused };
    run.say(`${instanceKeyText(from)} is writable again; the switchover did not take place`);
  }
  return { kind: 'given-up', reason: 'the successor had not taken over; replicas that had moved stay below it' };
}

/** Null: done. */
async function tell(run: RecoveryRun, key: InstanceKey, commands: readonly ServerCommand[]): Promise<string | null> {
  if (!run.mayGoOn()) return 'this node may not act any more';
  const result = await run.ports.servers.execute(key, commands, ACT_MILLIS);
  return result.kind === 'done' ? null : `${instanceKeyText(key)}: ${result.failure.text}`;
}
