/**
 * What lies on a simulated disk: the rows of the backend that a call of the ports can read back. Histories that only people read by SQL
 * (`node_health_history`, `hostname_resolve_history`, the changelog of analyses) are not kept.
 *
 * A row is replaced, never changed: what a call has given out must not change under the hands of its caller.
 */
import type { ClusterName, UnixMillis } from '../../model/brand.ts';
import type { CandidateRegistration, Downtime, Maintenance } from '../../model/decisions.ts';
import type { HostAttribute } from '../../model/host-attribute.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey, KeyId } from '../../model/instance-key.ts';
import type { PoolMembership } from '../../model/pool.ts';
import type {
  Acknowledgement,
  BlockedRecovery,
  FailureDetection,
  NodeIdentity,
  RecoveryRecord,
  RecoveryStep,
} from '../../model/recovery-record.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { InstanceTag } from '../../model/tag.ts';
import type { SnapshotServer } from '../../model/topology-snapshot.ts';
import type { AuditRecord, JournalEntry, NodeRow } from '../../ports/decision-store.ts';
import type { ErrantSightingOf } from '../../ports/errant-sighting-store.ts';
import type { StandingStill } from '../../ports/standing-still-store.ts';
import type { AnalysisChangeRow } from './analysis-log.ts';
import type { CoordinatesRow } from './coordinates-history.ts';
import type { NameRow } from './names.ts';
import type { EquivalenceRow } from './position-equivalences.ts';
import type { StaleCoordinatesRow } from './stale-coordinates.ts';
import type { StoredTime } from './timestamp.ts';

type StoredField<Value> = Value extends UnixMillis ? StoredTime : Value;

/** A noun of the ports with its times as they are stored. */
export type Row<Entity> = { readonly [Field in keyof Entity]: StoredField<Entity[Field]> };

export type DowntimeRow = Row<Downtime>;
export type CandidateRow = Row<CandidateRegistration>;
export type BlockedRow = Row<BlockedRecovery>;
export type StepRow = Row<RecoveryStep>;
export type HealthRow = Row<NodeRow>;
export type AttributeRow = Row<HostAttribute>;

export interface PoolRow extends PoolMembership {
  readonly registered: StoredTime;
}

export interface MaintenanceRow extends Row<Maintenance> {
  readonly isActive: boolean;
  readonly node: NodeIdentity;
  readonly bounded: boolean;
}

/** `endUnixSeconds`: the second in which the active period was closed, 0 while it is open. */
export type DetectionRow = Row<Omit<FailureDetection, 'relatedRecoveryId'>>;

export interface RecoveryRow extends Row<Omit<RecoveryRecord, 'acknowledgement'>> {
  /** Second in which the active period was closed, 0 while it is open. */
  readonly endUnixSeconds: number;
  readonly acknowledgement: Row<Acknowledgement> | null;
}

/** `NO_SERVER` where the record is about none. */
export interface AuditRow extends Row<Omit<AuditRecord, 'key'>> {
  readonly key: InstanceKey;
}

export interface ActiveNodeRow extends NodeIdentity {
  readonly firstSeenActive: StoredTime;
  readonly lastSeenActive: StoredTime;
}

/** Lists are in the order of their ids, which is that of their writing. */
export interface Tables {
  readonly instances: Map<KeyId, Instance>;
  /** By the name that was used. */
  readonly hostnameResolves: Map<string, NameRow>;
  /** Virtual names by host name. */
  readonly hostnameUnresolves: Map<string, NameRow>;
  readonly clusterDomains: Map<ClusterName, NameRow>;
  readonly clusterAliases: Map<ClusterName, NameRow>;
  /** No call of the ports writes these: a scenario sets them, as a person would by SQL. */
  readonly clusterAliasOverrides: Map<ClusterName, string>;
  /** What each server is called, and since when. */
  readonly lastAnalyses: Map<KeyId, AnalysisChangeRow>;
  readonly staleCoordinates: Map<KeyId, StaleCoordinatesRow>;
  readonly errantSightings: Map<KeyId, readonly ErrantSightingOf[]>;
  readonly standingStill: Map<KeyId, StandingStill>;
  readonly reprovisions: Map<KeyId, ReprovisionRecord>;
  /** Clusters with pseudo-GTID, and when it was last injected. */
  readonly injections: Map<ClusterName, StoredTime>;
  readonly downtimes: Map<KeyId, DowntimeRow>;
  readonly candidates: Map<KeyId, CandidateRow>;
  readonly blocked: Map<KeyId, BlockedRow>;
  /** By the second in which they were taken. */
  readonly snapshots: Map<number, readonly SnapshotServer[]>;
  /** By `nodeId`. */
  readonly nodes: Map<string, HealthRow>;
  analysisChanges: readonly AnalysisChangeRow[];
  coordinatesHistory: readonly CoordinatesRow[];
  equivalences: readonly EquivalenceRow[];
  tags: readonly InstanceTag[];
  poolMembers: readonly PoolRow[];
  hostAttributes: readonly AttributeRow[];
  maintenance: readonly MaintenanceRow[];
  detections: readonly DetectionRow[];
  recoveries: readonly RecoveryRow[];
  steps: StepRow[];
  journal: JournalEntry[];
  audit: AuditRow[];
  activeNode: ActiveNodeRow | null;
  recoveriesDisabled: boolean;
}

export const emptyTables = (): Tables => ({
  instances: new Map(),
  hostnameResolves: new Map(),
  hostnameUnresolves: new Map(),
  clusterDomains: new Map(),
  clusterAliases: new Map(),
  clusterAliasOverrides: new Map(),
  lastAnalyses: new Map(),
  staleCoordinates: new Map(),
  errantSightings: new Map(),
  standingStill: new Map(),
  reprovisions: new Map(),
  injections: new Map(),
  downtimes: new Map(),
  candidates: new Map(),
  blocked: new Map(),
  snapshots: new Map(),
  nodes: new Map(),
  analysisChanges: [],
  coordinatesHistory: [],
  equivalences: [],
  tags: [],
  poolMembers: [],
  hostAttributes: [],
  maintenance: [],
  detections: [],
  recoveries: [],
  steps: [],
  journal: [],
  audit: [],
  activeNode: null,
  recoveriesDisabled: false,
});
