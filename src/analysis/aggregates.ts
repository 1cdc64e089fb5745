/**
 * What is counted of a server and its direct replicas before anything is concluded (spec/failure-detection.md section 4).
 */
import { sameCoordinates } from '../model/binlog-coordinates.ts';
import type { UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, isDetachedKey, NO_SOURCE_HOSTNAME } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { majorVersionText, parseServerVersion } from '../model/server-version.ts';
import { isSourceSilent } from '../model/source-silence.ts';
import type { StaleCoordinates, StuckWrite } from './picture.ts';
import type { AnalysisPolicy } from './policy.ts';
import { failsToConnect } from './receiver-failure.ts';
import { lastCheckValidity, type Validity } from './validity.ts';

/** Sums over the direct replicas. "Valid" ones are those that the last check reached. */
export interface ReplicaCounts {
  readonly countReplicas: number;
  readonly countValid: number;
  /** Valid, receiver and applier running, and not without a sign of the source for too long. */
  readonly countValidReplicating: number;
  /** Valid and failing to connect to their source. */
  readonly countFailingToConnect: number;
  /** Valid or not. */
  readonly countLagging: number;
  /** Delayed by configuration, valid or not. */
  readonly countDelayed: number;
  readonly countDowntimed: number;
  readonly countSemiSyncEnabled: number;
  /** Logging = has a binary log and writes to it what it replicates: able to feed others. */
  readonly countLogging: number;
  readonly countStatementLogging: number;
  readonly countMixedLogging: number;
  readonly countRowLogging: number;
  readonly countDistinctMajorVersionsLogging: number;
  readonly isAllOracleGtid: boolean;
  readonly isAllMariadbGtid: boolean;
  readonly isAllBinlogServers: boolean;
  /** Smallest and largest as text; '' without replicas. */
  readonly minGtidMode: string;
  readonly maxGtidMode: string;
  /** Largest as text among those not downtimed; '' if none is errant. */
  readonly maxGtidErrant: string;
}

export interface Aggregates extends ReplicaCounts {
  /** Has no source, or a detached one, and is not a secondary of a replication group. */
  readonly isPrimary: boolean;
  /** A member expelled from its group (state ERROR) is still one. */
  readonly isGroupMember: boolean;
  readonly isCoPrimary: boolean;
  /** The cluster is named after it. Orders the result, decides nothing. */
  readonly isClusterPrimary: boolean;
  readonly isBinlogServer: boolean;
  readonly isReadOnly: boolean;
  readonly gtidMode: string;
  readonly replicationDepth: number;
  readonly isFailingToConnect: boolean;
  readonly validity: Validity;
  /** `validity` is `valid`. */
  readonly lastCheckValid: boolean;
  readonly lastCheckPartialSuccess: boolean;
  readonly isUsingPseudoGtid: boolean;
  readonly semiSyncEnabled: boolean;
  readonly semiSyncStatus: boolean;
  readonly semiSyncWaitForReplicaCount: number;
  readonly semiSyncClients: number;
  /** Has stood at the same binary log coordinates for longer than a primary may before it counts as locked. */
  readonly hasStaleCoordinates: boolean;
  /** A write that was tried on it does not come to an end, or is refused (A11). */
  readonly cannotCommit: boolean;
  /** It took writes until it was started anew, and its cluster is one whose primary is recovered (A23). */
  readonly isReadOnlyByRestart: boolean;
}

export interface AggregateInput {
  readonly subject: Instance;
  /** Those that claim the subject as their source. */
  readonly replicas: readonly Instance[];
  readonly isDowntimed: (replica: Instance) => boolean;
  readonly staleCoordinates: StaleCoordinates | null;
  readonly stuckWrite: StuckWrite | null;
  readonly isReadOnlyByRestart: boolean;
}

/** Facts in, counts out; nothing is concluded here. */
export function aggregate(input: AggregateInput, policy: AnalysisPolicy, now: UnixMillis): Aggregates {
  const { subject, replicas } = input;
  const validity = lastCheckValidity(subject, policy);
  return {
    ...countReplicas(replicas, input.isDowntimed, policy),
    isPrimary: isPrimary(subject),
    isGroupMember: subject.group.name !== '' && subject.group.memberState !== 'OFFLINE',
    isCoPrimary: subject.isCoPrimary || replicas.some((replica) => replica.isCoPrimary),
    isClusterPrimary: instanceKeyText(subject.key) === subject.clusterName,
    isBinlogServer: subject.isBinlogServer,
    isReadOnly: subject.readOnly,
    gtidMode: subject.gtidMode,
    replicationDepth: subject.replicationDepth,
    isFailingToConnect: failsToConnect(subject),
    validity,
    lastCheckValid: validity === 'valid',
    lastCheckPartialSuccess: subject.lastCheckPartialSuccess,
    isUsingPseudoGtid: subject.usingPseudoGtid,
    semiSyncEnabled: subject.semiSync.sourceEnabled,
    semiSyncStatus: subject.semiSync.sourceStatus,
    semiSyncWaitForReplicaCount: subject.semiSync.sourceWaitForReplicaCount,
    semiSyncClients: subject.semiSync.sourceClients,
    cannotCommit: input.stuckWrite !== null,
    isReadOnlyByRestart: input.isReadOnlyByRestart,
    hasStaleCoordinates: hasStaleCoordinates(subject, input.staleCoordinates, policy, now),
  };
}

/** The contract's own test: unlike the role of an instance it does not ask whether there is anything to read. */
function isPrimary({ sourceKey, group }: Instance): boolean {
  const hasNoSource =
    sourceKey === null ||
    sourceKey.hostname === '' ||
    sourceKey.hostname === NO_SOURCE_HOSTNAME ||
    isDetachedKey(sourceKey) ||
    sourceKey.port === 0;
  return hasNoSource && (group.name === '' || group.memberRole === 'PRIMARY');
}

function hasStaleCoordinates(
  subject: Instance,
  stale: StaleCoordinates | null,
  policy: AnalysisPolicy,
  now: UnixMillis,
): boolean {
  if (stale === null) return false;
  if (!sameCoordinates(stale.coordinates, subject.selfCoordinates)) return false;
  // A12: a limit of 0 read as "at once" would take a single slow commit for a locked primary.
  const limitSeconds = policy.reasonableLockedSemiSyncMasterSeconds || policy.reasonableReplicationLagSeconds;
  return stale.firstSeen < now - limitSeconds * 1000;
}

/** One line a number, in the words of the spec's table; linear in the replicas. */
function countReplicas(
  replicas: readonly Instance[],
  isDowntimed: (replica: Instance) => boolean,
  policy: AnalysisPolicy,
): ReplicaCounts {
  const valid = replicas.filter(isLastCheckValid);
  const logging = replicas.filter((x) => x.logBinEnabled && x.logReplicaUpdatesEnabled);
  const isLagging = ({ replicationLagSeconds: lag }: Instance) =>
    lag !== null && lag > policy.reasonableReplicationLagSeconds;
  return {
    countReplicas: replicas.length,
    countValid: valid.length,
    countValidReplicating: count(valid, (x) => x.receiverRunning && x.applierRunning && !isSourceSilent(x)),
    countFailingToConnect: count(valid, failsToConnect),
    countLagging: count(replicas, isLagging),
    countDelayed: count(replicas, (x) => x.sqlDelaySeconds > 0),
    countDowntimed: count(replicas, isDowntimed),
    countSemiSyncEnabled: count(replicas, (x) => x.semiSync.replicaEnabled),
    countLogging: logging.length,
    countStatementLogging: count(logging, (x) => x.binlogFormat === 'STATEMENT'),
    countMixedLogging: count(logging, (x) => x.binlogFormat === 'MIXED'),
    countRowLogging: count(logging, (x) => x.binlogFormat === 'ROW'),
    countDistinctMajorVersionsLogging: new Set(logging.map((x) => majorVersionText(parseServerVersion(x.version))))
      .size,
    isAllOracleGtid: valid.length > 0 && valid.every((x) => x.usingOracleGtid),
    isAllMariadbGtid: valid.length > 0 && valid.every((x) => x.usingMariadbGtid),
    isAllBinlogServers: valid.length > 0 && valid.every((x) => x.isBinlogServer),
    minGtidMode: smallest(replicas.map((x) => x.gtidMode)),
    maxGtidMode: largest(replicas.map((x) => x.gtidMode)),
    maxGtidErrant: largest(replicas.map((x) => (isDowntimed(x) ? '' : x.gtidErrant))),
  };
}

function count(replicas: readonly Instance[], isCounted: (replica: Instance) => boolean): number {
  return replicas.reduce((sum, replica) => sum + (isCounted(replica) ? 1 : 0), 0);
}

function smallest(texts: readonly string[]): string {
  return texts.toSorted()[0] ?? '';
}

function largest(texts: readonly string[]): string {
  return texts.toSorted().at(-1) ?? '';
}
