/**
 * Replicas of a demoted primary go below its successor where nobody replicates by GTID: by whoever runs the switchover or takes a cut one up. They apply the last that it has written, and go on where the
 * successor's own log ended then.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { RecordedPlace } from '../planning/recorded-place.ts';
import { planCatchUp } from '../planning/switchover-by-place.ts';
import { placeOfSuccessor } from './follow-by-place.ts';
import { followSuccessor } from './follow-successor.ts';
import type { JournaledWork } from './journaled-work.ts';
import { downtimeLost } from './lost-servers.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { restartReceivers } from './restart-receivers.ts';

interface Switched {
  readonly from: InstanceKey;
  readonly to: InstanceKey;
}

/** Who cannot be brought along stays where it is, is marked as lost, and named in the record. */
export async function bringSiblings(
  run: RecoveryRun,
  { from, to }: Switched,
  siblings: readonly Instance[],
): Promise<void> {
  const place = await placeOfSuccessor(run, to);
  // Each for itself: the new primary may wait for acknowledgements, and one that is slow must not keep the others from giving them.
  await Promise.all(siblings.map(({ key }) => bring(run, { from, to }, key, place)));
  // Whoever takes this up brings them, or leaves them behind in its turn.
  if (run.isInterrupted) return;
  const { ports } = run;
  const left = siblings.map(({ key }) => key).filter((key) => sameKey(ports.known.get(key)?.sourceKey ?? from, from));
  if (left.length === 0) return;
  for (const key of left)
    run.fail(`${instanceKeyText(key)} stays below ${instanceKeyText(from)}, and is marked as lost`);
  run.loseReplicas(left);
  await run.book(downtimeLost(left, ports));
}

/** As above, for a switchover whose end nobody saw. By GTID they had been moved before it. */
export async function bringSiblingsLater(run: RecoveryRun, { from, to }: Switched, work: JournaledWork): Promise<void> {
  if ((await placeOfSuccessor(run, to)) === null) return;
  // Those that the death caught on their way wait for the last of the old primary, or go on from where they stand.
  await restartReceivers(run, work);
  const siblings = run.ports.known
    .replicasOf(from)
    // A delayed one was downtimed, and is left where it is.
    .filter((one) => !sameKey(one.key, to) && isLastCheckValid(one) && one.sqlDelaySeconds === 0);
  await bringSiblings(run, { from, to }, siblings);
}

async function bring(
  run: RecoveryRun,
  { from, to }: Switched,
  key: InstanceKey,
  place: RecordedPlace | null,
): Promise<void> {
  const { servers, policy } = run.ports;
  const look = async (): Promise<Instance | null> => {
    const seen = await servers.observe(key, LOOK_MILLIS);
    return seen.kind === 'observed' && sameKey(seen.instance.sourceKey, from) ? seen.instance : null;
  };
  const before = await look();
  let isComing = false;
  // Nothing comes to one that stands still.
  if (place !== null && before?.receiverState === 'running' && before.applierState === 'running') {
    const { promotion, reasonableMaintenanceReplicationLagSeconds } = policy();
    const plan = planCatchUp({
      clusterName: run.record.digest.clusterName,
      from,
      to,
      siblings: [before],
      logEnd: place.applied,
      seconds: reasonableMaintenanceReplicationLagSeconds,
      stallSeconds: promotion.drainStallSeconds,
    });
    const { results } = await (await run.run(plan)).ended;
    isComing = [...results.values()].some(({ kind }) => kind !== 'done');
  }
  const below = await look();
  // It still gets what it lacks from where it is: nothing that would be tried now could be quicker, and the old primary waits for this.
  if (below === null || (isComing && below.receiverState === 'running')) return;
  for (const problem of await followSuccessor(run, to, from, [below])) run.fail(problem);
}

const LOOK_MILLIS = 5_000;
