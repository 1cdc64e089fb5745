/** The settings that candidate choice and failover plans obey, already read and checked. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import type { ReplicationRules } from './can-replicate.ts';

export interface PromotionPolicy extends ReplicationRules {
  readonly promotionRule: (key: InstanceKey) => PromotionRule;
  /** `PromotionIgnoreHostnameFilters`. */
  readonly isIgnored: (key: InstanceKey) => boolean;
  readonly preventCrossDataCenter: boolean;
  readonly preventCrossRegion: boolean;
  /** 0: no limit. */
  readonly failOnLagMinutes: number;
  /** `FailMasterPromotionIfSQLThreadNotUpToDate`: a candidate with unapplied relay log is refused instead of waited for. */
  readonly failIfNotDrained: boolean;
  /** How long a promoted server may take to apply what it received, seconds. */
  readonly drainSeconds: number;
  /** `ApplyMySQLPromotionAfterMasterFailover`: reset replication and make writable; off for those whose hooks do it. */
  readonly applyPromotion: boolean;
  readonly detachLost: boolean;
  /** `PseudoGTIDPattern` is set: binary logs can be searched for markers. */
  readonly pseudoGtidIsConfigured: boolean;
  readonly useSuperReadOnly: boolean;
}
