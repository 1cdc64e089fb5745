/**
 * The steps of a failover where nobody replicates by GTID (spec/recovery.md 2.4, D1). Replicas of one source stand at places of the same binary log. Whoever stands where the chosen one does goes on at
 * the end of the chosen one's own log, as that was before its first write; whoever has got less far finds its place there by markers of pseudo-GTID. Pure.
 */
import { compareCoordinates, coordinatesText } from '../model/binlog-coordinates.ts';
import { detachKey, type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { feedByBinlogServer } from './binlog-server-feed.ts';
import type { PlaceReplica } from './candidates.ts';
import { FOLLOW_MILLIS, LOST_APPLY_SECONDS, SEARCH_MILLIS, STATEMENT_MILLIS } from './deadlines.ts';
import type { FollowAt, PlaceReference, StepCommand } from './deferred-command.ts';
import type { FailoverStep, FailoverWay } from './failover-way.ts';
import { drainStepId, movingStepId, promotionStepId, type StepId, stepId } from './plan.ts';
import { hasHalfTransaction } from './relay-log-ends.ts';
import type { PositionProgress } from './replica-progress.ts';

const DRAINED = { kind: 'drained' } as const;

/** Both have received the same, and stand at the same place once they have applied it. */
export const endsAt = (replica: PlaceReplica, chosen: PlaceReplica): boolean =>
  compareCoordinates(replica.progress.received, chosen.progress.received) === 0;

export const failoverByPlace: FailoverWay<PositionProgress> = {
  prepare(chosen, _donor, policy, feed) {
    const { key } = chosen.instance;
    if (feed !== null) {
      const fed = feedByBinlogServer(chosen.instance, feed, policy);
      return fed.map((step) => (step.id === drainStepId(key) ? { ...step, recordsPlace: true } : step));
    }
    const applied: FailoverStep = {
      ...applyStep(chosen, policy.drainSeconds, policy.drainStallSeconds),
      id: stepId(`apply what ${instanceKeyText(key)} received`),
    };
    // The end of its log that came with the former look may have been read a moment before the last transaction was written there: whoever went on from there would apply that one twice.
    const stands: FailoverStep = {
      ...applied,
      id: drainStepId(key),
      commands: [],
      dependsOn: [applied.id],
      patienceMillis: 0,
      recordsPlace: true,
      effect: 'it writes no more, and where its log ends is known',
    };
    return [applied, stands];
  },

  forget: () => ({ kind: 'forget-source-when-safe', relayLog: DRAINED }),

  followRefusal(replica, chosen, { pseudoGtidIsConfigured }, feed) {
    if (endsAt(replica, chosen) || feed !== null || pseudoGtidIsConfigured) return null;
    return `it has received up to ${coordinatesText(replica.progress.received)}, and without GTIDs or markers (PseudoGTIDPattern) nobody can tell where that is in the log of the promoted server`;
  },

  follow(replica, chosen, policy, drainedOrPromoted, feed) {
    const { drainSeconds, applyPromotion } = policy;
    const source = chosen.instance.key;
    const drained = drainStepId(source);
    const beside = {
      kind: 'beside',
      applied: { kind: 'applied', after: drained },
      logEnd: { kind: 'log-end', after: drained },
    } as const;
    const isBeside = endsAt(replica, chosen);
    const where: Whereabouts = isBeside || feed !== null ? beside : { kind: 'by-markers' };
    // D10: nobody could tell the way back to one that has moved, so nobody moves before the promotion, not even for its acknowledgements.
    const after = applyPromotion ? promotionStepId(source) : drainedOrPromoted;
    if (isBeside || feed === null) return followByPlace(replica, source, where, drainSeconds, [after]);
    // It gets as far as the chosen one does, in the copy of the very log that both have replicated.
    const fed = feedByBinlogServer(replica.instance, feed, policy).map((step): FailoverStep => {
      return { ...step, dependsOn: step.dependsOn.length === 0 ? [after] : step.dependsOn, onFailure: 'lose-server' };
    });
    const [, ...moves] = followByPlace(replica, source, where, drainSeconds);
    return [...fed, ...moves];
  },

  detach(lost, replica, failed, decided) {
    const apply: FailoverStep = {
      ...applyStep(replica, LOST_APPLY_SECONDS),
      id: stepId(`apply what ${instanceKeyText(lost.key)} received`),
      dependsOn: [decided],
      onFailure: 'note',
      effect: 'nothing it alone received is dropped',
    };
    const to = detachKey(failed);
    const detach: FailoverStep = {
      id: stepId(`detach ${instanceKeyText(lost.key)}`),
      server: lost.key,
      commands: [following(to, { kind: 'own-place' })],
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

/** How a replica finds its place in the log of its new source. */
export type Whereabouts =
  /** It stands where the source had stood when that one's own log ended there. */
  | { readonly kind: 'beside'; readonly applied: PlaceReference; readonly logEnd: PlaceReference }
  | { readonly kind: 'by-markers' };

/** It applies what it has received, finds its place, and follows. In order; the first step depends on `after`. */
export function followByPlace(
  replica: PlaceReplica,
  source: InstanceKey,
  where: Whereabouts,
  drainSeconds: number,
  after: readonly StepId[] = [],
): readonly FailoverStep[] {
  const { instance } = replica;
  const applied: FailoverStep = { ...applyStep(replica, drainSeconds), dependsOn: after, onFailure: 'lose-server' };
  const found =
    where.kind === 'beside' ? standsBeside(instance.key, source, where.applied) : searchStep(instance.key, source);
  const place: PlaceReference = where.kind === 'beside' ? where.logEnd : { kind: 'found', by: found.id };
  const moved: FailoverStep = {
    id: movingStepId(instance.key, source),
    server: instance.key,
    commands: [
      // D15: its applier is stopped by what follows, and would wait a minute for a rest that never comes.
      ...(hasHalfTransaction(instance) ? [{ kind: 'end-half-transaction' } as const] : []),
      following(source, { kind: 'place', place }),
      { kind: 'start-replication' },
    ],
    dependsOn: [found.id],
    precondition: { kind: 'none' },
    postcondition: { kind: 'replicates-from', source, running: false },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'lose-server',
    effect: `it replicates from ${instanceKeyText(source)}`,
  };
  return [applied, { ...found, dependsOn: [applied.id] }, moved];
}

const following = (source: InstanceKey, at: FollowAt): StepCommand => ({
  kind: 'follow-when-safe',
  source,
  at,
  relayLog: DRAINED,
  credentials: null,
  securedAs: null,
  unlessThere: false,
  name: { kind: 'own' },
});

/** D3: an applier that was merely stopped is started; the receiver is not touched. */
function applyStep({ instance }: PlaceReplica, seconds: number, stallSeconds: number | null = null): FailoverStep {
  return {
    id: drainStepId(instance.key),
    server: instance.key,
    commands: instance.applierRunning ? [] : [{ kind: 'start-applier' }],
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: { kind: 'drained-of-silent-source' },
    deadlineMillis: STATEMENT_MILLIS,
    patienceMillis: seconds * 1000,
    ...(stallSeconds === null ? {} : { stallMillis: stallSeconds * 1000 }),
    undo: [],
    onFailure: 'abort',
    effect: 'all it has received is applied',
  };
}

/** What the chosen one had applied when its log was looked at, and nothing else. */
const standsBeside = (server: InstanceKey, source: InstanceKey, place: PlaceReference): FailoverStep => ({
  id: stepId(`see that ${instanceKeyText(server)} stands where ${instanceKeyText(source)} did`),
  server,
  commands: [],
  dependsOn: [],
  precondition: { kind: 'none' },
  postcondition: { kind: 'applied-up-to', place, mayBePast: false },
  deadlineMillis: STATEMENT_MILLIS,
  patienceMillis: 0,
  undo: [],
  onFailure: 'lose-server',
  effect: 'both have applied the same',
});

const searchStep = (server: InstanceKey, source: InstanceKey): FailoverStep => ({
  id: stepId(`find where ${instanceKeyText(server)} stands on ${instanceKeyText(source)}`),
  server,
  commands: [{ kind: 'find-place', within: source }],
  dependsOn: [],
  precondition: { kind: 'none' },
  postcondition: { kind: 'none' },
  deadlineMillis: SEARCH_MILLIS,
  undo: [],
  onFailure: 'lose-server',
  effect: `its place in the binary logs of ${instanceKeyText(source)} is known`,
});
