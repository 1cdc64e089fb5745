/** The settings that recovery obeys, already read and checked; asked at each use, so that a reload takes effect. */
import type { NamedCluster } from '../analysis/policy.ts';
import type { Seconds } from '../model/brand.ts';
import type { FencingDemand } from '../planning/fencing.ts';
import type { PromotionPolicy } from '../planning/promotion-policy.ts';
import type { RoleVariables } from '../planning/role-variables.ts';
import type { SemiSyncMode } from '../planning/semi-sync-topology.ts';
import type { HookEntry, HookList } from './run-hooks.ts';

export type HookLists = Readonly<Record<HookList, readonly HookEntry[]>>;

/** What other nodes of orchestrator have to say before this one acts. */
export interface AgreementPolicy {
  readonly asksOtherNodes: boolean;
  /** How many nodes must miss the server, this one included; 0: most of those that can tell. */
  readonly agreeingNodes: number;
}

export interface RecoveryPolicy {
  readonly promotion: PromotionPolicy;
  /** `ReplicaVariables` */
  readonly replicaVariables: RoleVariables;
  readonly hooks: HookLists;
  readonly recoveryBlockSeconds: Seconds;
  readonly detectionBlockSeconds: Seconds;
  readonly reasonableMaintenanceReplicationLagSeconds: Seconds;
  /** How long a problem must have lasted before it is recovered (`MinimumSecondsBeforeRecovery`). */
  readonly minimumSeconds: (cluster: NamedCluster, code: string) => Seconds;
  readonly agreement: AgreementPolicy;
  /** `MaxConcurrentRecoveries`, at least one. */
  readonly recoveriesAtOnce: number;
  /** `RecoveryOrderClusterFilters`: the place of the first that has the cluster, from 0; their number where none has. */
  readonly placeInOrder: (cluster: NamedCluster) => number;
  /** `FencingBeforePromotion` */
  readonly fencingDemand: FencingDemand;
  /** `AutoRejoinDemotedPrimary` */
  readonly rejoinsDemoted: boolean;
  /** `CoMasterRecoveryMustPromoteOtherCoMaster` */
  readonly coPrimaryMustBeOther: boolean;
  /** `RecoverNonWriteableMaster` */
  readonly recoversNonWriteablePrimary: boolean;
  /** `RecoverRestartedMaster` */
  readonly recoversRestartedPrimary: boolean;
  /** `EnforceExactSemiSyncReplicas`, else `RecoverLockedSemiSyncMaster`; null: a primary that waits for acknowledgements is left alone. */
  readonly semiSyncMode: SemiSyncMode | null;
  /** Process-wide dry run: hooks are skipped, commands that change a server refused. */
  readonly noop: boolean;
}
