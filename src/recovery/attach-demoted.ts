/**
 * The end of a planned switchover: the old primary below the new one (I4), by whoever runs the switchover or takes a cut one up.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { gtidProgress, receivedContains } from '../planning/gtid-progress.ts';
import { planOldPrimaryFollows } from '../planning/switchover-plan.ts';
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
}

/** What could not be done is an error of the recovery, and the old primary is marked as lost: nobody shall take it for a server that serves. */
export async function attachDemoted(run: RecoveryRun, demoted: DemotedPrimary): Promise<void> {
  const { primary, successor, model, start } = demoted;
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
  const plan = planOldPrimaryFollows(run.record.digest.clusterName, primary, source, credentials, start);
  const end = await (await run.run(plan)).ended;
  if (end.abortedBy !== null && !run.isInterrupted) await run.book(downtimeLost([primary.key], run.ports));
}

/** As above, for a switchover whose end nobody saw: what has been done of it is not done again. */
export async function attachDemotedLater(
  run: RecoveryRun,
  { from, to, startsOld }: { readonly from: InstanceKey; readonly to: InstanceKey; readonly startsOld: boolean },
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
  if (isReplica(primary)) return;
  // Two writers: its demotion was refused. One that is marked as lost is told to be read-only until it is (G3); nobody looks at another.
  if (!primary.readOnly) return leave('it takes writes');
  // It may have written on after the successor had caught up: the demotion may have failed, and its failover come after all (G1).
  const [has, held] = [gtidProgress(primary), gtidProgress(source.instance)];
  if (has === null || held === null || !receivedContains(held, has)) return leave('it has transactions of its own');
  const siblings = known.replicasOf(to).filter(({ key }) => !sameKey(key, from));
  let credentials: ReplicationCredentials | null = null;
  for (const sibling of primary.hasReplicationCredentials ? [] : siblings) {
    credentials ??= await servers.replicationCredentials(sibling.key);
  }
  // The configured query is answered by any server.
  if (!primary.hasReplicationCredentials) credentials ??= await servers.replicationCredentials(to);
  await attachDemoted(run, { primary, successor: to, model: siblings[0] ?? null, credentials, start: startsOld });
}

const LOOK_MILLIS = 5_000;
