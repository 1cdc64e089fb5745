/** The steps of a failover of binlog servers, in their order (`failover-of-binlog-servers.ts`). Pure. */
import { type BinlogCoordinates, coordinatesText, fileNumberDistance } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import {
  CATCH_UP_MILLIS,
  FEED_SECONDS,
  FLUSH_LOGS_MILLIS,
  FOLLOW_MILLIS,
  PROMOTE_MILLIS,
  STATEMENT_MILLIS,
} from './deadlines.ts';
import type { FollowAt, RelayLogRule, StepCommand } from './deferred-command.ts';
import type { FailoverStep } from './failover-way.ts';
import {
  drainStepId,
  freezingStepId,
  haltingStepId,
  movingStepId,
  NOTHING_PREDICTED,
  type Plan,
  promotionStepId,
  type StepId,
  stepId,
} from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { variableCommands } from './role-variables.ts';

export interface BinlogServerMoves {
  readonly failed: Instance;
  /** Has come furthest, and stands still. */
  readonly leader: Instance;
  readonly rest: readonly Instance[];
  readonly chosen: Instance;
  /** The direct replica of the dead primary through which the chosen one gets what it has. */
  readonly through: InstanceKey;
  /** With which the log goes on. */
  readonly next: BinlogCoordinates;
  readonly mayLive: boolean;
}

/** So many of the others follow the new primary themselves, beside the one that has come furthest; the rest stay below that one (contract). */
const FURTHER_SERVERS = 3;

const COMMON = {
  precondition: { kind: 'none' },
  deadlineMillis: STATEMENT_MILLIS,
  undo: [],
  onFailure: 'abort',
} as const;

/** Binlog servers stand still: what they have does not grow any more, and is served on. Undone, they receive again. */
export function stopBinlogServers(
  clusterName: Plan['clusterName'],
  failed: InstanceKey,
  servers: readonly Instance[],
): Plan {
  return {
    intent: { kind: 'freeze-replicas', failed },
    clusterName,
    steps: servers.map(({ key, receiverState }) => ({
      ...COMMON,
      id: freezingStepId(key),
      server: key,
      commands: [{ kind: 'stop-replication' }],
      dependsOn: [],
      precondition: { kind: 'replicates-from', source: failed },
      postcondition: { kind: 'receiver-stopped' },
      undo: receiverState === 'stopped' ? [] : [{ kind: 'start-replication' }],
      onFailure: 'lose-server',
      effect: 'what it has received does not grow any more',
    })),
    prediction: NOTHING_PREDICTED,
  };
}

export function stepsOfBinlogServers(moves: BinlogServerMoves, policy: PromotionPolicy): readonly FailoverStep[] {
  const { rest, leader, chosen } = moves;
  const further = rest.slice(0, FURTHER_SERVERS).flatMap((server) => goOnItself(server, leader, chosen, moves.next));
  const gathered = rest.flatMap((server) => gather(server, moves));
  return [...gathered, ...promotion(moves, policy), goOn(moves, [resetStepId(chosen.key, policy)]), ...further];
}

const gatheredStepId = (server: InstanceKey, leader: InstanceKey): StepId =>
  stepId(`see that ${instanceKeyText(server)} has all that ${instanceKeyText(leader)} has`);

/** Below the one that has come furthest, at the same place: it gets the rest from there. */
export function gather(
  { key }: Instance,
  { failed, leader }: Pick<BinlogServerMoves, 'failed' | 'leader'>,
): readonly FailoverStep[] {
  const pointed: FailoverStep = {
    ...COMMON,
    id: movingStepId(key, leader.key),
    server: key,
    commands: [
      following(leader.key, { kind: 'own-place' }, { kind: 'logged-by', server: leader.key }),
      { kind: 'start-replication' },
    ],
    dependsOn: [],
    postcondition: { kind: 'replicates-from', source: leader.key, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [following(failed.key, { kind: 'own-place' }, { kind: 'logged-by', server: key }, true)],
    onFailure: 'lose-server',
    effect: `it gets from ${instanceKeyText(leader.key)} what it has not received`,
  };
  const gathered: FailoverStep = {
    ...COMMON,
    id: gatheredStepId(key, leader.key),
    server: key,
    commands: [],
    dependsOn: [pointed.id],
    postcondition: { kind: 'drained-up-to', coordinates: leader.selfCoordinates },
    patienceMillis: FEED_SECONDS * 1000,
    // Where it stands is read when it goes back: by then it must stand still.
    undo: [{ kind: 'stop-replication' }],
    onFailure: 'lose-server',
    effect: `it has all up to ${coordinatesText(leader.selfCoordinates)}`,
  };
  return [pointed, gathered];
}

/** Where hooks make it writable its replication is reset all the same: it would else follow those that are to follow it. */
const resetStepId = (key: InstanceKey, { applyPromotion }: Pick<PromotionPolicy, 'applyPromotion'>): StepId =>
  applyPromotion ? promotionStepId(key) : stepId(`reset replication of ${instanceKeyText(key)}`);

/** Up to the reset of its replication all that is done to the chosen one can be taken back, or does no harm. */
function promotion(
  { failed, leader, chosen, through, next, mayLive }: BinlogServerMoves,
  { drainSeconds, drainStallSeconds, applyPromotion, useSuperReadOnly, primaryVariables }: PromotionPolicy,
): readonly FailoverStep[] {
  const { key } = chosen;
  const name = instanceKeyText(key);
  const ends = leader.selfCoordinates;
  const stands = { kind: 'applied-up-to', place: { kind: 'known', coordinates: ends }, mayBePast: false } as const;
  const runs = chosen.receiverState === 'running' && chosen.applierState === 'running';
  const common = { ...COMMON, server: key };
  const drained: FailoverStep = {
    ...common,
    id: drainStepId(key),
    commands: runs ? [] : [{ kind: 'start-replication' }],
    dependsOn: sameKey(through, leader.key) ? [] : [gatheredStepId(through, leader.key)],
    postcondition: stands,
    patienceMillis: drainSeconds * 1000,
    ...(drainStallSeconds === null ? {} : { stallMillis: drainStallSeconds * 1000 }),
    effect: `it has applied all up to ${coordinatesText(ends)}`,
  };
  const stopped: FailoverStep = {
    ...common,
    id: haltingStepId(key),
    commands: [{ kind: 'stop-replication' }],
    dependsOn: [drained.id],
    postcondition: stands,
    deadlineMillis: FOLLOW_MILLIS,
    patienceMillis: 0,
    undo: runs ? [{ kind: 'start-replication' }] : [],
    effect: 'it stands where the binlog servers end',
  };
  const times = fileNumberDistance(chosen.selfCoordinates, next);
  const flushed: FailoverStep = {
    ...common,
    id: stepId(`flush binary logs of ${name}`),
    commands: Array.from({ length: times }, () => ({ kind: 'flush-binary-logs' }) as const),
    dependsOn: [stopped.id],
    postcondition: { kind: 'writes-log', file: next.file },
    deadlineMillis: FLUSH_LOGS_MILLIS,
    patienceMillis: 0,
    effect: `it writes ${next.file}, with which the log goes on`,
  };
  const promoted: FailoverStep = {
    ...common,
    id: resetStepId(key, { applyPromotion }),
    commands: [
      { kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } },
      ...(applyPromotion
        ? [
            ...variableCommands(primaryVariables),
            { kind: 'set-read-only', readOnly: false, superReadOnly: useSuperReadOnly } as const,
          ]
        : []),
    ],
    dependsOn: [flushed.id],
    precondition: mayLive ? { kind: 'none' } : { kind: 'silent', server: failed.key },
    postcondition: { kind: applyPromotion ? 'is-writable-primary' : 'has-no-source' },
    deadlineMillis: PROMOTE_MILLIS,
    effect: applyPromotion ? 'it takes writes and will never follow the old primary again' : 'it follows nobody',
  };
  const purged: FailoverStep = {
    ...common,
    id: stepId(`purge binary logs of ${name}`),
    commands: [{ kind: 'purge-binary-logs', file: next.file }],
    dependsOn: [promoted.id],
    postcondition: { kind: 'none' },
    onFailure: 'note',
    effect: `its log begins with ${next.file}`,
  };
  return [drained, stopped, flushed, promoted, purged];
}

/** It has the log up to its end, and goes on with the next file. */
export function goOn(
  {
    leader,
    chosen,
    next,
    failed,
  }: Pick<BinlogServerMoves, 'leader' | 'next' | 'failed'> & { readonly chosen: Pick<Instance, 'key'> },
  after: readonly StepId[],
): FailoverStep {
  return {
    ...COMMON,
    id: movingStepId(leader.key, chosen.key),
    server: leader.key,
    commands: [
      following(
        chosen.key,
        { kind: 'place', place: { kind: 'known', coordinates: next } },
        // What it has is in its own binary logs, which it keeps.
        { kind: 'logged-by', server: leader.key },
      ),
      { kind: 'start-replication' },
    ],
    dependsOn: after,
    precondition: { kind: 'replicates-from', source: failed.key },
    postcondition: { kind: 'replicates-from', source: chosen.key, running: true },
    deadlineMillis: FOLLOW_MILLIS,
    onFailure: 'lose-server',
    effect: `it goes on at ${next.file}`,
  };
}

/** Once it has begun the next file, too, it follows the new primary itself, at the same place. Until then, and where it does not come to it, it does so through the other. */
function goOnItself(
  { key }: Instance,
  leader: Instance,
  chosen: Instance,
  next: BinlogCoordinates,
): readonly FailoverStep[] {
  const common = { ...COMMON, server: key };
  const begun: FailoverStep = {
    ...common,
    id: stepId(`see that ${instanceKeyText(key)} goes on at ${next.file}`),
    commands: [],
    dependsOn: [movingStepId(leader.key, chosen.key)],
    postcondition: { kind: 'drained-up-to', coordinates: next },
    patienceMillis: CATCH_UP_MILLIS,
    onFailure: 'note',
    effect: `it goes on through ${instanceKeyText(leader.key)}`,
  };
  const stopped: FailoverStep = {
    ...common,
    id: haltingStepId(key),
    commands: [{ kind: 'stop-replication' }],
    dependsOn: [begun.id],
    precondition: { kind: 'replicates-from', source: leader.key },
    postcondition: { kind: 'receiver-stopped' },
    onFailure: 'lose-server',
    effect: 'it stands still',
  };
  const moved: FailoverStep = {
    ...common,
    id: movingStepId(key, chosen.key),
    commands: [
      following(chosen.key, { kind: 'own-place' }, { kind: 'logged-by', server: key }),
      { kind: 'start-replication' },
    ],
    dependsOn: [stopped.id],
    postcondition: { kind: 'replicates-from', source: chosen.key, running: true },
    deadlineMillis: FOLLOW_MILLIS,
    onFailure: 'lose-server',
    effect: `it replicates from ${instanceKeyText(chosen.key)}`,
  };
  return [begun, stopped, moved];
}

const following = (source: InstanceKey, at: FollowAt, relayLog: RelayLogRule, unlessThere = false): StepCommand => ({
  kind: 'follow-when-safe',
  source,
  at,
  relayLog,
  credentials: null,
  securedAs: null,
  unlessThere,
  name: { kind: 'own' },
});
