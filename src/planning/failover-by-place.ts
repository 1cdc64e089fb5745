/**
 * The steps of a failover where nobody replicates by GTID (spec/recovery.md 2.4, D1). Replicas of one source stand at places of the same binary log. Whoever stands where the chosen one does goes on at
 * the end of the chosen one's own log, as that was before its first write; whoever has got less far finds its place there by markers of pseudo-GTID. Pure.
 */
import { compareCoordinates, coordinatesText } from '../model/binlog-coordinates.ts';
import { detachKey, type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { PlaceReplica } from './candidates.ts';
import { FOLLOW_MILLIS, LOST_APPLY_SECONDS, SEARCH_MILLIS, STATEMENT_MILLIS } from './deadlines.ts';
import type { FailoverStep, FailoverWay } from './failover-way.ts';
import { drainStepId, movingStepId, stepId } from './plan.ts';
import { hasHalfTransaction } from './relay-log-ends.ts';
import type { PositionProgress } from './replica-progress.ts';

const DRAINED = { kind: 'drained' } as const;

/** Both have received the same, and stand at the same place once they have applied it. */
export const endsAt = (replica: PlaceReplica, chosen: PlaceReplica): boolean =>
  compareCoordinates(replica.progress.received, chosen.progress.received) === 0;

export const failoverByPlace: FailoverWay<PositionProgress> = {
  prepare(chosen, _donor, policy) {
    const { key } = chosen.instance;
    const applied: FailoverStep = {
      ...applyStep(chosen, policy.drainSeconds),
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

  followRefusal(replica, chosen, { pseudoGtidIsConfigured }) {
    if (endsAt(replica, chosen) || pseudoGtidIsConfigured) return null;
    return `it has received up to ${coordinatesText(replica.progress.received)}, and without GTIDs or markers (PseudoGTIDPattern) nobody can tell where that is in the log of the promoted server`;
  },

  follow(replica, chosen, { drainSeconds }) {
    const source = chosen.instance.key;
    const drained = drainStepId(source);
    const applied: FailoverStep = {
      ...applyStep(replica, drainSeconds),
      dependsOn: [drained],
      onFailure: 'lose-server',
    };
    const found = endsAt(replica, chosen) ? standsBeside(replica, source) : searchStep(replica, source);
    const place = endsAt(replica, chosen)
      ? ({ kind: 'log-end', after: drained } as const)
      : ({ kind: 'found', by: found.id } as const);
    const moved: FailoverStep = {
      id: movingStepId(replica.instance.key, source),
      server: replica.instance.key,
      commands: [
        // D15: its applier is stopped by what follows, and would wait a minute for a rest that never comes.
        ...(hasHalfTransaction(replica.instance) ? [{ kind: 'end-half-transaction' } as const] : []),
        {
          kind: 'follow-when-safe',
          source,
          at: { kind: 'place', place },
          relayLog: DRAINED,
          credentials: null,
          securedAs: null,
          unlessThere: false,
          name: { kind: 'own' },
        },
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
      commands: [
        {
          kind: 'follow-when-safe',
          source: to,
          at: { kind: 'own-place' },
          relayLog: DRAINED,
          credentials: null,
          securedAs: null,
          unlessThere: false,
          name: { kind: 'own' },
        },
      ],
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

/** D3: an applier that was merely stopped is started; the receiver is not touched. */
function applyStep({ instance }: PlaceReplica, seconds: number): FailoverStep {
  return {
    id: drainStepId(instance.key),
    server: instance.key,
    commands: instance.applierRunning ? [] : [{ kind: 'start-applier' }],
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: { kind: 'drained-of-silent-source' },
    deadlineMillis: STATEMENT_MILLIS,
    patienceMillis: seconds * 1000,
    undo: [],
    onFailure: 'abort',
    effect: 'all it has received is applied',
  };
}

/** What the chosen one had applied when its log was looked at, and nothing else. */
const standsBeside = (replica: PlaceReplica, source: InstanceKey): FailoverStep => ({
  id: stepId(`see that ${instanceKeyText(replica.instance.key)} stands where ${instanceKeyText(source)} did`),
  server: replica.instance.key,
  commands: [],
  dependsOn: [],
  precondition: { kind: 'none' },
  postcondition: { kind: 'applied-up-to', place: { kind: 'applied', after: drainStepId(source) }, mayBePast: false },
  deadlineMillis: STATEMENT_MILLIS,
  patienceMillis: 0,
  undo: [],
  onFailure: 'lose-server',
  effect: 'both have applied the same',
});

const searchStep = (replica: PlaceReplica, source: InstanceKey): FailoverStep => ({
  id: stepId(`find where ${instanceKeyText(replica.instance.key)} stands on ${instanceKeyText(source)}`),
  server: replica.instance.key,
  commands: [{ kind: 'find-place', within: source }],
  dependsOn: [],
  precondition: { kind: 'none' },
  postcondition: { kind: 'none' },
  deadlineMillis: SEARCH_MILLIS,
  undo: [],
  onFailure: 'lose-server',
  effect: `its place in the binary logs of ${instanceKeyText(source)} is known`,
});
