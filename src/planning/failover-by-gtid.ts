/**
 * The steps of a failover by GTID. A replica may be pointed at the chosen one as soon as that one holds all that the replica received: what the replica's relay log drops is sent to it again (D4). Pure.
 */
import { instanceKeyText } from '../model/instance-key.ts';
import { heldByNewSource, type RelayLogSafe, relayLogDrained } from '../model/relay-log-safe.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { feedByBinlogServer } from './binlog-server-feed.ts';
import type { GtidReplica } from './candidates.ts';
import {
  DRAIN_WAIT_SECONDS,
  FEED_SECONDS,
  FOLLOW_MILLIS,
  LOST_APPLY_SECONDS,
  WAIT_MARGIN_MILLIS,
} from './deadlines.ts';
import type { FailoverStep, FailoverWay } from './failover-way.ts';
import { followCommand } from './follow.ts';
import { type GtidProgress, gtidContainment, isDrained, purgedAndMissing, receivedText } from './gtid-progress.ts';
import { drainStepId, movingStepId, stepId } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { startDropsRelayLog } from './relay-log-ends.ts';

export const failoverByGtid: FailoverWay<GtidProgress> = {
  /** It applies what it has received, or gets and applies what its donor, or a binlog server, has. */
  prepare(chosen, donor, policy, feed) {
    if (feed !== null) return feedByBinlogServer(chosen.instance, feed, policy);
    if (donor === null) return [drainStep(chosen, policy)];
    // Nobody takes writes meanwhile: a donor that needs longer is done without, and what it alone has is named.
    const given = drainStep(donor, { ...policy, drainSeconds: Math.min(policy.drainSeconds, FEED_SECONDS) });
    return [given, ...feedingSteps(chosen, donor, given)];
  },

  forget: ({ progress }) => ({ kind: 'forget-source', relayLog: drainedWitness(progress) }),

  followRefusal(replica, chosen) {
    if (replica.progress.family !== chosen.progress.family) return 'it uses the GTIDs of another family';
    if (purgedAndMissing(chosen.instance, replica.instance) === '') return null;
    const [source, key] = [instanceKeyText(chosen.instance.key), instanceKeyText(replica.instance.key)];
    return `Instance ${source} has purged GTID entries not found on ${key}`;
  },

  follow(replica, chosen, _policy, after) {
    const source = chosen.instance.key;
    const received = receivedText(replica.progress);
    // D4: the chosen one has applied all it received when this begins, and that contains all this one received.
    const witness = heldByNewSource(gtidContainment, received, receivedText(chosen.progress));
    if (witness === null) throw new Error(`a follower ahead of its source: ${instanceKeyText(replica.instance.key)}`);
    return [
      {
        id: movingStepId(replica.instance.key, source),
        server: replica.instance.key,
        commands: [followCommand(replica.instance, source, witness), { kind: 'start-replication' }],
        dependsOn: [after],
        precondition: { kind: 'none' },
        postcondition: { kind: 'replicates-from', source, running: false },
        deadlineMillis: FOLLOW_MILLIS,
        undo: [],
        onFailure: 'lose-server',
        effect: `it replicates from ${instanceKeyText(source)}`,
      },
    ];
  },

  /** Where what it received cannot be applied its receiver stays stopped and its relay log untouched. */
  detach(lost, replica, failed, decided) {
    // D4: what it alone received can neither be applied nor kept by anything sent to it. People decide.
    if (!isDrained(replica.progress) && startDropsRelayLog(replica.instance)) return [];
    const key = instanceKeyText(lost.key);
    const apply: FailoverStep = {
      id: stepId(`apply what ${key} received`),
      server: lost.key,
      commands: applyCommands(replica, DRAIN_WAIT_SECONDS),
      dependsOn: [decided],
      precondition: { kind: 'replicates-from', source: failed },
      postcondition: { kind: 'executed', gtid: receivedText(replica.progress) },
      deadlineMillis: DRAIN_WAIT_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
      patienceMillis: (LOST_APPLY_SECONDS - DRAIN_WAIT_SECONDS) * 1000,
      undo: [],
      onFailure: 'note',
      effect: 'nothing it alone received is dropped',
    };
    const detach: FailoverStep = {
      id: stepId(`detach ${key}`),
      server: lost.key,
      commands: [{ kind: 'detach-source', source: failed, relayLog: drainedWitness(replica.progress) }],
      dependsOn: [apply.id],
      precondition: { kind: 'replicates-from', source: failed },
      postcondition: { kind: 'none' },
      deadlineMillis: FOLLOW_MILLIS,
      undo: [],
      onFailure: 'note',
      effect: `lost: ${lost.reason}`,
    };
    return [apply, detach];
  },
};

/** C10: once the donor has applied all that it has received, the chosen one gets it from there. */
function feedingSteps(chosen: GtidReplica, donor: GtidReplica, given: FailoverStep): readonly FailoverStep[] {
  const { key } = chosen.instance;
  const source = donor.instance.key;
  const gtid = receivedText(donor.progress);
  // D4: the donor has applied all it received when this begins, and that contains all this one received.
  const witness = heldByNewSource(gtidContainment, receivedText(chosen.progress), gtid);
  if (witness === null) throw new Error(`a donor that has less: ${instanceKeyText(source)}`);
  const toDonor: FailoverStep = {
    id: movingStepId(key, source),
    server: key,
    commands: [followCommand(chosen.instance, source, witness), { kind: 'start-replication' }],
    dependsOn: [given.id],
    precondition: { kind: 'none' },
    postcondition: { kind: 'replicates-from', source, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `it gets from ${instanceKeyText(source)} what it has not received`,
  };
  const fed: FailoverStep = {
    id: drainStepId(key),
    server: key,
    commands: [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: FEED_SECONDS }],
    dependsOn: [toDonor.id],
    precondition: { kind: 'replicates-from', source },
    postcondition: { kind: 'executed', gtid },
    deadlineMillis: FEED_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `all that ${instanceKeyText(source)} has received is applied`,
  };
  return [toDonor, fed];
}

function drainStep(chosen: GtidReplica, policy: PromotionPolicy): FailoverStep {
  const { instance, progress } = chosen;
  const gtid = receivedText(progress);
  return {
    id: drainStepId(instance.key),
    server: instance.key,
    commands: applyCommands(chosen, Math.min(policy.drainSeconds, DRAIN_WAIT_SECONDS)),
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: isDrained(progress) ? { kind: 'none' } : { kind: 'executed', gtid },
    deadlineMillis: DRAIN_WAIT_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
    patienceMillis: Math.max(0, policy.drainSeconds - DRAIN_WAIT_SECONDS) * 1000,
    ...(policy.drainStallSeconds === null ? {} : { stallMillis: policy.drainStallSeconds * 1000 }),
    undo: [],
    onFailure: 'abort',
    effect: 'all it has received is applied',
  };
}

/** D3: an applier that was merely stopped is started. The receiver is not touched. */
function applyCommands({ instance, progress }: GtidReplica, timeoutSeconds: number): readonly ServerCommand[] {
  if (isDrained(progress)) return [];
  const wait = { kind: 'wait-for-gtid', gtid: receivedText(progress), timeoutSeconds } as const;
  return instance.applierRunning ? [wait] : [{ kind: 'start-applier' }, wait];
}

/** Holds because the step depends on the drain, whose postcondition is exactly this containment. */
function drainedWitness(progress: GtidProgress): RelayLogSafe {
  const received = receivedText(progress);
  const witness = relayLogDrained(gtidContainment, received, received);
  if (witness === null) throw new Error(`GTIDs that contain themselves: ${received}`);
  return witness;
}
