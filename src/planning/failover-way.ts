/** What a failover by GTID and one by places in binary logs have in common: the same questions, answered by `failover-by-gtid.ts` and `failover-by-place.ts`. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { BinlogServerFeed } from './binlog-server-feed.ts';
import type { FrozenReplica } from './candidates.ts';
import type { StepCommand } from './deferred-command.ts';
import type { LostServer, PlanStep, StepId } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import type { ReplicaProgress } from './replica-progress.ts';

export type FailoverStep = PlanStep<StepCommand>;

export interface FailoverWay<Progress extends ReplicaProgress> {
  /** Before anybody is promoted, in order. The last one is the chosen one's drain: after it, it has applied all that it can get. */
  readonly prepare: (
    chosen: FrozenReplica<Progress>,
    donor: FrozenReplica<Progress> | null,
    policy: PromotionPolicy,
    feed: BinlogServerFeed | null,
  ) => readonly FailoverStep[];
  /** Drops the relay log of one that is drained. */
  readonly forget: (chosen: FrozenReplica<Progress>) => StepCommand;
  /** Why a replica that has received no more than the chosen one cannot follow it all the same; null: it can. */
  readonly followRefusal: (
    replica: FrozenReplica<Progress>,
    chosen: FrozenReplica<Progress>,
    policy: PromotionPolicy,
    feed: BinlogServerFeed | null,
  ) => string | null;
  /** In order. `after`: the chosen one's drain, or its promotion. `feed`: what a binlog server has up to where the chosen one stands then. */
  readonly follow: (
    replica: FrozenReplica<Progress>,
    chosen: FrozenReplica<Progress>,
    policy: PromotionPolicy,
    after: StepId,
    feed: BinlogServerFeed | null,
  ) => readonly FailoverStep[];
  /** D7: a lost replica is detached, so that nobody reads stale data from it believing it replicates. What it received is applied first: it may be the only copy (D4). */
  readonly detach: (
    lost: LostServer,
    replica: FrozenReplica<Progress>,
    failed: InstanceKey,
    decided: StepId,
  ) => readonly FailoverStep[];
}
