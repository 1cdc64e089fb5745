/**
 * A planned switchover in three plans, each made from what is seen when the former is done (spec/recovery.md 5, I1 to I6):
 * the siblings go below the successor while everything still runs; the primary becomes read-only; the successor catches up to exactly that
 * point, takes over, and the old primary follows it.
 */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import { heldByNewSource, relayLogDrained } from '../model/relay-log-safe.ts';
import type { ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import type { GtidReplica } from './candidates.ts';
import { DEMOTE_MILLIS, FOLLOW_MILLIS, PROMOTE_MILLIS, WAIT_MARGIN_MILLIS } from './deadlines.ts';
import type { StepCommand } from './deferred-command.ts';
import { followCommand } from './follow.ts';
import { gtidContainment, mergedReceivedText, receivedText } from './gtid-progress.ts';
import {
  demotionStepId,
  drainStepId,
  movingStepId,
  NOTHING_PREDICTED,
  type Plan,
  type PlanStep,
  type Precondition,
  promotionStepId,
  stepId,
} from './plan.ts';
import { type PromotionSemiSync, semiSyncCommands } from './promotion-semi-sync.ts';
import { type RoleVariables, variableCommands } from './role-variables.ts';

/** How long a moved replica's new source may take to apply what the replica already has, seconds. */
export const ALIGN_SECONDS = 20;

export type FollowPlanResult =
  | { readonly kind: 'planned'; readonly plan: Plan }
  /** `text` names the replica: what it has received is not part of what all together have, as with diverged MariaDB domains. */
  | { readonly kind: 'refused'; readonly key: InstanceKey; readonly text: string };

/**
 * Points replicas, whose receivers are stopped, at another server: first that one applies all they have received, so that none of them is
 * ahead of it and none loses its relay log (D4, D5). Used for siblings of a switchover, for relocation, and to put siblings back.
 */
export function planFollow(
  clusterName: ClusterName,
  source: Instance,
  replicas: readonly GtidReplica[],
  intent: Plan['intent'],
): FollowPlanResult {
  const sourceText = instanceKeyText(source.key);
  const gtid = mergedReceivedText(replicas.map((replica) => replica.progress));
  const align: PlanStep = {
    id: stepId(`align ${sourceText}`),
    server: source.key,
    commands: gtid === '' ? [] : [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: ALIGN_SECONDS }],
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: gtid === '' ? { kind: 'none' } : { kind: 'executed', gtid },
    deadlineMillis: ALIGN_SECONDS * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: 'it has all that its new replicas have received',
  };
  const follow: PlanStep[] = [];
  for (const { instance, progress } of replicas) {
    const witness = heldByNewSource(gtidContainment, receivedText(progress), gtid);
    if (witness === null) {
      const text = `${instanceKeyText(instance.key)} has received ${receivedText(progress)}, which has diverged from what the others have`;
      return { kind: 'refused', key: instance.key, text };
    }
    follow.push({
      id: movingStepId(instance.key, source.key),
      server: instance.key,
      commands: [followCommand(instance, source.key, witness), { kind: 'start-replication' }],
      dependsOn: [align.id],
      precondition: { kind: 'none' },
      postcondition: { kind: 'replicates-from', source: source.key, running: true },
      deadlineMillis: FOLLOW_MILLIS,
      undo: [],
      onFailure: 'abort',
      effect: `it replicates from ${sourceText}`,
    });
  }
  const plan = { intent, clusterName, steps: [align, ...follow], prediction: NOTHING_PREDICTED };
  return { kind: 'planned', plan };
}

export function planDemotion(
  clusterName: ClusterName,
  primary: Instance,
  successor: Instance,
  startsOld: boolean,
): Plan {
  const step: PlanStep = {
    id: demotionStepId(primary.key),
    server: primary.key,
    // Privileged accounts write past read_only; a switchover that lets them loses their writes (spec/recovery.md 12.2 #13).
    commands: [{ kind: 'set-read-only', readOnly: true, superReadOnly: true }],
    dependsOn: [],
    precondition: { kind: 'read-only', readOnly: false },
    postcondition: { kind: 'read-only', readOnly: true },
    deadlineMillis: DEMOTE_MILLIS,
    undo: [{ kind: 'set-read-only', readOnly: false, superReadOnly: false }],
    onFailure: 'abort',
    effect: usesGtid(successor) ? 'its GTID set stands still' : 'its binary log grows no more',
  };
  return {
    intent: { kind: 'switchover', from: primary.key, to: successor.key, startsOld },
    clusterName,
    steps: [step],
    prediction: { ...NOTHING_PREDICTED, promoted: successor.key },
  };
}

export interface TakeoverFacts {
  readonly clusterName: ClusterName;
  /** As seen after it became read-only. */
  readonly demoted: Instance;
  readonly successor: Instance;
  readonly catchUpSeconds: number;
  readonly useSuperReadOnly: boolean;
  readonly startsOld: boolean;
  readonly semiSync: PromotionSemiSync;
  readonly primaryVariables: RoleVariables;
}

export interface GtidTakeoverFacts extends TakeoverFacts {
  /** What the demoted primary has executed, as its family writes it. */
  readonly demotedGtid: string;
}

/** The successor applies all that the demoted primary has, then becomes the primary. */
export function planTakeover(facts: GtidTakeoverFacts): Plan {
  const { demoted, successor, demotedGtid } = facts;
  const relayLog = relayLogDrained(gtidContainment, demotedGtid, demotedGtid);
  if (relayLog === null) throw new Error(`GTIDs that contain themselves: ${demotedGtid}`);
  const catchUp: PlanStep = {
    id: drainStepId(successor.key),
    server: successor.key,
    commands: [{ kind: 'wait-for-gtid', gtid: demotedGtid, timeoutSeconds: facts.catchUpSeconds }],
    dependsOn: [],
    precondition: { kind: 'replicates-from', source: demoted.key },
    postcondition: { kind: 'executed', gtid: demotedGtid },
    deadlineMillis: facts.catchUpSeconds * 1000 + WAIT_MARGIN_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `it has all that ${instanceKeyText(demoted.key)} has`,
  };
  // The source is read-only and all of it is applied: nothing can be in the relay log that is not executed.
  return takeoverAfter([catchUp], { kind: 'forget-source', relayLog }, facts);
}

/** What a successor does that has all of the demoted primary once the last of `drained` has ended. */
export function takeoverAfter<Command extends StepCommand>(
  drained: readonly PlanStep<Command | ServerCommand>[],
  forget: Command,
  facts: TakeoverFacts,
): Plan<Command | ServerCommand> {
  const { demoted, successor } = facts;
  const promote: PlanStep<Command | ServerCommand> = {
    id: promotionStepId(successor.key),
    server: successor.key,
    commands: [
      forget,
      ...semiSyncCommands(facts.semiSync),
      ...variableCommands(facts.primaryVariables),
      { kind: 'set-read-only', readOnly: false, superReadOnly: facts.useSuperReadOnly },
    ],
    dependsOn: drained.slice(-1).map(({ id }) => id),
    precondition: { kind: 'none' },
    postcondition: { kind: 'is-writable-primary' },
    deadlineMillis: PROMOTE_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: 'it takes writes',
  };
  return {
    intent: { kind: 'switchover', from: demoted.key, to: successor.key, startsOld: facts.startsOld },
    clusterName: facts.clusterName,
    steps: [...drained, promote],
    prediction: { ...NOTHING_PREDICTED, promoted: successor.key },
  };
}

/** The old primary becomes a replica of the new one (I4). */
export function planOldPrimaryFollows(facts: OldPrimaryFacts, credentials: ReplicationCredentials | null): Plan {
  const { demoted, successor } = facts;
  const witness = heldByNewSource(gtidContainment, '', '');
  if (witness === null) throw new Error('an empty relay log is safe');
  // How the successor reached its source is how its source shall reach it (TLS, public key, heartbeats, retries).
  const { allowTls, replicationTls, receiverOptions } = successor;
  const options = { ...demoted, allowTls, replicationTls, receiverOptions };
  const follow = followCommand(options, successor.key, witness, credentials);
  return oldPrimaryBy(follow, { kind: 'read-only', readOnly: true }, facts);
}

export interface OldPrimaryFacts {
  readonly clusterName: ClusterName;
  readonly demoted: Instance;
  readonly successor: Instance;
  readonly start: boolean;
  readonly replicaVariables: RoleVariables;
}

export function oldPrimaryBy<Command extends StepCommand>(
  follow: Command,
  precondition: Precondition,
  { clusterName, demoted, successor, start, replicaVariables }: OldPrimaryFacts,
): Plan<Command | ServerCommand> {
  const step: PlanStep<Command | ServerCommand> = {
    id: movingStepId(demoted.key, successor.key),
    server: demoted.key,
    commands: [
      // D16: it would wait for acknowledgements of what it applies. Nobody waits for one any more: it is read-only.
      ...(demoted.semiSync.sourceEnabled ? [{ kind: 'set-semi-sync-source', enabled: false } as const] : []),
      follow,
      ...(start ? [{ kind: 'start-replication' } as const] : []),
      // Last: one that is answered late or never must not keep it from following.
      ...variableCommands(replicaVariables),
    ],
    dependsOn: [],
    precondition,
    postcondition: { kind: 'replicates-from', source: successor.key, running: start },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'abort',
    effect: `it replicates from ${instanceKeyText(successor.key)}`,
  };
  return {
    intent: { kind: 'switchover', from: demoted.key, to: successor.key, startsOld: start },
    clusterName,
    steps: [step],
    prediction: NOTHING_PREDICTED,
  };
}
