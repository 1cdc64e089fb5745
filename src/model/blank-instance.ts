/**
 * An instance of which nothing but the key is known: the ground on which probes, stored rows, seeds and tests build.
 */
import { noCoordinates } from './binlog-coordinates.ts';
import { clusterName, epoch, serverUuid } from './brand.ts';
import type {
  GroupReplication,
  Instance,
  ReceiverEvidence,
  ReceiverOptions,
  ReplicationTls,
  SemiSync,
} from './instance.ts';
import { type InstanceKey, instanceKeyText } from './instance-key.ts';

export const NO_REPLICATION_TLS: ReplicationTls = {
  caFile: '',
  caPath: '',
  certificate: '',
  cipher: '',
  crlFile: '',
  crlPath: '',
  key: '',
  verifyServerCertificate: null,
  tlsVersion: '',
  tlsCiphersuites: '',
  sourcePublicKeyPath: '',
  getSourcePublicKey: null,
};

export const NO_RECEIVER_OPTIONS: ReceiverOptions = {
  heartbeatPeriodMillis: null,
  connectRetrySeconds: null,
  retryCount: null,
  filtersDomains: false,
};

export const NO_SEMI_SYNC: SemiSync = {
  available: false,
  priority: 0,
  sourcePluginModern: false,
  replicaPluginModern: false,
  sourceEnabled: false,
  replicaEnabled: false,
  sourceTimeoutMillis: 0n,
  sourceWaitForReplicaCount: 0,
  sourceStatus: false,
  sourceClients: 0,
  replicaStatus: false,
};

export const NO_GROUP: GroupReplication = {
  name: '',
  isSinglePrimary: false,
  memberState: '',
  memberRole: '',
  members: [],
  primaryKey: null,
};

/** Cluster name is the server's own key text until the graph says otherwise (spec/discovery.md 15.1). */
export function blankInstance(key: InstanceKey): Instance {
  return {
    key,
    instanceAlias: '',
    uptimeSeconds: 0,
    serverId: 0,
    serverUuid: serverUuid(''),
    version: '',
    versionComment: '',
    isBinlogServer: false,
    readOnly: false,
    superReadOnly: false,
    binlogFormat: '',
    binlogRowImage: '',
    logBinEnabled: false,
    logReplicaUpdatesEnabled: false,
    selfCoordinates: noCoordinates('binary'),
    channel: '',
    sourceKey: null,
    sourceUuid: '',
    ancestryUuid: '',
    receiverRunning: false,
    applierRunning: false,
    receiverState: 'none',
    applierState: 'none',
    hasReplicationFilters: false,
    hasReplicationCredentials: false,
    replicationCredentialsAvailable: false,
    allowTls: false,
    replicationTls: NO_REPLICATION_TLS,
    receiverOptions: NO_RECEIVER_OPTIONS,
    readCoordinates: noCoordinates('binary'),
    execCoordinates: noCoordinates('binary'),
    relayLogCoordinates: noCoordinates('relay'),
    lastSqlError: '',
    lastIoError: '',
    secondsBehindSource: null,
    replicationLagSeconds: null,
    sqlDelaySeconds: 0,
    otherChannels: [],
    gtidMode: '',
    supportsOracleGtid: false,
    usingOracleGtid: false,
    usingMariadbGtid: false,
    usingPseudoGtid: false,
    executedGtidSet: '',
    gtidPurged: '',
    gtidErrant: '',
    replicas: [],
    clusterName: clusterName(instanceKeyText(key)),
    suggestedClusterAlias: '',
    dataCenter: '',
    region: '',
    physicalEnvironment: '',
    replicationDepth: 0,
    isCoPrimary: false,
    semiSync: NO_SEMI_SYNC,
    group: NO_GROUP,
    evidence: null,
    lastChecked: null,
    lastAttemptedCheck: null,
    lastSeen: null,
    lastCheckPartialSuccess: false,
    lastDiscoveryLatencyNanos: 0,
    epoch: epoch(0),
  };
}

/** Somebody wants it watched, or a replica follows it, and it has never answered (spec/discovery.md 3, 20). */
export const unseenInstance = (key: InstanceKey): Instance => ({ ...blankInstance(key), version: UNSEEN_VERSION });

const UNSEEN_VERSION = 'Unknown';

/** Of a receiver of which nothing is known; -1: heartbeats are not counted. */
export const NO_EVIDENCE: ReceiverEvidence = {
  lastErrorNumber: 0,
  lastSqlErrorNumber: 0,
  heartbeatsReceived: -1,
  heartbeatPeriodMillis: 0,
  waitsForSource: false,
  silentMillis: null,
  receivedGtid: '',
  partialTransaction: '',
  mariadbCurrentPosition: '',
  mariadbReplicatedPosition: '',
};
