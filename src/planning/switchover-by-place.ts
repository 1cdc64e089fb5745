/**
 * A planned switchover where nobody replicates by GTID (spec/recovery.md 5; I1 to I6). The demoted primary's binary log has an end, and whoever has applied up to it, and not further, stands where the
 * others do; there the successor's own log ends, too, until its first write: that is where all others go on. So the siblings are moved when the successor has taken over, and not before:
 * nobody could tell the way back to one that has moved (D10), and without a move there is none to go. Pure.
 */
import { type BinlogCoordinates, coordinatesText } from '../model/binlog-coordinates.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { comparable, type PlaceReplica } from './candidates.ts';
import { STATEMENT_MILLIS } from './deadlines.ts';
import type { StepCommand } from './deferred-command.ts';
import { followByPlace } from './failover-by-place.ts';
import { freezePlan } from './freeze-plan.ts';
import { drainStepId, NOTHING_PREDICTED, type Plan, type PlanStep, stepId } from './plan.ts';
import type { RecordedPlace } from './recorded-place.ts';
import { type OldPrimaryFacts, oldPrimaryBy, type TakeoverFacts, takeoverAfter } from './switchover-plan.ts';

export interface PlaceTakeoverFacts extends TakeoverFacts {
  /** Where the binary log of the demoted primary ends. */
  readonly logEnd: BinlogCoordinates;
}

/** The successor applies all that the demoted primary has written, then becomes the primary. */
export function planTakeoverByPlace(facts: PlaceTakeoverFacts): Plan<StepCommand> {
  const { demoted, successor, logEnd } = facts;
  const caughtUp: PlanStep<StepCommand> = {
    ...reachStep(successor.key, demoted.key, logEnd, facts.catchUpSeconds),
    precondition: { kind: 'replicates-from', source: demoted.key },
    onFailure: 'abort',
  };
  // The end of its log that came with the former look may have been read a moment before the last transaction was written there: whoever went on from there would apply that one twice.
  const stands: PlanStep<StepCommand> = {
    ...caughtUp,
    id: drainStepId(successor.key),
    dependsOn: [caughtUp.id],
    precondition: { kind: 'none' },
    patienceMillis: 0,
    recordsPlace: true,
    effect: 'it writes no more, and where its log ends is known',
  };
  const forget = { kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } } as const;
  return takeoverAfter<StepCommand>([caughtUp, stands], forget, facts);
}

export interface CatchUpFacts {
  readonly clusterName: ClusterName;
  readonly from: InstanceKey;
  readonly to: InstanceKey;
  readonly siblings: readonly Instance[];
  readonly logEnd: BinlogCoordinates;
  readonly seconds: number;
  /** For so long one of them may apply nothing. Null: for all of it. */
  readonly stallSeconds: number | null;
}

/** The siblings apply the last that the demoted primary has written, while the new one takes writes. */
export function planCatchUp(facts: CatchUpFacts): Plan {
  return {
    intent: { kind: 'relocate', below: facts.to },
    clusterName: facts.clusterName,
    steps: facts.siblings.map(({ key }) => ({
      ...reachStep(key, facts.from, facts.logEnd, facts.seconds),
      ...(facts.stallSeconds === null ? {} : { stallMillis: facts.stallSeconds * 1000 }),
    })),
    prediction: NOTHING_PREDICTED,
  };
}

const reachStep = (server: InstanceKey, source: InstanceKey, place: BinlogCoordinates, seconds: number): PlanStep => ({
  id: stepId(`let ${instanceKeyText(server)} apply all of ${instanceKeyText(source)}`),
  server,
  commands: [],
  dependsOn: [],
  precondition: { kind: 'none' },
  // Past it, somebody has written there all the same.
  postcondition: { kind: 'applied-up-to', place: { kind: 'known', coordinates: place }, mayBePast: false },
  deadlineMillis: STATEMENT_MILLIS,
  patienceMillis: seconds * 1000,
  undo: [],
  onFailure: 'lose-server',
  effect: `it has applied all up to ${coordinatesText(place)}`,
});

/** As they would be moved if all of them stood at that place now; for a preview. */
export function planSiblingsBeside(
  facts: Pick<CatchUpFacts, 'clusterName' | 'from' | 'to' | 'siblings' | 'seconds'>,
  place: RecordedPlace,
): readonly Plan<StepCommand>[] {
  const { clusterName, from, to, siblings, seconds } = facts;
  const where = {
    kind: 'beside',
    applied: { kind: 'known', coordinates: place.applied },
    logEnd: { kind: 'known', coordinates: place.logEnd },
  } as const;
  const lanes = comparable(siblings)
    .replicas.filter((replica): replica is PlaceReplica => replica.progress.family === 'position')
    .flatMap((replica) => followByPlace(replica, to, where, seconds));
  const intent = { kind: 'relocate', below: to } as const;
  return [
    freezePlan(clusterName, from, siblings),
    { intent, clusterName, steps: lanes, prediction: NOTHING_PREDICTED },
  ];
}

/** The old primary goes on where the log of the new one ended when that one had all of it (I4). Refused where it has written anything since. */
export function planOldPrimaryFollowsAt(
  place: RecordedPlace,
  facts: OldPrimaryFacts,
  credentials: ReplicationCredentials | null,
): Plan<StepCommand> {
  const { allowTls, replicationTls, receiverOptions, key } = facts.successor;
  const follow = {
    kind: 'follow-when-safe',
    source: key,
    at: { kind: 'place', place: { kind: 'known', coordinates: place.logEnd } },
    relayLog: { kind: 'drained' },
    credentials,
    securedAs: null,
    // How the successor reached its source is how its source shall reach it.
    like: { allowTls, replicationTls, receiverOptions },
    unlessThere: false,
    name: { kind: 'own' },
  } as const;
  return oldPrimaryBy<StepCommand>(follow, { kind: 'stands-still', logEnd: place.applied }, facts);
}
