/**
 * What the pages know of a database server, a cluster, an analysis and a recovery: today's words, only what is shown.
 * Made from the API's JSON in `api/read-*.ts`; nothing else knows the contract's names.
 */

/** `host:port`, the public name of a server. */
export type ServerKey = string;

export type ThreadState = 'none' | 'stopped' | 'running' | 'other';

export interface SemiSyncFacts {
  readonly sourceEnabled: boolean;
  readonly sourceStatus: boolean;
  readonly sourceClients: number;
  readonly sourceWaitFor: number;
  readonly replicaEnabled: boolean;
  readonly replicaStatus: boolean;
}

export interface DowntimeFacts {
  readonly reason: string;
  readonly owner: string;
  /** Contract timestamp, UTC; '' unknown. */
  readonly until: string;
}

export interface Server {
  readonly key: ServerKey;
  readonly alias: string;
  readonly clusterName: string;
  readonly suggestedClusterAlias: string;
  /** Null: replicates from nobody. A detached source keeps its `//` prefix. */
  readonly sourceKey: ServerKey | null;
  readonly isCoPrimary: boolean;
  readonly readOnly: boolean;
  readonly version: string;
  readonly flavor: string;
  readonly versionComment: string;
  readonly serverId: number;
  readonly serverUuid: string;
  readonly uptimeSeconds: number;
  readonly dataCenter: string;
  readonly region: string;
  readonly environment: string;
  readonly receiver: ThreadState;
  readonly applier: ThreadState;
  readonly receiverError: string;
  readonly applierError: string;
  /** Null: not known, or not a replica. */
  readonly lagSeconds: number | null;
  /** Lag that is wanted: `SOURCE_DELAY`. */
  readonly delaySeconds: number;
  readonly usesGtid: 'oracle' | 'mariadb' | null;
  readonly gtidMode: string;
  readonly executedGtidSet: string;
  readonly purgedGtidSet: string;
  readonly errantGtidSet: string;
  readonly binlogFormat: string;
  readonly binlogEnabled: boolean;
  readonly logsReplicaUpdates: boolean;
  readonly binlogPosition: string;
  readonly semiSync: SemiSyncFacts;
  readonly isLastCheckValid: boolean;
  readonly isRecentlyChecked: boolean;
  /** Null: never answered. */
  readonly secondsSinceLastSeen: number | null;
  readonly lastSeen: string;
  readonly promotionRule: string;
  readonly downtime: DowntimeFacts | null;
  /** Problem keys of the contract (spec/http-api.md 4.3). */
  readonly problems: readonly string[];
  readonly groupName: string;
  readonly groupRole: string;
  readonly groupState: string;
}

export interface ClusterInfo {
  readonly name: string;
  /** Equals the name when there is none. */
  readonly alias: string;
  readonly domain: string;
  readonly countServers: number;
  readonly recoversPrimary: boolean;
  readonly recoversIntermediate: boolean;
}

export interface Analysis {
  readonly key: ServerKey;
  readonly clusterName: string;
  readonly clusterAlias: string;
  readonly recoversPrimary: boolean;
  readonly recoversIntermediate: boolean;
  /** `NoProblem` when only structure warnings are present. */
  readonly code: string;
  readonly description: string;
  readonly structure: readonly string[];
  readonly isDowntimed: boolean;
  readonly countReplicas: number;
  readonly countReplicatingReplicas: number;
}

export interface Recovery {
  readonly id: number;
  readonly uid: string;
  readonly code: string;
  readonly failedKey: ServerKey;
  readonly clusterName: string;
  readonly clusterAlias: string;
  readonly successorKey: ServerKey | null;
  readonly isSuccessful: boolean;
  readonly lost: readonly ServerKey[];
  readonly errors: readonly string[];
  readonly start: string;
  /** '' while it runs. */
  readonly end: string;
  readonly node: string;
  readonly acknowledged: boolean;
  readonly acknowledgedBy: string;
  readonly acknowledgedComment: string;
}

export interface RecoveryStep {
  readonly id: number;
  readonly at: string;
  readonly message: string;
}

/** A recovery that anti-flapping prevents now. */
export interface BlockedRecovery {
  readonly key: ServerKey;
  readonly code: string;
  readonly blockingRecoveryId: number;
}

export interface NodeHealth {
  readonly healthy: boolean;
  readonly hostname: string;
  readonly isActiveNode: boolean;
}
