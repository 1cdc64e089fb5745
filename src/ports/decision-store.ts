/**
 * The backend as the keeper of decisions. Written through, before they take effect; each call is one transaction.
 * In raft mode the same calls are commands of the log; here they go to the node's own backend.
 */
import type { UnixMillis } from '../model/brand.ts';
import type { CandidateRegistration, Downtime, Maintenance } from '../model/decisions.ts';
import type { HostAttribute } from '../model/host-attribute.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { PoolMembership } from '../model/pool.ts';
import type {
  AnalysisDigest,
  BlockedRecovery,
  FailureDetection,
  NodeIdentity,
  RecoveryOutcome,
  RecoveryRecord,
  RecoveryStep,
  RecoveryUid,
} from '../model/recovery-record.ts';
import type { InstanceTag } from '../model/tag.ts';

export interface DowntimeStore {
  /** One row a server; a later one overrides. */
  beginDowntime(downtime: Downtime): Promise<void>;
  /** False when there was none. */
  endDowntime(key: InstanceKey): Promise<boolean>;
  /** All rows, ended ones too; callers compare `end` with now. */
  loadDowntimes(): Promise<readonly Downtime[]>;
  /** Those of this reason that have not ended and would before `end` then end at `end`. Tells how many. */
  prolongDowntimes(reason: string, now: UnixMillis, end: UnixMillis): Promise<number>;
  deleteEndedDowntimes(now: UnixMillis): Promise<number>;
}

/** Who takes a lock. */
export interface LockOptions {
  /** The process that works under it. */
  readonly node: NodeIdentity;
  /** Asked for by a person: survives the process. */
  readonly bounded: boolean;
}

export type LocksBegun =
  /** One a server, by host and port. */
  | { readonly kind: 'begun'; readonly locks: readonly Maintenance[] }
  /** Nothing was locked. The locks in the way, by host and port: which server, whose, why, since when. */
  | { readonly kind: 'held'; readonly by: readonly Maintenance[] };

export interface MaintenanceStore {
  /** Null: somebody else holds the lock. */
  beginMaintenance(lock: Omit<Maintenance, 'id'>, options: LockOptions): Promise<Maintenance | null>;
  /**
   * All of them or none, in one transaction; of a server that is given twice the first. Locks past their end are in nobody's way. For operations on several
   * servers: one that got half of its locks and waited for the others would stand in the way of whoever has those (spec/topology-operations.md 3.12).
   */
  beginMaintenanceOfAll(locks: readonly Omit<Maintenance, 'id'>[], options: LockOptions): Promise<LocksBegun>;
  /**
   * The lock, as it was begun, ends then, later or earlier. False: it is gone, since somebody ended it or it is expired, and nothing was changed; or it is not
   * this node's. Whoever works under it must stop: somebody else may hold the server already. Past its end it can be renewed as long as it is active: nobody
   * has had the server meanwhile.
   */
  renewMaintenance(lock: Maintenance, end: UnixMillis, node: NodeIdentity): Promise<boolean>;
  /** Ends this very lock of this node. False: it is gone already, and whoever holds the server now keeps it, even under the number that the lock had. */
  releaseMaintenance(lock: Maintenance, now: UnixMillis, node: NodeIdentity): Promise<boolean>;
  endMaintenance(key: InstanceKey, now: UnixMillis): Promise<boolean>;
  endMaintenanceById(id: number, now: UnixMillis): Promise<boolean>;
  /**
   * The active ones, also past their end or without one (the end is 0 then): whether it counts is for callers to say. Nothing is concluded of such a server
   * until its lock is expired (spec/failure-detection.md 2); nobody is told of it any more (spec/topology-operations.md 1.9).
   */
  loadMaintenance(): Promise<readonly Maintenance[]>;
  /**
   * Deletes what is past its end, implicit locks whose process is not among `living`, and what ended a week ago; tells how many
   * (spec/topology-operations.md 1.9).
   */
  expireMaintenance(now: UnixMillis, living: readonly NodeIdentity[]): Promise<number>;
}

export interface CandidateStore {
  registerCandidate(registration: CandidateRegistration): Promise<void>;
  loadCandidates(): Promise<readonly CandidateRegistration[]>;
  deleteCandidatesOlderThan(oldest: UnixMillis): Promise<number>;
}

export interface TagStore {
  /** One value a server and name; a later one overrides. */
  putTag(tag: InstanceTag, at: UnixMillis): Promise<void>;
  /** Of one server or of all; only where the value is this one, or whatever it is. The servers that had it, by host, port. */
  deleteTags(selection: {
    readonly name: string;
    readonly key?: InstanceKey;
    readonly value?: string;
  }): Promise<readonly InstanceKey[]>;
  /** By host, port, name. */
  loadTags(selection?: { readonly key?: InstanceKey; readonly name?: string }): Promise<readonly InstanceTag[]>;
}

export interface PoolStore {
  /** Replaces all members of the pool; without any, the pool is gone. No key may be given twice. */
  replacePool(pool: string, members: readonly InstanceKey[], at: UnixMillis): Promise<void>;
  /** Registered at that time or later; by pool, host, port. */
  loadPools(registeredSince: UnixMillis): Promise<readonly PoolMembership[]>;
  deletePoolMembersOlderThan(oldest: UnixMillis): Promise<number>;
}

export interface HostAttributeStore {
  /** One value a host and name; a later one overrides. It has no end. */
  setHostAttribute(attribute: Pick<HostAttribute, 'hostname' | 'name' | 'value'>, at: UnixMillis): Promise<void>;
  /** By host. */
  loadHostAttributes(name: string): Promise<readonly HostAttribute[]>;
}

/** Newest first, 20 a page (spec/recovery.md 9.3); without `page` the first one. */
export interface RecoveryQuery {
  readonly page?: number;
  readonly id?: number;
  readonly uid?: string;
  readonly clusterName?: string;
  readonly clusterAlias?: string;
  readonly unacknowledgedOnly?: boolean;
}

export type RegisterRecoveryResult =
  | { readonly kind: 'registered'; readonly record: RecoveryRecord }
  /** A recovery of this server is in its active period (the unique key; spec/recovery.md 1.6 step 4). */
  | { readonly kind: 'already-registered' };

/** Which recoveries an acknowledgement means (spec/recovery.md 1.6 table). */
export type AcknowledgeSelection =
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'uid'; readonly uid: string }
  | { readonly kind: 'failed-instance'; readonly key: InstanceKey; readonly completedOnly?: boolean }
  | { readonly kind: 'cluster-name'; readonly clusterName: string }
  | { readonly kind: 'cluster-alias'; readonly clusterAlias: string }
  | { readonly kind: 'all' };

export interface RecoveryStore {
  /** True when newly registered: the first detector runs the hooks. */
  registerDetection(
    digest: AnalysisDigest,
    isActionable: boolean,
    node: NodeIdentity,
    at: UnixMillis,
  ): Promise<boolean>;
  clearDetections(
    selection: { readonly key?: InstanceKey; readonly clusterName?: string; readonly startedBefore?: UnixMillis },
    now: UnixMillis,
  ): Promise<number>;
  detections(query: RecoveryQuery): Promise<readonly FailureDetection[]>;

  registerRecovery(
    uid: RecoveryUid,
    digest: AnalysisDigest,
    node: NodeIdentity,
    at: UnixMillis,
  ): Promise<RegisterRecoveryResult>;
  resolveRecovery(uid: RecoveryUid, outcome: RecoveryOutcome, at: UnixMillis): Promise<void>;
  /** Tells how many. By failed instance (unless `completedOnly`), cluster name or alias it also clears their detections. */
  acknowledge(selection: AcknowledgeSelection, by: string, comment: string, at: UnixMillis): Promise<number>;
  /**
   * Ends the active period: of one, or of those that started before and have ended; the anti-flapping runs out. One that is still under way, or waits to
   * be taken up, keeps its cluster blocked: it may have promoted somebody whom nobody can reach (B5).
   */
  endActivePeriods(
    selection: { readonly startedBefore: UnixMillis } | { readonly uid: RecoveryUid },
    now: UnixMillis,
  ): Promise<number>;
  recoveries(query: RecoveryQuery): Promise<readonly RecoveryRecord[]>;
  /** In their active period, whatever page. */
  activeRecoveries(): Promise<readonly RecoveryRecord[]>;
  /** Begun and not ended, or ended as people see it while its journal says that work was left: what a death in the middle leaves behind. */
  unfinishedRecoveries(): Promise<readonly RecoveryRecord[]>;

  /** In this order, all of them or none. */
  addSteps(uid: RecoveryUid, lines: readonly StepLine[]): Promise<void>;
  steps(uid: string): Promise<readonly RecoveryStep[]>;

  recordBlocked(blocked: BlockedRecovery): Promise<void>;
  expireBlocked(notRefreshedSince: UnixMillis): Promise<void>;
  blockedRecoveries(clusterName?: string): Promise<readonly BlockedRecovery[]>;

  recoveriesDisabled(): Promise<boolean>;
  setRecoveriesDisabled(disabled: boolean): Promise<void>;
}

/** What a recovery says of itself to people. */
export type StepLine = Pick<RecoveryStep, 'message' | 'at'>;

export type JournalPhase = 'intended' | 'done' | 'failed' | 'undoing' | 'undone' | 'skipped';

/** One line of the journal of a recovery: written before and after each step, so that a successor can tell what was under way. */
export interface JournalEntry {
  readonly uid: RecoveryUid;
  /** Order of writing within the recovery, from 1. */
  readonly sequence: number;
  readonly stepId: string;
  readonly phase: JournalPhase;
  readonly at: UnixMillis;
  /** The step, or its result, as JSON. */
  readonly detail: string;
}

export interface JournalStore {
  /** All of them or none. Rejects where a sequence number is taken: two writers would be running one recovery. */
  append(entries: readonly JournalEntry[]): Promise<void>;
  journal(uid: string): Promise<readonly JournalEntry[]>;
}

export interface AuditRecord {
  readonly id: number;
  readonly at: UnixMillis;
  readonly type: string;
  readonly key: InstanceKey | null;
  readonly clusterName: string;
  readonly message: string;
}

export interface AuditQuery {
  readonly page: number;
  readonly key?: InstanceKey;
  readonly type?: string;
  /** Of any of these clusters. */
  readonly clusterNames?: readonly string[];
}

export interface AuditStore {
  appendAudit(record: Omit<AuditRecord, 'id'>): Promise<void>;
  /** Newest first, twenty a page. */
  audit(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

/** What kind of process a node is; contract texts of `node_health.extra_info`. */
export const SERVICE_NODE = 'HttpMode';
export const COMMAND_NODE = 'CLIMode';

export interface NodeRow {
  readonly identity: NodeIdentity;
  readonly firstSeenActive: UnixMillis;
  readonly lastSeenActive: UnixMillis;
  /** `SERVICE_NODE`, `COMMAND_NODE`, or what an older process wrote. */
  readonly extraInfo: string;
  readonly command: string;
  readonly appVersion: string;
  readonly dbBackend: string;
}

export interface NodeStore {
  /** Registers or renews this process in `node_health`. Rejects when the backend cannot be written: the node is then unhealthy. */
  registerNode(row: Omit<NodeRow, 'firstSeenActive'>): Promise<void>;
  availableNodes(seenSince: UnixMillis): Promise<readonly NodeRow[]>;
  deleteNodesUnseenSince(unseenSince: UnixMillis): Promise<void>;
  removeNode(identity: NodeIdentity): Promise<void>;
  /** Insert, take over when `expiredBefore`, or renew (spec/high-availability.md 4). True: this node is the active one. */
  attemptElection(identity: NodeIdentity, now: UnixMillis, expiredBefore: UnixMillis): Promise<boolean>;
  grabElection(identity: NodeIdentity, now: UnixMillis): Promise<void>;
  activeNode(): Promise<NodeRow | null>;
}

export interface PurgeLimits {
  readonly auditOlderThan: UnixMillis;
  readonly recoveriesOlderThan: UnixMillis;
  readonly changelogOlderThan: UnixMillis;
}

export interface Backend
  extends DowntimeStore,
    MaintenanceStore,
    CandidateStore,
    TagStore,
    PoolStore,
    HostAttributeStore,
    RecoveryStore,
    JournalStore,
    AuditStore,
    NodeStore {
  /** What people see as the name of the backend: the SQLite file, or `host:port`. */
  readonly name: string;
  purge(limits: PurgeLimits): Promise<void>;
  close(): Promise<void>;
}
