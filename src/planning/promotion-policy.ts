/** The settings that candidate choice and failover plans obey, already read and checked. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import type { ReplicationRules } from './can-replicate.ts';
import type { RoleVariables } from './role-variables.ts';

/** What becomes of a failover whose best candidate does not apply in time what it has received. */
export type WhenNotDrained =
  /** The next best is promoted; what that one has not received is named. */
  | 'next'
  /** `Fail…` and `DelayMasterPromotionIfSQLThreadNotUpToDate`: nobody is promoted who has received less. */
  | 'nobody'
  /** `AcceptLossIfSQLThreadNotUpToDate`: likewise; then the one that has applied most is promoted, and the rest is named and dropped. */
  | 'accept-loss';

export interface PromotionPolicy extends ReplicationRules {
  readonly promotionRule: (key: InstanceKey) => PromotionRule;
  /** `PromotionIgnoreHostnameFilters`. */
  readonly isIgnored: (key: InstanceKey) => boolean;
  readonly preventCrossDataCenter: boolean;
  readonly preventCrossRegion: boolean;
  /** 0: no limit. */
  readonly failOnLagMinutes: number;
  /** How long a promoted server may take to apply what it received, seconds. */
  readonly drainSeconds: number;
  /** For how long it may apply nothing meanwhile, seconds; null: for all of that time. */
  readonly drainStallSeconds: number | null;
  readonly whenNotDrained: WhenNotDrained;
  /** `ApplyMySQLPromotionAfterMasterFailover`: reset replication and make writable; off for those whose hooks do it. */
  readonly applyPromotion: boolean;
  readonly detachLost: boolean;
  /** `PseudoGTIDPattern` is set: binary logs can be searched for markers. */
  readonly pseudoGtidIsConfigured: boolean;
  readonly useSuperReadOnly: boolean;
  /** `PrimaryVariables` */
  readonly primaryVariables: RoleVariables;
}
