/**
 * What a planned switchover would do: the planners that the switchover itself asks, on what was read just now. Where they want what is only seen in the middle of it (what the primary
 * has executed once it is read-only), they are given what there is now.
 */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { frozenReplica } from './candidates.ts';
import { freezePlan } from './freeze-plan.ts';
import { executedText, gtidProgress } from './gtid-progress.ts';
import type { Plan } from './plan.ts';
import { type PromotionSemiSync, promotionSemiSync } from './promotion-semi-sync.ts';
import { planDemotion, planFollow, planOldPrimaryFollows, planTakeover } from './switchover-plan.ts';

export interface TakeoverPreviewFacts {
  readonly clusterName: ClusterName;
  readonly primary: Instance;
  readonly successor: Instance;
  /** Those that are moved below the successor first. */
  readonly siblings: readonly Instance[];
  /** That follow the successor afterwards, by what is known. */
  readonly followers: readonly Instance[];
  readonly credentials: ReplicationCredentials | null;
  readonly catchUpSeconds: number;
  readonly useSuperReadOnly: boolean;
  readonly startsOld: boolean;
}

export type TakeoverPreview =
  | {
      readonly kind: 'planned';
      /** While writes go on. */
      readonly before: readonly Plan[];
      /** Nobody takes writes meanwhile. */
      readonly outage: readonly Plan[];
      readonly after: readonly Plan[];
      readonly semiSync: PromotionSemiSync;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

export function ifTakenOver(facts: TakeoverPreviewFacts): TakeoverPreview {
  const { clusterName, primary, successor, siblings, startsOld } = facts;
  const progress = gtidProgress(primary);
  if (progress === null) return { kind: 'refused', code: 'no-gtid', text: 'the primary shows no GTID state' };
  const moved = moving(facts);
  if (moved.kind === 'refused') return moved;
  const semiSync = promotionSemiSync(successor, primary, facts.followers);
  return {
    kind: 'planned',
    before: siblings.length === 0 ? [] : moved.plans,
    outage: [
      planDemotion(clusterName, primary, successor.key, startsOld),
      planTakeover({
        clusterName,
        demoted: primary,
        successor,
        demotedGtid: executedText(progress),
        catchUpSeconds: facts.catchUpSeconds,
        useSuperReadOnly: facts.useSuperReadOnly,
        startsOld,
        semiSync,
      }),
    ],
    after: [planOldPrimaryFollows(clusterName, primary, successor, facts.credentials, startsOld)],
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
