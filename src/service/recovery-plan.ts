/** What a recovery would do, before anybody has it done: who is promoted and why, what becomes of every server, every statement, how long, and what may be lost. */
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { Durability } from '../planning/durability.ts';
import type { PredictedTime } from '../planning/predicted-time.ts';
import type { ShownStep } from './calls.ts';

/** What it is after the recovery. */
export type ServerAfterwards =
  | 'primary'
  | 'replica'
  /** It has, or needs, what the new primary has not: it is detached, and left to people. */
  | 'lost'
  /** It does not answer now: brought along when it is back. */
  | 'pending'
  /** The replaced one, which does not answer. */
  | 'replaced';

export interface ServerVerdict {
  readonly key: InstanceKey;
  readonly afterwards: ServerAfterwards;
  /** Why it is that; one clause, '' where there is nothing to say. */
  readonly because: string;
  /** Why it may not be promoted; '' where it may. */
  readonly notPromoted: string;
  /** Transactions that it alone would have; '' if none. */
  readonly transactionsAtRisk: string;
}

export interface PlannedStage {
  /** One clause, for people. */
  readonly what: string;
  readonly steps: readonly ShownStep[];
}

export interface RecoveryPlan {
  readonly kind: 'failover' | 'takeover';
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly at: UnixMillis;
  readonly primary: InstanceKey;
  readonly promoted: InstanceKey;
  /** Why that one, a clause about it. */
  readonly because: string;
  readonly servers: readonly ServerVerdict[];
  readonly stages: readonly PlannedStage[];
  /** All of it, without hooks. */
  readonly time: PredictedTime;
  /** How long nobody takes writes: of a failover from the moment in which the death is proven. */
  readonly outage: PredictedTime;
  /** Of a switchover: it waits for all that the old primary has, and loses nothing, or is called off. */
  readonly durability: Durability | 'nothing-is-lost';
  readonly warnings: readonly string[];
}
