/** From a new primary to the last hook: what is recorded, told, marked as lost and demoted (spec/recovery.md 3.1 steps 7 to 13). */
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { Promoted } from './execute-promotion.ts';
import { fence } from './fence.ts';
import type { HookSuccessor } from './hook-context.ts';
import { downtimeLost } from './lost-servers.ts';
import { endDowntimeOf, outcomeWith, type RecoveryEnd } from './recovery-end.ts';
import { type Incident, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface Replacement {
  readonly failed: Instance;
  readonly promoted: Promoted;
  /** What the contract calls the recovery: `RecoverDeadMaster`. */
  readonly name: string;
  /** The cluster is called after its primary. False: of two that replicate from each other one is left, and the name stays. */
  readonly renamesCluster: boolean;
  readonly participants?: RecoveryEnd['outcome']['participants'];
}

export async function afterPromotion(
  run: RecoveryRun,
  { failed, promoted, name, renamesCluster, participants = [] }: Replacement,
  incident: Incident,
): Promise<RecoveryEnd> {
  const { ports } = run;
  const { cluster } = incident.entry;
  const { successor } = promoted;
  const successorKey = instanceKeyText(successor.key);
  run.say(`promoted replica: ${successorKey}`);
  const hookSuccessor: HookSuccessor = {
    key: successor.key,
    alias: successor.instanceAlias,
    coordinates: successor.selfCoordinates,
  };
  const lostKeys = promoted.lost.map((lost) => lost.key);
  const outcome = outcomeWith(successor, { lostReplicas: lostKeys, participants });
  demoteFailed(run, failed, name);
  // Who reads that the recovery succeeded must find the new primary under the cluster's alias.
  if (renamesCluster)
    await run.book(ports.moveAlias(cluster.clusterName, clusterName(successorKey), cluster.clusterAlias));
  await run.book(run.resolve(outcome));
  await run.book(downtimeLost([failed.key, ...lostKeys], ports));
  await run.book(ports.store.clearDetections({ key: failed.key }, ports.clock.now()));
  run.say(`${name}: successfully promoted ${successorKey}`);
  const state = { successor: hookSuccessor, lostReplicas: [...run.lost, ...lostKeys] };
  await runIncidentHooks('PostMasterFailoverProcesses', incident, state, ports);
  await endDowntimeOf(run, successor.key);
  await runIncidentHooks('PostFailoverProcesses', incident, state, ports);

  const lost = (await promoted.settled).map((server) => server.key);
  await run.book(downtimeLost(lost.slice(lostKeys.length), ports));
  return { successor, reason: '', outcome: { ...outcome, lostReplicas: lost } };
}

/** Should it live, it must not take writes any more. Not waited for: it is most likely dead. */
function demoteFailed(run: RecoveryRun, failed: Instance, name: string): void {
  void fence(run, failed.key, DEMOTE_FAILED_MILLIS).then((result) =>
    run.say(
      result.kind === 'done'
        ? `- ${name}: applying read-only=1 on demoted master: success=true`
        : `the old primary could not be told to be read-only: ${result.failure.text}`,
    ),
  );
}

/** One attempt on a server that is most likely dead. */
const DEMOTE_FAILED_MILLIS = 2_000;
