// What tests look at in the answers of API v1 (spec/http-api.md 1.3 and 3).

export interface Answer {
  readonly status: number;
  /** Of the envelope; '' for a bare answer. */
  readonly code: string;
  readonly message: string;
  /** Details of the envelope, or the bare body. */
  readonly details: unknown;
}

interface SeenKey {
  readonly Hostname: string;
  readonly Port: number;
}

export interface SeenInstance {
  readonly GtidErrant: string;
  readonly Key: SeenKey;
  readonly MasterKey: SeenKey;
  readonly ClusterName: string;
  readonly ReadOnly: boolean;
  readonly Uptime: number;
  readonly SemiSyncMasterEnabled: boolean;
  readonly IsLastCheckValid: boolean;
  readonly LastSeenTimestamp: string;
  readonly ReplicationLagSeconds: { readonly Int64: number; readonly Valid: boolean };
  readonly ReplicationIOThreadRuning: boolean;
  readonly ReplicationSQLThreadRuning: boolean;
  readonly IsDowntimed: boolean;
  readonly DowntimeReason: string;
}

/** Any server as a member of a replication group; where it is none, the texts are empty. */
export interface SeenMember extends SeenInstance {
  readonly ReplicationDepth: number;
  readonly Problems: readonly string[];
  readonly ReplicationGroupName: string;
  readonly ReplicationGroupIsSinglePrimary: boolean;
  readonly ReplicationGroupMemberState: string;
  readonly ReplicationGroupMemberRole: string;
  readonly ReplicationGroupMembers: readonly SeenKey[];
  readonly ReplicationGroupPrimaryInstanceKey: SeenKey;
}

export interface SeenClusterInfo {
  readonly ClusterName: string;
  readonly ClusterAlias: string;
}

export interface SeenAnalysis {
  readonly AnalyzedInstanceKey: SeenKey;
  readonly Analysis: string;
}

export interface SeenRecovery {
  readonly UID: string;
  readonly AnalysisEntry: SeenAnalysis;
  readonly SuccessorKey: SeenKey;
  readonly IsActive: boolean;
  readonly IsSuccessful: boolean;
  readonly LostReplicas: readonly SeenKey[];
  readonly AllErrors: readonly string[];
  readonly RecoveryEndTimestamp: string;
  readonly Acknowledged: boolean;
  readonly AcknowledgedBy: string;
  readonly AcknowledgedComment: string;
}

export interface SeenBlocked {
  readonly FailedInstanceKey: SeenKey;
  readonly ClusterName: string;
  readonly Analysis: string;
  readonly BlockingRecoveryId: number;
}
