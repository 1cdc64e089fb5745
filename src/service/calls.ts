/**
 * The calls of a running node: what the doors (http, cli, pages) may ask for. One interface a subject; `OrchestratorCalls` is their sum.
 *
 * The doors import these types only. A refusal is a value with a stable code and the text that clients of the contract match on.
 */

import type { AnalysisEntry } from '../analysis/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { ResolvedName } from '../discovery/hostname-resolver.ts';
import type { DiscoveryStatistics } from '../discovery/metrics/discovery-statistics.ts';
import type { QueueSample, QueueStatistics } from '../discovery/metrics/queue-samples.ts';
import type { DiscoveryRecord } from '../discovery/metrics/timing-columns.ts';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../model/binlog-event.ts';
import type { ClusterName, Seconds, UnixMillis } from '../model/brand.ts';
import type { CloneRun } from '../model/clone-run.ts';
import type { CandidateRegistration, Downtime, Maintenance } from '../model/decisions.ts';
import type { HostAttribute } from '../model/host-attribute.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type {
  BlockedRecovery,
  FailureDetection,
  NodeIdentity,
  RecoveryRecord,
  RecoveryStep,
} from '../model/recovery-record.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';
import type { ServerSight } from '../model/server-sight.ts';
import type { InstanceTag, TagExpression, TagSelector } from '../model/tag.ts';
import type { Equivalence } from '../planning/operations/operation-facts.ts';
import type { OperationPlan, OperationStep, RejectedMethod } from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import type { AnalysisChange } from '../ports/analysis-changelog-store.ts';
import type { AuditRecord, NodeRow, RecoveryQuery } from '../ports/decision-store.ts';
import type { LookOf } from '../ports/other-nodes.ts';
import type { Finding } from '../preflight/finding.ts';
import type { NodeEvent } from './events.ts';
import type { Explanation } from './explanation.ts';
import type { RecoveryPlan } from './recovery-plan.ts';

/** Why something was not done. `code` is stable and ours; `message` is the contract's text where it has one. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Outcome<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export const ok = <Value>(value: Value): { readonly kind: 'ok'; readonly value: Value } => ({ kind: 'ok', value });
export const refused = (code: string, message: string): { readonly kind: 'refused'; readonly refusal: Refusal } => ({
  kind: 'refused',
  refusal: { code, message },
});

/** Code of `recover` when there is nothing to recover: no failure for the command line, an ERROR answer for the API. */
export const RECOVERY_NOT_ATTEMPTED = 'not-attempted';

/** Code of `recover` when it ended without a successor: the doors have different texts for it. */
export const NOBODY_PROMOTED = 'nobody-promoted';

/** Code of a `regroup-replicas` that is refused: its message is the contract's whole sentence. One that fails tells its reason alone. */
export const COULD_NOT_REGROUP = 'cannot-regroup';

export { NICE_STOP_SECONDS_MAX } from '../planning/deadlines.ts';

/** An instance with what was decided about it. */
export interface InstanceView {
  readonly instance: Instance;
  /** Only while it lasts. */
  readonly downtime: Downtime | null;
  readonly candidate: CandidateRegistration | null;
  /** Under which the outside reaches its host, as a person has said; '' if nobody has (spec/discovery.md 11.3). */
  readonly virtualName?: string;
}

/** Summary of a cluster (spec/http-api.md 3.4). */
export interface ClusterInfo {
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly clusterDomain: string;
  readonly countInstances: number;
  readonly hasAutomatedPrimaryRecovery: boolean;
  readonly hasAutomatedIntermediatePrimaryRecovery: boolean;
}

export interface NamingCalls {
  /** Host and port as texts of a request → key: parsed, resolved, completed when exactly one known server matches (spec/http-api.md 1.5). */
  resolveKey(host: string, port: string): Outcome<InstanceKey>;
  /** As `resolveKey` for one text `host[:port]` (spec/cli.md 1.4). */
  resolveKeyText(text: string): Outcome<InstanceKey>;
  /** As given: parsed, not resolved, not completed (`forget`). */
  rawKey(host: string, port: string): Outcome<InstanceKey>;
  /** Cluster hint → name (spec/http-api.md 1.5): name, alias, instance, completed instance. */
  clusterByHint(hint: string): Outcome<ClusterName>;
  /** Alias table only: alias or name → name; null when unknown. */
  clusterByAlias(alias: string): ClusterName | null;
}

/** What is known, without contacting any server. */
/** Whether a cluster matches the filters of automated recovery. */
export interface AutomatedRecovery {
  readonly hasAutomatedPrimaryRecovery: boolean;
  readonly hasAutomatedIntermediatePrimaryRecovery: boolean;
}

export interface TopologyCalls {
  now(): UnixMillis;
  /** By the filters of the configuration; the cluster need not exist any more (records of the past ask, spec/http-api.md 3.6). */
  automatedRecovery(cluster: { readonly clusterName: ClusterName; readonly clusterAlias: string }): AutomatedRecovery;
  instance(key: InstanceKey): InstanceView | null;
  /** Order: depth, most replicas, cluster, host, port. */
  allInstances(): readonly InstanceView[];
  /** By host, port. */
  cluster(name: ClusterName): readonly InstanceView[];
  search(text: string): readonly InstanceView[];
  replicasOf(key: InstanceKey): readonly InstanceView[];
  /** Depth 0 or co-primary; writable first, then by depth. */
  primaryOf(name: ClusterName): InstanceView | null;
  /** One writable primary a cluster, by cluster name. */
  writablePrimaries(): readonly InstanceView[];
  /** By host, port; without downtimed and ignored ones. `clusterName`: exact. */
  problems(clusterName?: string): readonly InstanceView[];
  /** By cluster, depth. */
  downtimed(clusterName?: ClusterName): readonly InstanceView[];
  clusters(): readonly ClusterInfo[];
  clusterInfo(name: ClusterName): ClusterInfo | null;
  /** Tree as text; lines joined by LF, no final LF. */
  topologyText(name: ClusterName, form: 'plain' | 'tabulated' | 'tags'): Promise<string>;
  /** Present problems and structure warnings, in the contract's order (spec/failure-detection.md 6, 10). */
  replicationAnalysis(options: {
    readonly clusterName?: string;
    readonly key?: InstanceKey;
    readonly includeDowntimed: boolean;
  }): readonly AnalysisEntry[];
}

/** A cluster as a snapshot shows it. */
export interface PastTopology {
  /** The name it had then. */
  readonly clusterName: ClusterName;
  /** When the snapshot was taken. */
  readonly takenAt: UnixMillis;
  /** Tree as text; lines joined by LF, no final LF. */
  readonly text: string;
}

export interface HistoryCalls {
  /** Writes down the present topology; how many servers that are. */
  snapshotTopologies(): Promise<Outcome<number>>;
  /** Of all snapshots, oldest first. */
  snapshotTimes(): Promise<readonly UnixMillis[]>;
  /** From the newest snapshot that is not later. `hint`: name or alias of the cluster, then or now, or the key of one of its servers. */
  topologyAt(hint: string, at: UnixMillis, form: 'plain' | 'tabulated'): Promise<Outcome<PastTopology>>;
  /** What servers were called, change by change; by server, the oldest first. */
  analysisChangelog(): Promise<readonly AnalysisChange[]>;
}

export interface DiscoveryCalls {
  /** Live read now, stored at once; neighbours are crawled afterwards. Null: excluded by a filter. */
  discover(key: InstanceKey): Promise<Outcome<Instance | null>>;
  discoverInBackground(key: InstanceKey): void;
  /** Live read now. */
  refresh(key: InstanceKey): Promise<Outcome<Instance>>;
  forget(key: InstanceKey): Promise<Outcome<InstanceKey>>;
  forgetCluster(name: ClusterName): Promise<Outcome<ClusterName>>;
}

/** What became of one server of an operation. */
export interface OperatedServer {
  readonly key: InstanceKey;
  /** `failed`: it was touched, and is as it was as far as `text` does not say otherwise. `untouched`: nothing was sent to it. */
  readonly kind: 'done' | 'failed' | 'untouched';
  /** What was done, or why not; one line. */
  readonly text: string;
  /** As read at the end; null: it could not be read. */
  readonly instance: Instance | null;
}

export interface OperationReport {
  readonly plan: OperationPlan;
  /** The server of the request, as read at the end; null: it could not be read, or the request is about none. */
  readonly instance: Instance | null;
  /** One a lane, in the order of the plan and then of what is done after it (`next`). */
  readonly servers: readonly OperatedServer[];
  /** What did not go as planned and keeps nothing from counting as done: one line each. */
  readonly problems: readonly string[];
  /** Places that were found in binary logs, by the server that was matched. */
  readonly found: readonly { readonly key: InstanceKey; readonly coordinates: BinlogCoordinates }[];
  readonly millis: number;
}

/**
 * `partly`: some servers are done and some are not. `failed`: none is, and what had been done is undone as far as the report does not say otherwise. `refused`: nothing
 * was sent to any server.
 */
export type OperationOutcome =
  | { readonly kind: 'done'; readonly report: OperationReport }
  | { readonly kind: 'partly' | 'failed'; readonly report: OperationReport; readonly refusal: Refusal }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly rejected: readonly RejectedMethod[] };

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: OperationPlan }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly rejected: readonly RejectedMethod[] };

/** A step of a plan as it would be sent: statements of the server's own dialect, with `<…>` where a value is known only when it is run. */
export interface ShownStep {
  readonly step: OperationStep;
  readonly statements: readonly string[];
  readonly undo: readonly string[];
}

/** Everything that changes a server, beside recoveries. */
export interface OperationCalls {
  /** What `operate` would do. Reads servers; changes nothing. */
  planOperation(request: OperationRequest): Promise<PlanOutcome>;
  /** The steps of a plan, and of what is done after it (`next`), in the order in which they begin, with their statements. Passwords are not shown. */
  shownSteps(plan: OperationPlan): readonly ShownStep[];
  operate(request: OperationRequest): Promise<OperationOutcome>;
}

/** How far a server is that is being provisioned anew. */
export interface ReprovisionStatus {
  readonly key: InstanceKey;
  /** What was begun and has not ended well yet; null: nothing. */
  readonly record: ReprovisionRecord | null;
  /** What was last said of it; null: this process is not at it. */
  readonly progress: string | null;
  /** The last clone that it has received, as it tells now; null: none, or it does not tell. */
  readonly clone: CloneRun | null;
  /** Why it does not tell; '' where it does. */
  readonly untold: string;
}

export interface ReprovisionCalls {
  /** Asks the server. */
  reprovisionStatus(key: InstanceKey): Promise<Outcome<ReprovisionStatus>>;
}

/** A range of transactions that only one server has and should not (spec/topology-operations.md 1.3). */
export interface ErrantRange {
  /** One entry of a GTID set with one interval, tag included. */
  readonly gtid: string;
  /** When it was first seen to be errant here; null: before anybody looked. */
  readonly firstSeen: UnixMillis | null;
}

export interface ErrantReport {
  readonly key: InstanceKey;
  /** As the server was read just now. */
  readonly gtidErrant: string;
  /** Why it cannot be told whether there are any; '' where it can. */
  readonly untold: string;
  readonly transactions: number;
  readonly ranges: readonly ErrantRange[];
  /** The part of it that is in no binary log of the server any more; '' if none. */
  readonly purged: string;
  /** What each way out would do, in sentences; refused ones say why. */
  readonly waysOut: readonly {
    readonly kind: 'inject-empty' | 'reset';
    readonly refusal: string;
    readonly effects: readonly string[];
  }[];
}

/** Questions about replication that may read servers and change none. */
export interface InspectionCalls {
  /** O67, O68. Refused: it may not, and why. The value is `other`. */
  canReplicateFrom(
    key: InstanceKey,
    other: InstanceKey,
    options: { readonly byGtid: boolean },
  ): Promise<Outcome<InstanceKey>>;
  /** O9: statements around `statement`, which may be ''; each ends with one semicolon. Nothing is executed. */
  restartStatements(key: InstanceKey, statement: string): Promise<Outcome<readonly string[]>>;
  /** O22: the same place in other servers' binary logs. */
  equivalentsOf(key: InstanceKey, coordinates: BinlogCoordinates): Promise<readonly Equivalence[]>;
  /** O51: who would be chosen among its replicas. */
  candidateReplica(key: InstanceKey): Outcome<InstanceKey>;
  /** O33: read just now. */
  errantGtid(key: InstanceKey): Promise<Outcome<ErrantReport>>;
  /** O34: the binary logs that have errant transactions, oldest first. */
  locateErrantGtid(key: InstanceKey): Promise<Outcome<readonly string[]>>;
  /** O45. `allLogs`: not the newest alone. `live`: the server is read first. */
  lastPseudoGtid(
    key: InstanceKey,
    options: { readonly allLogs: boolean; readonly live: boolean },
  ): Promise<Outcome<FoundEntry>>;
  /** O46: backwards from the newest log. */
  findBinlogEntry(key: InstanceKey, text: string): Promise<Outcome<BinlogCoordinates>>;
  /** O47. Without coordinates: where the server is now. */
  correlateBinlogPosition(
    key: InstanceKey,
    coordinates: BinlogCoordinates | null,
    other: InstanceKey,
  ): Promise<Outcome<BinlogCoordinates>>;
  /** O48. Without coordinates: the last event of its relay logs. */
  correlateRelayLogPosition(
    key: InstanceKey,
    coordinates: BinlogCoordinates | null,
    other: InstanceKey,
  ): Promise<Outcome<CorrelatedRelayLogs>>;
  /** O49. */
  lastExecutedRelayEntry(key: InstanceKey): Promise<Outcome<BinlogEvent>>;
  /** O7: at most `timeoutSeconds`; refused when it was not reached by then. */
  waitForPosition(key: InstanceKey, coordinates: BinlogCoordinates, timeoutSeconds: number): Promise<Outcome<Instance>>;
}

export interface FoundEntry {
  readonly coordinates: BinlogCoordinates;
  readonly text: string;
}

export interface CorrelatedRelayLogs {
  readonly own: BinlogCoordinates;
  readonly correlated: BinlogCoordinates;
  readonly next: BinlogCoordinates;
}

export interface DecisionCalls {
  beginDowntime(key: InstanceKey, owner: string, reason: string, duration: Seconds): Promise<Outcome<Downtime>>;
  endDowntime(key: InstanceKey): Promise<Outcome<boolean>>;
  beginMaintenance(key: InstanceKey, owner: string, reason: string, duration: Seconds): Promise<Outcome<Maintenance>>;
  endMaintenance(key: InstanceKey): Promise<Outcome<boolean>>;
  endMaintenanceById(id: number): Promise<Outcome<boolean>>;
  maintenance(): Promise<readonly Maintenance[]>;
  registerCandidate(key: InstanceKey, rule: string): Promise<Outcome<InstanceKey>>;
}

export interface HostNameCalls {
  /** By the name that was used. */
  resolvedNames(): ReadonlyMap<string, ResolvedName>;
  /** In memory and in the backend. */
  clearResolvedNames(): Promise<void>;
  /** By the host name that each stands for. */
  virtualNames(): ReadonlyMap<string, string>;
  /** Whether somebody listens there; under the name that is dialled, as configured. */
  reach(key: InstanceKey): Promise<Outcome<InstanceKey>>;
  /** As the name service has it. */
  canonicalKey(key: InstanceKey): Promise<Outcome<InstanceKey>>;
  /** '' takes it away. */
  setVirtualName(key: InstanceKey, virtualName: string): Promise<Outcome<InstanceKey>>;
  /** An alias that a person gives to a cluster; '' takes it away. */
  setClusterAlias(name: ClusterName, alias: string): Promise<Outcome<ClusterName>>;
  /** Promotion rules that are registered. */
  candidates(): readonly CandidateRegistration[];
}

export interface TagCalls {
  /** By name. */
  tags(key: InstanceKey): Promise<readonly InstanceTag[]>;
  /** By host, port; servers that nobody knows may be among them. */
  tagged(selector: TagSelector): Promise<readonly InstanceKey[]>;
  /** Adds or replaces; a sign of negation means nothing here (contract). */
  tag(key: InstanceKey, tag: TagExpression): Promise<Outcome<InstanceKey>>;
  /** From one server, or (null) from all that have this value. Who had it, by host, port. */
  untag(tag: TagExpression, key: InstanceKey | null): Promise<Outcome<readonly InstanceKey[]>>;
}

/** A known server in a pool. */
export interface PooledInstance {
  readonly pool: string;
  readonly key: InstanceKey;
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
}

export interface PoolCalls {
  /** `instances`: comma list of `host[:port]`. Replaces all members; the value is the pool. One bad item, and nothing changes. */
  submitPool(pool: string, instances: string): Promise<Outcome<string>>;
  /** By cluster, pool, host, port. `clusterName`: exact. */
  pooledInstances(clusterName?: string): Promise<readonly PooledInstance[]>;
  /** Members that answer and serve data, by host, port; without `pool` those of any. */
  heuristicPoolInstances(clusterName: ClusterName, pool?: string): Promise<readonly InstanceView[]>;
  /** The greatest known lag of these, in seconds; refused when none is known. */
  heuristicPoolLag(clusterName: ClusterName, pool?: string): Promise<Outcome<number>>;
}

export interface AttributeCalls {
  setHostAttribute(attribute: Pick<HostAttribute, 'hostname' | 'name' | 'value'>): Promise<Outcome<true>>;
  /** By host. */
  hostAttributes(name: string): Promise<readonly HostAttribute[]>;
  /** The server stored under the domain name of the cluster, as `host:port`. */
  domainInstance(clusterName: ClusterName): Promise<Outcome<string>>;
  /** Stores the one writable primary under the domain name of the cluster. */
  setDomainInstance(clusterName: ClusterName): Promise<Outcome<string>>;
}

/** A recovery just executed, with the full analysis that a stored record does not keep (spec/http-api.md 3.6). */
export interface ExecutedRecovery {
  readonly record: RecoveryRecord;
  readonly entry: AnalysisEntry;
  /** `file:pos` of the promoted server at promotion. */
  readonly successorCoordinates: Instance['selfCoordinates'] | null;
}

export interface TakeoverRequest {
  readonly clusterName: ClusterName;
  readonly designated: InstanceKey | null;
  /** Choose a successor by itself and start replication on the demoted primary. */
  readonly auto: boolean;
}

/** A person has the primary replaced, whatever its health. */
export interface ForcedFailoverRequest {
  readonly clusterName: ClusterName;
  /** `force-master-takeover`; null: the best. */
  readonly designated: InstanceKey | null;
}

/** Null: the best. */
export interface PlanFailoverRequest {
  readonly clusterName: ClusterName;
  readonly designated: InstanceKey | null;
}

/** What a recovery would do. Nothing is changed, and nothing is registered. */
export interface RecoveryPlanCalls {
  /** If the primary died now, or were replaced by force; on what was last seen. Refused where nobody would be promoted, with the reasons. */
  planFailover(request: PlanFailoverRequest): Outcome<RecoveryPlan>;
  /** Reads the primary and its replicas. Refused as the switchover itself would be. */
  planTakeover(request: TakeoverRequest): Promise<Outcome<RecoveryPlan>>;
}

export interface RecoveryCalls {
  /** Refused with the contract's texts where there is not one primary, or nobody was promoted. */
  forceFailover(request: ForcedFailoverRequest): Promise<Outcome<ExecutedRecovery>>;
  gracefulTakeover(request: TakeoverRequest): Promise<Outcome<ExecutedRecovery>>;
  recover(
    key: InstanceKey,
    options: { readonly candidate: InstanceKey | null; readonly skipProcesses: boolean },
  ): Promise<Outcome<InstanceKey>>;
  recoveries(query: RecoveryQuery): Promise<readonly RecoveryRecord[]>;
  activeRecoveries(clusterName?: string): Promise<readonly RecoveryRecord[]>;
  recoverySteps(uid: string): Promise<readonly RecoveryStep[]>;
  detections(query: RecoveryQuery): Promise<readonly FailureDetection[]>;
  blockedRecoveries(clusterName?: string): Promise<readonly BlockedRecovery[]>;
  acknowledge(
    what:
      | { readonly kind: 'cluster'; readonly clusterName: ClusterName }
      | { readonly kind: 'instance'; readonly key: InstanceKey }
      | { readonly kind: 'id'; readonly id: number }
      | { readonly kind: 'uid'; readonly uid: string }
      | { readonly kind: 'all' },
    by: string,
    comment: string,
  ): Promise<Outcome<number>>;
  recoveriesDisabled(): Promise<boolean>;
  setRecoveriesDisabled(disabled: boolean): Promise<Outcome<boolean>>;
}

/** What a preflight finds, with the statements of the server's dialect. */
export interface PreflightFinding extends Omit<Finding, 'remedies' | 'advice'> {
  /** For the running server, in order; for people, never sent by us. */
  readonly statements: readonly string[];
  /** Lines of the server's option file: what remains after a restart. */
  readonly optionFile: readonly string[];
  /** What else to do, or to mind. */
  readonly notes: readonly string[];
}

export interface PreflightReport {
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly at: UnixMillis;
  /** Those that were checked, or should have been. */
  readonly servers: readonly InstanceKey[];
  /** Gravest first. */
  readonly findings: readonly PreflightFinding[];
}

export interface PreflightCalls {
  /** What would make detection slow or blind, or a failover lossy or impossible. Asks every server of the cluster; changes nothing. */
  preflight(name: ClusterName): Promise<Outcome<PreflightReport>>;
}

export interface ExplainCalls {
  /** Why what is thought and done of a cluster is so; from the picture as it is, nobody is asked anything. */
  explain(name: ClusterName): Promise<Outcome<Explanation>>;
}

export interface SightCalls {
  /** What this node sees of these servers, in their order; of those that it does not watch nothing. Refused: too many at once. */
  sights(keys: readonly InstanceKey[], look: LookOf): Promise<Outcome<readonly ServerSight[]>>;
  /** What people see as the name of the backend: the SQLite file, or `host:port`. */
  backendName(): string;
  /** By which this process knows its own answers. */
  nodeId(): string;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly identity: NodeIdentity;
  readonly isActiveNode: boolean;
  readonly activeNode: NodeRow | null;
  readonly availableNodes: readonly NodeRow[];
  /** One line; null when healthy. */
  readonly error: string | null;
}

export interface NodeCalls {
  readonly identity: NodeIdentity;
  readonly version: string;
  settings(): Settings;
  health(): Promise<HealthReport>;
  isLeader(): boolean;
  audit(query: { readonly page: number; readonly key?: InstanceKey }): Promise<readonly AuditRecord[]>;
  /** What happens, as it happens; the returned function ends the subscription. */
  subscribe(listener: (event: NodeEvent) => void): () => void;
}

/** Measurements of discovery, of the last so many seconds as far as they are kept (spec/discovery.md 23). */
export interface MetricsCalls {
  /** Oldest first. */
  discoveries(lastSeconds: number): readonly DiscoveryRecord[];
  discoveryStatistics(lastSeconds: number): DiscoveryStatistics;
  /** One a second, oldest first. Null: no queue of that name. */
  queueSamples(queue: string, lastSeconds: number): readonly QueueSample[] | null;
  queueStatistics(queue: string, lastSeconds: number): QueueStatistics | null;
}

/** The queue in which every server waits to be read. */
export const DEFAULT_QUEUE = 'DEFAULT';

export interface OrchestratorCalls
  extends NamingCalls,
    TopologyCalls,
    HistoryCalls,
    DiscoveryCalls,
    OperationCalls,
    ReprovisionCalls,
    InspectionCalls,
    DecisionCalls,
    HostNameCalls,
    TagCalls,
    PoolCalls,
    AttributeCalls,
    RecoveryCalls,
    RecoveryPlanCalls,
    MetricsCalls,
    PreflightCalls,
    ExplainCalls,
    SightCalls,
    NodeCalls {}
