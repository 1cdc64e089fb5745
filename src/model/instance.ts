/**
 * The instance record: everything known about one database server, as last observed.
 *
 * One flat, immutable value. Its fields answer to the columns of `database_instance` (spec/backend-schema.md 5.1) and to the
 * JSON of spec/http-api.md 3.3, under today's words. What is decided about a server (downtime, promotion rule) is not here:
 * one owner a fact. What follows from these fields is in `instance-status.ts`.
 */
import type { BinlogCoordinates } from './binlog-coordinates.ts';
import type { ClusterName, Epoch, ServerUuid, UnixMillis } from './brand.ts';
import type { InstanceKey } from './instance-key.ts';

/** A replication thread: absent (not a replica), stopped, running, or anything else the server says (`Connecting`). */
export type ThreadState = 'none' | 'stopped' | 'running' | 'other';

export type BinlogFormat = 'STATEMENT' | 'MIXED' | 'ROW' | (string & {});

/** What a replica is told about TLS towards its source; every CHANGE must state it again (D14). Never stored, only probed. */
export interface ReplicationTls {
  readonly caFile: string;
  readonly caPath: string;
  readonly certificate: string;
  readonly cipher: string;
  readonly crlFile: string;
  readonly crlPath: string;
  readonly key: string;
  readonly verifyServerCertificate: boolean | null;
  readonly tlsVersion: string;
  readonly tlsCiphersuites: string;
  readonly sourcePublicKeyPath: string;
  readonly getSourcePublicKey: boolean | null;
}

/**
 * What a replica is told about receiving, beside TLS. A CHANGE that names a host or a port forgets the heartbeat period, on MariaDB every CHANGE does (seen on MySQL
 * 9.7, MariaDB 10.11 and 11.8), and a server that never replicated knows none of it (D14). Never stored, only probed. Null: not known.
 */
export interface ReceiverOptions {
  /** 0: no heartbeats. */
  readonly heartbeatPeriodMillis: number | null;
  readonly connectRetrySeconds: number | null;
  /** MariaDB shows none before 12.0. */
  readonly retryCount: number | null;
  /** MariaDB: domains are let through or left out, which goes with GTID alone. */
  readonly filtersDomains: boolean;
}

/** Semi-synchronous replication, both sides. The `modern` flags tell the variable names of the loaded plugins (source/replica). */
export interface SemiSync {
  readonly available: boolean;
  /** 0: asynchronous. Greater: preferred as an acker. */
  readonly priority: number;
  readonly sourcePluginModern: boolean;
  readonly replicaPluginModern: boolean;
  readonly sourceEnabled: boolean;
  readonly replicaEnabled: boolean;
  /** Milliseconds; 64 bit unsigned on the server. */
  readonly sourceTimeoutMillis: bigint;
  readonly sourceWaitForReplicaCount: number;
  readonly sourceStatus: boolean;
  readonly sourceClients: number;
  readonly replicaStatus: boolean;
}

/** Membership in a replication group; name '' when there is none. */
export interface GroupReplication {
  readonly name: string;
  readonly isSinglePrimary: boolean;
  readonly memberState: string;
  readonly memberRole: string;
  readonly members: readonly InstanceKey[];
  readonly primaryKey: InstanceKey | null;
}

/**
 * One more source of a server that has several (multi-source replication): a channel besides the one that the instance's own fields tell of.
 */
export interface OtherChannel {
  /** MySQL: Channel_Name; MariaDB: Connection_name. */
  readonly name: string;
  /** Like the instance's own: may be detached. Null: none configured. */
  readonly sourceKey: InstanceKey | null;
  readonly receiverState: ThreadState;
  readonly applierState: ThreadState;
  readonly usingGtid: boolean;
  /** MySQL: GTIDs received on this channel; MariaDB: position of its receiver. '' where it is not shown. */
  readonly receivedGtid: string;
}

/**
 * What a live probe sees of a receiver beyond the contract's fields. `null` on an instance that was read from the backend:
 * these facts are worth something only fresh.
 */
export interface ReceiverEvidence {
  /** Error number of the receiver's last error, 0 if none. Decide by this, never by the text. */
  readonly lastErrorNumber: number;
  readonly lastSqlErrorNumber: number;
  /** Heartbeats received since the receiver started; only its growth means something. -1: the server does not count. */
  readonly heartbeatsReceived: number;
  /** Heartbeat period asked of the source, milliseconds; 0: none. */
  readonly heartbeatPeriodMillis: number;
  /**
   * It waits for its source to send something. False: it is busy with what came, and hears nothing meanwhile: a relay log that cannot be written is no
   * silence of the source.
   */
  readonly waitsForSource: boolean;
  /**
   * How long nothing had come from its source when it was looked at: neither a heartbeat nor anything of the binary log. Milliseconds; by the server's own
   * clock where that is told, within what former looks allow. Null: not known.
   */
  readonly silentMillis: number | null;
  /** MySQL: GTIDs received into the relay log. MariaDB: position of the receiver (Gtid_IO_Pos). */
  readonly receivedGtid: string;
  /**
   * MySQL: the transaction of which the receiver has fetched a part and not yet all; '' if none. One that stays when the receiver has stopped is
   * half a transaction at the end of the relay log (D15).
   */
  readonly partialTransaction: string;
  /** MariaDB: gtid_current_pos; MySQL: ''. */
  readonly mariadbCurrentPosition: string;
  /** MariaDB: gtid_slave_pos, of what was replicated here, own writes left out; MySQL: ''. */
  readonly mariadbReplicatedPosition: string;
}

export interface Instance {
  readonly key: InstanceKey;
  readonly instanceAlias: string;
  readonly uptimeSeconds: number;
  readonly serverId: number;
  readonly serverUuid: ServerUuid;
  readonly version: string;
  readonly versionComment: string;
  readonly isBinlogServer: boolean;
  readonly readOnly: boolean;
  /** False where the family has no such variable (MariaDB). Not stored. */
  readonly superReadOnly: boolean;
  readonly binlogFormat: BinlogFormat;
  readonly binlogRowImage: string;
  readonly logBinEnabled: boolean;
  readonly logReplicaUpdatesEnabled: boolean;
  readonly selfCoordinates: BinlogCoordinates;

  /**
   * The channel that the fields below tell of; '' for the one without a name. What is said to the server must name it: a change without a name would make a
   * second channel beside it. Not stored.
   */
  readonly channel: string;
  /** As configured on the server: may be detached (`//host`) or the placeholder `_`. Null: no source. */
  readonly sourceKey: InstanceKey | null;
  /** As the replica reports it; the text `No` when the family reports none (contract). */
  readonly sourceUuid: string;
  readonly ancestryUuid: string;
  readonly receiverRunning: boolean;
  readonly applierRunning: boolean;
  readonly receiverState: ThreadState;
  readonly applierState: ThreadState;
  readonly hasReplicationFilters: boolean;
  readonly hasReplicationCredentials: boolean;
  readonly replicationCredentialsAvailable: boolean;
  readonly allowTls: boolean;
  readonly replicationTls: ReplicationTls;
  readonly receiverOptions: ReceiverOptions;
  /** What the receiver has fetched, in the source's binary log terms. */
  readonly readCoordinates: BinlogCoordinates;
  /** What the applier has applied, in the source's binary log terms. */
  readonly execCoordinates: BinlogCoordinates;
  readonly relayLogCoordinates: BinlogCoordinates;
  readonly lastSqlError: string;
  readonly lastIoError: string;
  readonly secondsBehindSource: number | null;
  readonly replicationLagSeconds: number | null;
  readonly sqlDelaySeconds: number;
  /**
   * Sources beyond the one above. The fields above tell of the channel without a name, which classic statements speak to, else of the first:
   * that one decides the cluster, the depth and who moves the server in a failover, so that it is in one cluster and drawn once. The
   * others are edges of the graph all the same (`Topology.replicasByOtherChannels`), and their sources are crawled. Not stored.
   */
  readonly otherChannels: readonly OtherChannel[];

  readonly gtidMode: string;
  readonly supportsOracleGtid: boolean;
  readonly usingOracleGtid: boolean;
  readonly usingMariadbGtid: boolean;
  readonly usingPseudoGtid: boolean;
  /** Oracle GTID set; MariaDB: '' (the contract has no place for positions). */
  readonly executedGtidSet: string;
  readonly gtidPurged: string;
  readonly gtidErrant: string;

  readonly replicas: readonly InstanceKey[];
  readonly clusterName: ClusterName;
  readonly suggestedClusterAlias: string;
  readonly dataCenter: string;
  readonly region: string;
  readonly physicalEnvironment: string;
  readonly replicationDepth: number;
  readonly isCoPrimary: boolean;

  readonly semiSync: SemiSync;
  readonly group: GroupReplication;
  readonly evidence: ReceiverEvidence | null;

  /** When the last check ended, well or badly. Null: never. */
  readonly lastChecked: UnixMillis | null;
  /** Later than lastChecked: a check hangs. */
  readonly lastAttemptedCheck: UnixMillis | null;
  /** When the last good check ended. */
  readonly lastSeen: UnixMillis | null;
  readonly lastCheckPartialSuccess: boolean;
  readonly lastDiscoveryLatencyNanos: number;
  /** Which epoch of commands the observation belongs to; 0 for stored ones. */
  readonly epoch: Epoch;
}
