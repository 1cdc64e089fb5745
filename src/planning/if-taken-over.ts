/**
 * What a planned switchover would do: the planners that the switchover itself asks, on what was read just now. Where they want what is only seen in the middle of it (what the primary
 * has executed once it is read-only), they are given what there is now.
 */
import { hasNoFile } from '../model/binlog-coordinates.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { usesGtid } from '../model/instance-status.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { frozenReplica } from './candidates.ts';
import type { StepCommand } from './deferred-command.ts';
import { freezePlan } from './freeze-plan.ts';
import { executedText, gtidProgress } from './gtid-progress.ts';
import type { Plan } from './plan.ts';
import { type PromotionSemiSync, promotionSemiSync } from './promotion-semi-sync.ts';
import type { RoleVariables } from './role-variables.ts';
import {
  planCatchUp,
  planOldPrimaryFollowsAt,
  planSiblingsBeside,
  planTakeoverByPlace,
} from './switchover-by-place.ts';
import { planDemotion, planFollow, planOldPrimaryFollows, planTakeover } from './switchover-plan.ts';

export interface TakeoverPreviewFacts {
  readonly clusterName: ClusterName;
  readonly primary: Instance;
  readonly successor: Instance;
  /** Those that are moved below the successor: first, or, without GTIDs, when it has taken over. */
  readonly siblings: readonly Instance[];
  /** That follow the successor afterwards, by what is known. */
  readonly followers: readonly Instance[];
  readonly credentials: ReplicationCredentials | null;
  readonly catchUpSeconds: number;
  /** For so long a replica may apply nothing of what it has received. Null: for all of that. */
  readonly stallSeconds: number | null;
  readonly useSuperReadOnly: boolean;
  readonly primaryVariables: RoleVariables;
  readonly replicaVariables: RoleVariables;
  readonly startsOld: boolean;
}

export type TakeoverPreview =
  | {
      readonly kind: 'planned';
      /** While writes go on. */
      readonly before: readonly Plan<StepCommand>[];
      /** Nobody takes writes meanwhile. */
      readonly outage: readonly Plan<StepCommand>[];
      readonly after: readonly Plan<StepCommand>[];
      readonly semiSync: PromotionSemiSync;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

export const ifTakenOver = (facts: TakeoverPreviewFacts): TakeoverPreview =>
  usesGtid(facts.successor) ? byGtid(facts) : byPlace(facts);

function byPlace(facts: TakeoverPreviewFacts): TakeoverPreview {
  const { clusterName, primary, successor, siblings, startsOld, catchUpSeconds: seconds } = facts;
  const logEnd = primary.selfCoordinates;
  if (hasNoFile(logEnd)) return { kind: 'refused', code: 'no-place', text: 'the primary shows no binary log' };
  const semiSync = promotionSemiSync(successor, primary, facts.followers);
  const { useSuperReadOnly, stallSeconds, primaryVariables, replicaVariables } = facts;
  const place = { applied: logEnd, logEnd: successor.selfCoordinates };
  const moves = { clusterName, from: primary.key, to: successor.key, siblings, logEnd, seconds, stallSeconds };
  return {
    kind: 'planned',
    before: [],
    outage: [
      planDemotion(clusterName, primary, successor, startsOld),
      planTakeoverByPlace({
        clusterName,
        demoted: primary,
        successor,
        logEnd,
        catchUpSeconds: seconds,
        useSuperReadOnly,
        startsOld,
        semiSync,
        primaryVariables,
      }),
    ],
    after: [
      ...(siblings.length === 0 ? [] : [planCatchUp(moves), ...planSiblingsBeside(moves, place)]),
      planOldPrimaryFollowsAt(
        place,
        { clusterName, demoted: primary, successor, start: startsOld, replicaVariables },
        facts.credentials,
      ),
    ],
    semiSync,
  };
}

function byGtid(facts: TakeoverPreviewFacts): TakeoverPreview {
  const { clusterName, primary, successor, siblings, startsOld, replicaVariables } = facts;
  const progress = gtidProgress(primary);
  if (progress === null) return { kind: 'refused', code: 'no-gtid', text: 'the primary shows no GTID state' };
  const moved = moving(facts);
  if (moved.kind === 'refused') return moved;
  const semiSync = promotionSemiSync(successor, primary, facts.followers);
  return {
    kind: 'planned',
    before: siblings.length === 0 ? [] : moved.plans,
    outage: [
      planDemotion(clusterName, primary, successor, startsOld),
      planTakeover({
        clusterName,
        demoted: primary,
        successor,
        demotedGtid: executedText(progress),
        catchUpSeconds: facts.catchUpSeconds,
        useSuperReadOnly: facts.useSuperReadOnly,
        startsOld,
        semiSync,
        primaryVariables: facts.primaryVariables,
      }),
    ],
    after: [
      planOldPrimaryFollows(
        { clusterName, demoted: primary, successor, start: startsOld, replicaVariables },
        facts.credentials,
      ),
    ],
    semiSync,
  };
}

type Moving =
  | { readonly kind: 'planned'; readonly plans: readonly Plan[] }
  | Extract<TakeoverPreview, { kind: 'refused' }>;

function moving({ clusterName, primary, successor, siblings }: TakeoverPreviewFacts): Moving {
  const frozen = siblings.flatMap((sibling) => frozenReplica(sibling) ?? []);
  const follow = planFollow(clusterName, successor, frozen, { kind: 'relocate', below: successor.key });
  if (follow.kind === 'refused') return { kind: 'refused', code: 'cannot-take-siblings', text: follow.text };
  return { kind: 'planned', plans: [freezePlan(clusterName, primary.key, siblings), follow.plan] };
}
