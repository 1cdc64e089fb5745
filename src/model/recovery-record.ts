/**
 * Detections, recoveries and their steps as records: what is kept and shown (spec/recovery.md 9.1, backend-schema.md 5.4).
 */
import type { BinlogCoordinates } from './binlog-coordinates.ts';
import type { Brand, ClusterName, UnixMillis } from './brand.ts';
import type { InstanceKey } from './instance-key.ts';

/** `<unix nanoseconds>:<64 hex digits>`; the same on every node. */
export type RecoveryUid = Brand<string, 'RecoveryUid'>;

/** Host name and token of an orchestrator process; the token is new at each start. */
export interface NodeIdentity {
  readonly hostname: string;
  readonly token: string;
}

/** What a detection and a recovery remember of the analysis that caused them. */
export interface AnalysisDigest {
  readonly key: InstanceKey;
  readonly code: string;
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly countReplicas: number;
  readonly replicas: readonly InstanceKey[];
}

export interface FailureDetection {
  readonly id: number;
  readonly digest: AnalysisDigest;
  readonly isActionable: boolean;
  readonly inActivePeriod: boolean;
  readonly start: UnixMillis;
  readonly endUnixSeconds: number;
  readonly node: NodeIdentity;
  /** Newest recovery that refers to this detection; 0 if none. */
  readonly relatedRecoveryId: number;
}

export interface Acknowledgement {
  readonly at: UnixMillis;
  readonly by: string;
  readonly comment: string;
}

export interface RecoveryRecord {
  readonly id: number;
  readonly uid: RecoveryUid;
  readonly digest: AnalysisDigest;
  /** Still in the anti-flapping period; says nothing about running. */
  readonly inActivePeriod: boolean;
  readonly start: UnixMillis;
  /** Null: still running. */
  readonly end: UnixMillis | null;
  readonly node: NodeIdentity;
  readonly isSuccessful: boolean;
  readonly successorKey: InstanceKey | null;
  readonly successorAlias: string;
  readonly lostReplicas: readonly InstanceKey[];
  readonly participants: readonly InstanceKey[];
  readonly errors: readonly string[];
  readonly acknowledgement: Acknowledgement | null;
  readonly lastDetectionId: number;
}

export interface RecoveryStep {
  readonly id: number;
  readonly uid: RecoveryUid;
  readonly at: UnixMillis;
  readonly message: string;
}

export interface BlockedRecovery {
  readonly key: InstanceKey;
  readonly clusterName: ClusterName;
  readonly code: string;
  readonly lastBlocked: UnixMillis;
  readonly blockingRecoveryId: number;
}

/** Journal lines that are not of a step: the plan itself, as JSON. */
export const PLAN_ENTRY = 'plan';

/** Journal line of whoever takes a cut recovery up; its detail is the token of the process. */
export const TAKEN_UP = 'taken up';

/** Step of the last line of a journal: nothing of the recovery is left to do, hooks included. */
export const JOURNAL_END = 'end';

/** How a recovery ended. */
export interface RecoveryOutcome {
  readonly successorKey: InstanceKey | null;
  readonly successorAlias: string;
  readonly successorCoordinates: BinlogCoordinates | null;
  readonly lostReplicas: readonly InstanceKey[];
  readonly participants: readonly InstanceKey[];
  readonly errors: readonly string[];
}
