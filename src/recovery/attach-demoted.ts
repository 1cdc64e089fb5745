/**
 * The end of a planned switchover: the old primary below the new one (I4), by whoever runs the switchover or takes a cut one up.
 */
import { compareCoordinates, coordinatesText } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { gtidProgress, receivedContains } from '../planning/gtid-progress.ts';
import type { RecordedPlace } from '../planning/recorded-place.ts';
import { planOldPrimaryFollowsAt } from '../planning/switchover-by-place.ts';
import { planOldPrimaryFollows } from '../planning/switchover-plan.ts';
import { giveVariables } from './give-variables.ts';
import { goesByPlace } from './goes-by-place.ts';
import { downtimeLost } from './lost-servers.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface DemotedPrimary {
  readonly primary: Instance;
  readonly successor: InstanceKey;
  /** Some replica of the two: how it reaches its source is how the old primary shall reach it. Null: nobody knows. */
  readonly model: Instance | null;
  /** For one that has none of its own; null: not to be had. */
  readonly credentials: ReplicationCredentials | null;
  readonly start: boolean;
  /** Without GTIDs: where the two stood when the successor had all of it. Null: by GTID. */
  readonly place: RecordedPlace | null;
}

/** What could not be done is an error of the recovery, and the old primary is marked as lost: nobody shall take it for a server that serves. */
export async function attachDemoted(run: RecoveryRun, demoted: DemotedPrimary): Promise<void> {
  const { primary, successor, model, start, place } = demoted;
  const [old, fresh] = [instanceKeyText(primary.key), instanceKeyText(successor)];
  const credentials = primary.hasReplicationCredentials ? null : demoted.credentials;
  if (credentials === null && !primary.hasReplicationCredentials) {
    run.fail(
      `no replication credentials for ${old}: set ReplicationCredentialsQuery; it is read-only and has no source: point it at ${fresh}`,
    );
    await run.book(downtimeLost([primary.key], run.ports));
    return;
  }
  const source = { ...(model ?? primary), key: successor };
  const { clusterName } = run.record.digest;
  const { replicaVariables } = run.ports.policy();
  const facts = { clusterName, demoted: primary, successor: source, start, replicaVariables };
  const plan =
    place === null ? planOldPrimaryFollows(facts, credentials) : planOldPrimaryFollowsAt(place, facts, credentials);
  const end = await (await run.run(plan)).ended;
  if (end.abortedBy !== null && !run.isInterrupted) await run.book(downtimeLost([primary.key], run.ports));
}

/** As above, for a switchover whose end nobody saw: what has been done of it is not done again. `place`: null where it goes by GTID. */
export async function attachDemotedLater(
  run: RecoveryRun,
  { from, to, startsOld }: { readonly from: InstanceKey; readonly to: InstanceKey; readonly startsOld: boolean },
  place: RecordedPlace | null,
): Promise<void> {
  const { servers, known } = run.ports;
  const leave = async (reason: string): Promise<void> => {
    run.fail(`${instanceKeyText(from)} does not follow ${instanceKeyText(to)}: ${reason}`);
    await run.book(downtimeLost([from], run.ports));
  };
  const [seen, source] = await Promise.all([from, to].map((key) => servers.observe(key, LOOK_MILLIS)));
  if (seen === undefined || seen.kind === 'failed') return leave(`it cannot be read: ${seen?.failure.text ?? ''}`);
  if (source === undefined || source.kind === 'failed') return leave('its new source cannot be read');
  const primary = seen.instance;
  if (isReplica(primary)) return giveOnceMore(run, primary, to);
  // Two writers: its demotion was refused. One that is marked as lost is told to be read-only until it is (G3); nobody looks at another.
  if (!primary.readOnly) return leave('it takes writes');
  // Sets that nobody fills contain each other.
  if (place === null && goesByPlace([primary, source.instance])) {
    return leave('it has no GTIDs, and nothing tells where it goes on');
  }
  if (place !== null && compareCoordinates(primary.selfCoordinates, place.applied) !== 0) {
    return leave(
      `its binary log ends at ${coordinatesText(primary.selfCoordinates)}, and the new one has what it had written up to ${coordinatesText(place.applied)}`,
    );
  }
  // It may have written on after the successor had caught up: the demotion may have failed, and its failover come after all (G1).
  const [has, held] = [gtidProgress(primary), gtidProgress(source.instance)];
  const isHeld = has !== null && held !== null && receivedContains(held, has);
  if (place === null && !isHeld) return leave('it has transactions of its own');
  const siblings = known.replicasOf(to).filter(({ key }) => !sameKey(key, from));
  let credentials: ReplicationCredentials | null = null;
  for (const sibling of primary.hasReplicationCredentials ? [] : siblings) {
    credentials ??= await servers.replicationCredentials(sibling.key);
  }
  // The configured query is answered by any server.
  if (!primary.hasReplicationCredentials) credentials ??= await servers.replicationCredentials(to);
  await attachDemoted(run, {
    primary,
    successor: to,
    model: siblings[0] ?? null,
    credentials,
    start: startsOld,
    place,
  });
}

/** E4: the death may have come between following and these. */
async function giveOnceMore(run: RecoveryRun, replica: Instance, source: InstanceKey): Promise<void> {
  if (sameKey(replica.sourceKey, source)) await giveVariables(run, replica.key, run.ports.policy().replicaVariables);
}

const LOOK_MILLIS = 5_000;
