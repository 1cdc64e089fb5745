/**
 * What a binlog server has of a dead primary's binary log, and how a replica gets it from there (D9). Its files are those of its source, byte by byte: who replicates from either goes on at the other
 * at the very same place (spec/topology-operations.md 4.6). Pure.
 */
import {
  type BinlogCoordinates,
  compareCoordinates,
  coordinatesText,
  hasNoFile,
  isOfSameLog,
} from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys, instanceKeyText } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import { replicationRefusal } from './can-replicate.ts';
import type { FrozenReplica } from './candidates.ts';
import { FEED_SECONDS, FEED_STALL_SECONDS, FOLLOW_MILLIS, STATEMENT_MILLIS } from './deadlines.ts';
import type { PlaceReference, StepCommand } from './deferred-command.ts';
import type { FailoverStep } from './failover-way.ts';
import { drainStepId, feedingStepId, stepId } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { hasHalfTransaction } from './relay-log-ends.ts';

/** A direct replica of the dead primary that keeps its binary log. */
export interface SeenBinlogServer {
  readonly instance: Instance;
  /** False: it does not answer, and had at least this when it last did. */
  readonly answers: boolean;
}

export interface BinlogServerFeed {
  readonly server: Instance;
  /** Where its copy ends. */
  readonly upTo: BinlogCoordinates;
}

/** How far a frozen replica has come in the binary log of its source, whatever it replicates by. */
export const receivedPlace = ({ instance, progress }: FrozenReplica): BinlogCoordinates =>
  progress.family === 'position' ? progress.received : instance.readCoordinates;

/** What that binlog server has beyond the place, for people; '' for nothing, or where it cannot be told. */
export function onlyBinlogServerHas({ selfCoordinates }: Instance, place: BinlogCoordinates): string {
  return isBeyond(selfCoordinates, place) ? `${coordinatesText(place)} to ${coordinatesText(selfCoordinates)}` : '';
}

function isBeyond(one: BinlogCoordinates, other: BinlogCoordinates): boolean {
  if (hasNoFile(one) || hasNoFile(other) || !isOfSameLog(one, other)) return false;
  return compareCoordinates(one, other) > 0;
}

/** Whoever of them has more than the replica, and can give it; the fullest. Null: nobody. */
export function feedFor(
  replica: FrozenReplica,
  servers: readonly SeenBinlogServer[],
  policy: PromotionPolicy,
): BinlogServerFeed | null {
  const fuller = feedsFor(replica, servers, policy).filter(({ upTo }) => isBeyond(upTo, receivedPlace(replica)));
  return fuller.sort(compareFeeds)[0] ?? null;
}

/** One whose copy ends exactly there: whoever has less gets as far, and no further. Null: there is none. */
export function feedUpTo(
  place: BinlogCoordinates,
  replica: FrozenReplica,
  servers: readonly SeenBinlogServer[],
  policy: PromotionPolicy,
): BinlogServerFeed | null {
  const ending = feedsFor(replica, servers, policy).filter(({ upTo }) => compareCoordinates(upTo, place) === 0);
  return ending.sort(compareFeeds)[0] ?? null;
}

function feedsFor(
  replica: FrozenReplica,
  servers: readonly SeenBinlogServer[],
  policy: PromotionPolicy,
): BinlogServerFeed[] {
  if (!goesOnByPlace(replica)) return [];
  return servers
    .filter(({ instance, answers }) => answers && replicationRefusal(replica.instance, instance, policy) === null)
    .map(({ instance }) => ({ server: instance, upTo: instance.selfCoordinates }));
}

/**
 * MySQL with GTIDs passes over what it has executed already, so that a place that is a little too early does no harm. MariaDB would apply it once more, and what it shows of places while it replicates
 * by GTID is not proven to be exact.
 */
const goesOnByPlace = ({ instance, progress }: FrozenReplica): boolean =>
  progress.family !== 'mariadb' && !hasNoFile(instance.execCoordinates);

const compareFeeds = (one: BinlogServerFeed, other: BinlogServerFeed): number =>
  compareCoordinates(other.upTo, one.upTo) || compareKeys(one.server.key, other.server.key);

const DRAINED = { kind: 'drained' } as const;

/**
 * In order; the last is the replica's drain. It applies first what it has received: should the binlog server not give the rest, nothing is lost that was had before. Undone, it stands below its source
 * again as it stood before.
 */
export function feedByBinlogServer(
  instance: Instance,
  { server, upTo }: BinlogServerFeed,
  { drainSeconds, drainStallSeconds }: Pick<PromotionPolicy, 'drainSeconds' | 'drainStallSeconds'>,
): readonly FailoverStep[] {
  const { key } = instance;
  const [name, giver] = [instanceKeyText(key), instanceKeyText(server.key)];
  const common = {
    server: key,
    precondition: { kind: 'none' },
    deadlineMillis: STATEMENT_MILLIS,
    undo: [],
    onFailure: 'abort',
  } as const;
  const applied: FailoverStep = {
    ...common,
    id: stepId(`apply what ${name} received`),
    commands: instance.applierRunning ? [] : [{ kind: 'start-applier' }],
    dependsOn: [],
    postcondition: { kind: 'drained-of-silent-source' },
    patienceMillis: drainSeconds * 1000,
    ...(drainStallSeconds === null ? {} : { stallMillis: drainStallSeconds * 1000 }),
    effect: 'all it has received is applied',
  };
  const fed: FailoverStep = {
    ...common,
    id: feedingStepId(key, server.key),
    commands: [
      // D15: its applier is stopped by what follows, and would wait a minute for a rest that never comes.
      ...(hasHalfTransaction(instance) ? [{ kind: 'end-half-transaction' } as const] : []),
      goOnAt({ kind: 'applied', after: applied.id }, server),
    ],
    dependsOn: [applied.id],
    postcondition: { kind: 'replicates-from', source: server.key, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: wayBack(instance, server),
    effect: `its source is ${giver}, at the same place`,
  };
  const started: FailoverStep = {
    ...common,
    id: stepId(`let ${giver} feed ${name}`),
    commands: [{ kind: 'start-replication' }],
    dependsOn: [fed.id],
    postcondition: { kind: 'replicates-from', source: server.key, running: false },
    // Where it stands is read when it goes back: by then it must stand still.
    undo: [{ kind: 'stop-replication' }],
    effect: `it gets from ${giver} what it has not received`,
  };
  const got: FailoverStep = {
    ...common,
    id: stepId(`see that ${name} has all that ${giver} has`),
    commands: [],
    dependsOn: [started.id],
    postcondition: { kind: 'drained-up-to', coordinates: upTo },
    patienceMillis: FEED_SECONDS * 1000,
    stallMillis: FEED_STALL_SECONDS * 1000,
    effect: `it has applied all up to ${coordinatesText(upTo)}`,
  };
  const stands: FailoverStep = {
    ...common,
    id: drainStepId(key),
    commands: [{ kind: 'stop-receiver' }],
    dependsOn: [got.id],
    // What has come since then is applied, too.
    postcondition: { kind: 'drained-of-silent-source' },
    patienceMillis: FEED_SECONDS * 1000,
    effect: 'all it has received is applied, and it receives no more',
  };
  return [applied, fed, started, got, stands];
}

const goOnAt = (place: PlaceReference, server: Instance): StepCommand => ({
  kind: 'follow-when-safe',
  source: server.key,
  at: { kind: 'place', place },
  relayLog: DRAINED,
  credentials: null,
  securedAs: null,
  unlessThere: false,
  name: { kind: 'own' },
});

/** By GTID again where it replicated so, else where it stands: it is the same log. What it got and has not applied is in the binlog server's copy. */
export function wayBack(instance: Instance, server: Pick<Instance, 'key'>): readonly StepCommand[] {
  const { sourceKey } = instance;
  if (sourceKey === null) return [];
  return [
    {
      kind: 'follow-when-safe',
      source: sourceKey,
      at: usesGtid(instance) ? { kind: 'gtid' } : { kind: 'own-place' },
      relayLog: { kind: 'logged-by', server: server.key },
      credentials: null,
      securedAs: null,
      unlessThere: true,
      name: { kind: 'own' },
    },
    ...(instance.applierState === 'running' ? [{ kind: 'start-applier' } as const] : []),
  ];
}
