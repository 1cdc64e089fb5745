/**
 * A recovery that was cut by the death of the process that ran it, or that it had to leave: read what the journal says was under way, look at the
 * servers, and finish it, or say what was left (spec/recovery.md 10; B5, K12). Never silently forgotten.
 *
 * The point of no return is the beginning of the promotion. Before it nothing is lost by beginning anew; after it the same server must be
 * brought to the end, since a second choice could make a second primary. Meanwhile people may have acted: whoever takes writes by now is looked for
 * before anybody is told to.
 */

import { clusterName, millis } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { fencingStepId } from '../planning/plan.ts';
import { attachDemotedLater } from './attach-demoted.ts';
import { bringSiblingsLater } from './bring-siblings.ts';
import { completePromotion } from './complete-promotion.ts';
import {
  demote,
  type Ending,
  type GivenUp,
  halfPromoted,
  hasListeners,
  LOOK_MILLIS,
  takesWrites,
  tell,
  writers,
} from './cut-recovery-looks.ts';
import { finishSwitchover } from './cut-switchover.ts';
import { finishBinlogServers } from './finish-binlog-servers.ts';
import { placeOfSuccessor } from './follow-by-place.ts';
import { followSuccessor } from './follow-successor.ts';
import { isFencedForNothing } from './forced-fence.ts';
import { type JournaledIntent, type JournaledWork, journaledWork } from './journaled-work.ts';
import { runLeftHooks } from './left-hooks.ts';
import { downtimeLost, giveUpGone, OWNER } from './lost-servers.ts';
import { makeWritable } from './make-writable.ts';
import { moveBack } from './move-back.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { RecoveryRun } from './recovery-run.ts';
import { restartReceivers } from './restart-receivers.ts';
import { returnFed } from './return-fed.ts';
import { isRepair } from './routines.ts';

/** What became of it. `interrupted`: this node may not act any more either. */
export type CutRecoveryEnd = Ending | { readonly kind: 'interrupted' };

/** `known`: why it could not be finished at the last look; it is not said again. */
export async function finishCutRecovery(
  record: RecoveryRecord,
  ports: RecoveryPorts,
  known: string | null = null,
): Promise<CutRecoveryEnd> {
  const journal = await ports.store.journal(record.uid);
  const run = new RecoveryRun(record, ports, ports.journalCounts.begin(record.uid, journal.at(-1)?.sequence ?? 0));
  const work = journaledWork(journal);
  if (known === null) {
    // Whoever ran it may live after all: its next line would have this number, is refused, and it goes no further.
    await run.claim();
    run.say(`this recovery was ${howItWasCut(record, ports)}; looking at what is left to do`);
  }
  const isFenced = isFencedForNothing(journal, record.digest.key);
  const working = isRepair(record.digest.code) ? finishRepair(run) : finishReplacement(run, work, isFenced);
  const end = await working.catch((error: unknown): Ending => ({ kind: 'not-yet', reason: errorText(error) }));
  if (run.isInterrupted) {
    await run.end(null);
    return { kind: 'interrupted' };
  }
  if (end.kind === 'not-yet') {
    if (end.reason !== known) run.say(`cannot be finished yet: ${end.reason}`);
    // A switchover whose successor was told nothing keeps nobody from being failed over. Once: whoever is dead meanwhile is detected once.
    const isHarmless = work.intent.kind === 'demotion-begun' && !work.intent.promotionBegun;
    if (known === null && isHarmless) await forgive(run);
    return end;
  }
  if (work.isSwitchover) await forgive(run);
  if (record.end === null) await close(run, end, work);
  if (end.kind === 'finished') await runLeftHooks(run, end.successor, work.isSwitchover);
  await run.end(end.kind === 'finished' ? end.successor : record.successorKey);
  return end;
}

const howItWasCut = ({ node }: RecoveryRecord, { identity }: RecoveryPorts): string =>
  node.token === identity.token
    ? 'left unfinished'
    : `cut by the end of ${node.hostname} (process ${node.token.slice(0, 8)})`;

const finishReplacement = (run: RecoveryRun, work: JournaledWork, isFenced: boolean): Promise<Ending> =>
  run.record.end === null ? finish(run, work, isFenced) : finishAfterItsEnd(run, work);

/** Each of its operations is done or put back by itself, and what is still wrong is found anew: nothing of it must be gone on with. */
async function finishRepair({ record }: RecoveryRun): Promise<Ending> {
  return record.successorKey === null
    ? { kind: 'given-up', reason: 'a repair is begun anew where it is still needed' }
    : { kind: 'finished', successor: record.successorKey };
}

/** Somebody wanted a switchover: it is no flapping, and keeps nobody from being failed over. */
async function forgive({ ports: { store, clock }, record, uid }: RecoveryRun): Promise<void> {
  await store.endActivePeriods({ uid }, clock.now());
  await store.clearDetections({ key: record.digest.key }, clock.now());
}

/** The result stands: only hooks and replicas can be left. */
async function finishAfterItsEnd(run: RecoveryRun, work: JournaledWork): Promise<Ending> {
  const { servers, known } = run.ports;
  const { digest, successorKey } = run.record;
  run.say('its result stands');
  if (successorKey === null) return { kind: 'given-up', reason: 'it had ended without a successor' };
  const seen = await servers.observe(successorKey, LOOK_MILLIS);
  const old = await servers.observe(digest.key, LOOK_MILLIS);
  // A15: one of two co-primaries goes on pointing at the one that it has replaced.
  const keepsSource = seen.kind === 'observed' && sameKey(seen.instance.sourceKey, digest.key);
  const isPrimary =
    seen.kind === 'observed' && (takesWrites(seen.instance) || (keepsSource && !seen.instance.readOnly));
  const isBelow = old.kind === 'observed' && sameKey(old.instance.sourceKey, successorKey);
  // Without its mark, nobody would see that a dead primary that cannot be attached has been left behind.
  if (isPrimary && work.intent.kind === 'promotion-begun' && !isBelow) await downtimeLost([digest.key], run.ports);
  if (isPrimary) await returnFed(run, work);
  if (isPrimary) await finishBinlogServers(run, work, known.get(digest.key), successorKey);
  // A living old primary keeps who follows it: whoever stayed there in a switchover was left there.
  const orphans = isPrimary && old.kind === 'failed' ? known.replicasOf(digest.key) : [];
  for (const problem of await followSuccessor(run, successorKey, digest.key, orphans)) run.say(problem);
  if (isPrimary) await startHalfMoved(run, work);
  if (isPrimary && work.intent.kind === 'demotion-begun') {
    await bringSiblingsLater(run, work.intent, work);
    await attachDemotedLater(run, work.intent, await placeOfSuccessor(run, successorKey));
  }
  return { kind: 'finished', successor: successorKey };
}

async function close(run: RecoveryRun, end: Exclude<Ending, { kind: 'not-yet' }>, work: JournaledWork): Promise<void> {
  const { store, clock, identity } = run.ports;
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
  // An unfinished one must not keep its cluster blocked (B5). One that this very process ran, and whose promotion failed, is no cut one: it counts
  // as a failed recovery, or the same promotion would be tried again and again.
  const hasFailedHere = work.intent.kind === 'promotion-begun' && run.record.node.token === identity.token;
  if (end.kind === 'given-up' && (!hasFailedHere || end.beginsAnew === true)) {
    await store.acknowledge({ kind: 'uid', uid: run.uid }, OWNER, 'detected crashed recovery', clock.now());
    await store.clearDetections({ key: run.record.digest.key }, clock.now());
  }
}

async function finish(run: RecoveryRun, work: JournaledWork, isFenced: boolean): Promise<Ending> {
  const { intent } = work;
  switch (intent.kind) {
    case 'nothing-irrevocable':
      await startHalfMoved(run, work);
      await returnFed(run, work);
      await restartReceivers(run, work);
      if (isFenced) {
        const problem = await releaseFenced(run, work);
        if (problem !== null) return { kind: 'not-yet', reason: problem };
      }
      // A dead primary that is back meanwhile keeps its place, and nobody else would bring those below it who were moved for its successor.
      if (work.isSwitchover || (await isBack(run))) await moveBack(run);
      return { kind: 'given-up', reason: 'it had changed nothing that lasts' };
    case 'promotion-begun':
      return finishPromotion(run, intent, work);
    case 'demotion-begun':
      await startHalfMoved(run, work);
      return finishSwitchover(run, intent, work);
  }
}

/** A person had it replaced while it took writes, and nobody has taken its place: it takes them again. Null: it does, or somebody else takes them. */
async function releaseFenced(run: RecoveryRun, work: JournaledWork): Promise<string | null> {
  const { key } = run.record.digest;
  if ((await writers(run, work)).length > 0) return null;
  const step = { id: fencingStepId(key) };
  await run.note(step, 'undoing', 'make writable');
  const problem = await makeWritable(run, key);
  if (problem === null) await run.note(step, 'undone', `${instanceKeyText(key)} takes writes again`);
  return problem;
}

async function isBack({ ports: { servers }, record: { digest } }: RecoveryRun): Promise<boolean> {
  return (await servers.observe(digest.key, LOOK_MILLIS)).kind === 'observed';
}

/** Replicas that the death caught between being pointed at another source and being started. */
async function startHalfMoved(run: RecoveryRun, work: JournaledWork): Promise<void> {
  const {
    ports: { servers },
    record,
  } = run;
  const startsOld = work.intent.kind === 'demotion-begun' && work.intent.startsOld;
  for (const { replica, source } of work.halfMoved) {
    // The demoted primary of a switchover is started only where that was asked for.
    if (sameKey(replica, record.digest.key) && !startsOld) continue;
    const seen = await servers.observe(replica, LOOK_MILLIS);
    if (seen.kind === 'failed' || !sameKey(seen.instance.sourceKey, source)) continue;
    if (seen.instance.receiverState !== 'stopped') continue;
    const refused = await tell(run, replica, [{ kind: 'start-replication' }]);
    run.say(refused ?? `started ${instanceKeyText(replica)}, which had been pointed at ${instanceKeyText(source)}`);
  }
}

async function finishPromotion(
  run: RecoveryRun,
  { failed, successor }: Extract<JournaledIntent, { kind: 'promotion-begun' }>,
  work: JournaledWork,
): Promise<Ending> {
  const { servers, known, moveAlias } = run.ports;
  const key = instanceKeyText(successor);
  const giveUp = async (reason: string): Promise<GivenUp> => {
    await returnFed(run, work);
    await restartReceivers(run, work);
    await startHalfMoved(run, work);
    return { kind: 'given-up', reason };
  };
  const others = (await writers(run, work)).filter((writer) => !sameKey(writer, successor));
  const seen = await servers.observe(successor, LOOK_MILLIS);
  if (seen.kind === 'failed') {
    const [writer] = others;
    if (writer !== undefined)
      return giveUp(`${instanceKeyText(writer)} takes writes; ${key} cannot be read and may do so too`);
    if (run.record.acknowledgement !== null) return giveUp(`${key} cannot be read, and the recovery was acknowledged`);
    // C15: nobody listens there, now and a moment later: it takes no writes, and whoever is left is chosen from anew.
    if (await isGone(run, successor, seen.failure)) {
      await giveUpGone(run, successor);
      const ending = await giveUp(`${key} died in its promotion`);
      return { ...ending, beginsAnew: true };
    }
    // It may be promoted: as long as that is not known nobody else may be, and the record keeps its cluster blocked.
    return { kind: 'not-yet', reason: `${key} was being promoted and cannot be read: ${seen.failure.text}` };
  }
  // It was a long pause: somebody has made another server the primary.
  const { sourceKey } = seen.instance;
  // Nobody makes one of those a primary: it was fed there, or has replicated there from the beginning.
  const isBelowBinlogServer = sourceKey !== null && known.get(sourceKey)?.isBinlogServer === true;
  if (isReplica(seen.instance) && !isBelowBinlogServer && !sameKey(sourceKey, failed))
    return giveUp(`${key} follows another server by now`);
  const isPromoted = takesWrites(seen.instance);
  const contradiction = await standsAgainst(run, { failed, isPromoted, others, successor: seen.instance });
  if (contradiction !== null) return giveUp(contradiction);
  const refused = await completePromotion(run, successor);
  if (refused !== null) {
    const half = await halfPromoted(run, successor, refused.reason);
    return half.kind === 'given-up' ? giveUp(half.reason) : half;
  }
  // It may have come back writable since.
  if (others.length > 0) await demote(run, failed);
  const { digest } = run.record;
  await moveAlias(digest.clusterName, clusterName(key), digest.clusterAlias);
  await downtimeLost([failed], run.ports);
  await returnFed(run, work);
  await finishBinlogServers(run, work, known.get(failed), successor);
  const orphans = known.replicasOf(failed).filter((replica) => !sameKey(replica.key, successor));
  for (const problem of await followSuccessor(run, successor, failed, orphans)) run.fail(problem);
  await startHalfMoved(run, work);
  return { kind: 'finished', successor };
}

/** Long enough for a supervisor not to have been in between. */
const GONE_MILLIS = millis(500);

async function isGone(
  { ports: { servers, clock } }: RecoveryRun,
  key: InstanceKey,
  failure: ServerFailure,
): Promise<boolean> {
  if (failure.kind !== 'refused') return false;
  await clock.sleep(GONE_MILLIS);
  const again = await servers.observe(key, LOOK_MILLIS);
  return again.kind === 'failed' && again.failure.kind === 'refused';
}

/** Why the promotion is not brought to its end; null: nothing speaks against it. */
async function standsAgainst(
  run: RecoveryRun,
  {
    failed,
    isPromoted,
    others,
    successor,
  }: {
    readonly failed: InstanceKey;
    readonly isPromoted: boolean;
    readonly others: readonly InstanceKey[];
    readonly successor: Instance;
  },
): Promise<string | null> {
  const [key, old] = [instanceKeyText(successor.key), instanceKeyText(failed)];
  const stranger = others.find((writer) => !(isPromoted && sameKey(writer, failed)));
  if (stranger !== undefined) {
    const reason = isPromoted ? `and ${key} does so too: stop one of them` : 'a second primary is not made';
    return `${instanceKeyText(stranger)} takes writes; ${reason}`;
  }
  // A8: that we cannot read it is no sign of its death, and it may have come back to life since.
  const isHeard = await hasListeners(run, failed);
  if (!isHeard) return null;
  if (isPromoted)
    return others.length > 0
      ? `${old} takes writes and has replicas, and ${key} takes writes too: stop one of them`
      : null;
  return isReplica(successor) ? `${old} is heard by its replicas` : null;
}
