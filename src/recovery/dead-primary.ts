/**
 * Recovery of a dead primary, from its registration to the last hook (spec/recovery.md 3.1; targets: writable again in a third of a second).
 */

import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { fence } from './fence.ts';
import type { HookSuccessor } from './hook-context.ts';
import { downtimeLost } from './lost-servers.ts';
import { type Promoted, promoteSuccessor } from './promote.ts';
import { endDowntimeOf, nobody, outcomeWith, type RecoveryEnd } from './recovery-end.ts';
import { type Incident, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { type Attempt, hooksObject } from './run-recovery.ts';
import { notKnown, signOfLife, stillAlive } from './sign-of-life.ts';

export const recoverDeadPrimary: Attempt = async (run, incident, request) => {
  const { ports } = run;
  const { entry } = incident;
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  const failed = ports.known.get(entry.key);
  if (failed === undefined) return notKnown(entry);
  const alive = await signOfLife(run, entry, request.forced);
  if (alive !== null) return stillAlive(run, entry, alive);
  run.say(`RecoverDeadMaster: will recover ${instanceKeyText(entry.key)}`);
  const result = await promoteSuccessor(run, failed, request.designated);
  if (result.kind === 'alive') return stillAlive(run, entry, result.reason);
  if (result.kind === 'nobody') {
    run.say('Failure: no replica promoted.');
    return nobody(result.reason);
  }
  return afterPromotion(run, failed, result, incident);
};

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
  const outcome = outcomeWith(successor, { lostReplicas: lostKeys });
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
