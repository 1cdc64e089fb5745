/**
 * Recovery of a dead primary, from its registration to the last hook (spec/recovery.md 3.1; targets: writable again in a third of a second).
 */

import { actingProof, proofText } from '../analysis/acting-proof.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { answersAgain } from '../execution/plan-runner.ts';
import { LOOK_MILLIS } from '../execution/silence.ts';
import { clusterName } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryOutcome } from '../model/recovery-record.ts';
import { fence } from './fence.ts';
import type { HookSuccessor } from './hook-context.ts';
import { downtimeLost } from './lost-servers.ts';
import { type Promoted, promoteSuccessor } from './promote.ts';
import { type Incident, NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface DeadPrimaryRequest {
  readonly designated: InstanceKey | null;
  readonly skipHooks: boolean;
  /** A person forced it: a primary that does not answer is replaced, whatever its replicas say. */
  readonly forced: boolean;
}

export interface RecoveryEnd {
  readonly successor: Instance | null;
  readonly reason: string;
  readonly outcome: Omit<RecoveryOutcome, 'errors'>;
}

/** A last look at the primary and its replicas before anything is done; refused connections answer in a millisecond. */
const LAST_LOOK_MILLIS = LOOK_MILLIS;

export async function recoverDeadPrimary(
  run: RecoveryRun,
  entry: AnalysisEntry,
  request: DeadPrimaryRequest,
): Promise<RecoveryEnd> {
  const { ports } = run;
  const incident: Incident = {
    entry,
    uid: run.uid,
    skipHooks: request.skipHooks,
    say: (message) => run.say(message),
  };
  const key = instanceKeyText(entry.key);
  ports.tell({
    kind: 'started',
    clusterName: entry.cluster.clusterName,
    uid: run.uid,
    key: entry.key,
    code: entry.code,
  });
  run.say(`will handle ${entry.code} event on ${key}`);
  const end = await attempt(run, request, incident).catch((error: unknown): RecoveryEnd => {
    run.fail(`recovery of ${key} failed: ${errorText(error)}`);
    return nobody(errorText(error));
  });
  await conclude(run, end, incident);
  return end;
}

/** The result is recorded and told. A run that leaves something unfinished and promoted nobody has none yet. */
export async function conclude(run: RecoveryRun, end: RecoveryEnd, incident: Incident): Promise<void> {
  if (end.successor !== null || !run.isUnfinished) await run.book(run.resolve(end.outcome));
  if (end.successor === null && !run.isInterrupted) {
    await runIncidentHooks('PostUnsuccessfulFailoverProcesses', incident, NOTHING_DONE_YET, run.ports);
  }
  await run.end(end.successor?.key ?? null);
}

async function attempt(run: RecoveryRun, request: DeadPrimaryRequest, incident: Incident): Promise<RecoveryEnd> {
  const { ports } = run;
  const { entry } = incident;
  const veto = await runIncidentHooks('PreFailoverProcesses', incident, NOTHING_DONE_YET, ports);
  if (veto.kind === 'failed') {
    run.fail(`PreFailoverProcesses failed: ${veto.reason}`);
    return nobody(`PreFailoverProcesses failed: ${veto.reason}`);
  }
  const failed = ports.known.get(entry.key);
  if (failed === undefined) return nobody(`Instance not found: ${instanceKeyText(entry.key)}`);
  const alive = await signOfLife(run, entry, request);
  if (alive !== null) return stillAlive(run, entry, alive);
  run.say(`RecoverDeadMaster: will recover ${instanceKeyText(entry.key)}`);
  const result = await promoteSuccessor(run, failed, request.designated);
  if (result.kind === 'alive') return stillAlive(run, entry, result.reason);
  if (result.kind === 'nobody') {
    run.say('Failure: no replica promoted.');
    return nobody(result.reason);
  }
  return afterPromotion(run, failed, result, incident);
}

/** Nothing was failed over: the next death must be recovered, whenever it comes. */
async function stillAlive(run: RecoveryRun, entry: AnalysisEntry, reason: string): Promise<RecoveryEnd> {
  const { store, clock } = run.ports;
  run.fail(`${reason}; nothing is done`);
  await store.endActivePeriods({ uid: run.uid }, clock.now());
  await store.clearDetections({ key: entry.key }, clock.now());
  return nobody(reason);
}

/**
 * The analysis was made before the hooks, which take what time they take: a primary that came back meanwhile is not replaced (spec/recovery.md
 * 12.2 #7), and neither is one that a replica hears again (A8). Null: as dead as it was.
 */
async function signOfLife(run: RecoveryRun, entry: AnalysisEntry, request: DeadPrimaryRequest): Promise<string | null> {
  const { servers, clock, known } = run.ports;
  const witnesses = request.forced ? [] : entry.replicas;
  const [failed, ...replicas] = await Promise.all(
    [entry.key, ...witnesses].map((key) => servers.observe(key, LAST_LOOK_MILLIS)),
  );
  if (failed?.kind === 'observed') return answersAgain(entry.key);
  if (request.forced) return null;
  // Who does not answer in time is judged by what was last seen: far or busy replicas must not keep a dead primary alive.
  const seen = replicas.flatMap((replica, index) => {
    const key = witnesses[index];
    return replica.kind === 'observed' ? replica.instance : ((key === undefined ? undefined : known.get(key)) ?? []);
  });
  const proof = actingProof(entry, seen, clock.now());
  return proof.kind === 'proven' ? null : `not proven dead any more: ${proofText(proof)}`;
}

async function afterPromotion(
  run: RecoveryRun,
  failed: Instance,
  promoted: Promoted,
  incident: Incident,
): Promise<RecoveryEnd> {
  const { ports } = run;
  const { entry } = incident;
  const { successor } = promoted;
  const successorKey = instanceKeyText(successor.key);
  run.say(`promoted replica: ${successorKey}`);
  const hookSuccessor: HookSuccessor = {
    key: successor.key,
    alias: successor.instanceAlias,
    coordinates: successor.selfCoordinates,
  };
  const lostKeys = promoted.lost.map((lost) => lost.key);
  const outcome = {
    successorKey: successor.key,
    successorAlias: successor.instanceAlias,
    successorCoordinates: successor.selfCoordinates,
    lostReplicas: lostKeys,
    participants: [],
  };
  demoteFailed(run, failed);
  // Who reads that the recovery succeeded must find the new primary under the cluster's alias.
  await run.book(ports.moveAlias(entry.cluster.clusterName, clusterName(successorKey), entry.cluster.clusterAlias));
  await run.book(run.resolve(outcome));
  await run.book(downtimeLost([failed.key, ...lostKeys], ports));
  await run.book(ports.store.clearDetections({ key: failed.key }, ports.clock.now()));
  run.say(`RecoverDeadMaster: successfully promoted ${successorKey}`);
  const state = { successor: hookSuccessor, lostReplicas: lostKeys };
  await runIncidentHooks('PostMasterFailoverProcesses', incident, state, ports);
  await endDowntimeOf(run, successor.key);
  await runIncidentHooks('PostFailoverProcesses', incident, state, ports);

  const lost = (await promoted.settled).map((server) => server.key);
  await run.book(downtimeLost(lost.slice(lostKeys.length), ports));
  return { successor, reason: '', outcome: { ...outcome, lostReplicas: lost } };
}

/** Whoever takes writes is nobody's maintenance any more. */
export async function endDowntimeOf(run: RecoveryRun, key: InstanceKey): Promise<void> {
  const ending = run.ports.downtimes.endDowntime(key);
  await run.book(
    ending.then((existed) => {
      if (existed) run.say(`ended the downtime of ${instanceKeyText(key)}`);
    }),
  );
}

/** Should it live, it must not take writes any more. Not waited for: it is most likely dead. */
function demoteFailed(run: RecoveryRun, failed: Instance): void {
  void fence(run, failed.key, DEMOTE_FAILED_MILLIS).then((result) =>
    run.say(
      result.kind === 'done'
        ? '- RecoverDeadMaster: applying read-only=1 on demoted master: success=true'
        : `the old primary could not be told to be read-only: ${result.failure.text}`,
    ),
  );
}

/** One attempt on a server that is most likely dead. */
const DEMOTE_FAILED_MILLIS = 2_000;

export function nobody(reason: string): RecoveryEnd {
  return {
    successor: null,
    reason,
    outcome: {
      successorKey: null,
      successorAlias: '',
      successorCoordinates: null,
      lostReplicas: [],
      participants: [],
    },
  };
}
