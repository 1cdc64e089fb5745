/**
 * What operations are planned from: the picture, with the servers that matter read just before; and the rules of the configuration.
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { ClusterName, UnixMillis } from '../../model/brand.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { StatusSettings } from '../../model/instance-status.ts';
import type { ReplicationCredentials } from '../../model/server-command.ts';
import type { PromotionPolicy } from '../promotion-policy.ts';
import type { ReprovisionFacts } from './reprovision-facts.ts';

/** The topology as planning reads it. */
export interface KnownTopology {
  get(key: InstanceKey): Instance | undefined;
  replicasOf(key: InstanceKey): readonly Instance[];
  /** Those that replicate from it by a channel beside their first. */
  replicasByOtherChannels(key: InstanceKey): readonly Instance[];
  siblingsOf(key: InstanceKey): readonly Instance[];
  /** Everything below, however deep. */
  descendantsOf(key: InstanceKey): readonly Instance[];
  cluster(name: ClusterName): readonly Instance[];
}

/** Whether a server answered when it was read for this operation. Absent: nobody asked it. */
export type ReadState = 'read' | { readonly failure: string };

/** Two places that are the same in two servers' binary logs, by what former moves have shown. */
export interface Equivalence {
  readonly source: InstanceKey;
  readonly coordinates: BinlogCoordinates;
}

/** A server that will soon have another source. */
export interface MoveUnderWay {
  readonly key: InstanceKey;
  readonly to: InstanceKey;
}

export interface OperationRules extends StatusSettings {
  readonly promotion: PromotionPolicy;
  /** `MaxConcurrentReplicaOperations`: lanes beside each other. */
  readonly lanesAtOnce: number;
  readonly useSuperReadOnly: boolean;
  /** `InstanceBulkOperationsWaitTimeoutSeconds` */
  readonly bulkWaitSeconds: number;
  /** Markers of pseudo-GTID are configured. */
  readonly pseudoGtidIsConfigured: boolean;
  readonly enforceExactSemiSyncReplicas: boolean;
  readonly recoverLockedSemiSyncMaster: boolean;
  /** Whether the regular expression is found in `host:port`; false for one that is none. */
  readonly matches: (pattern: string, key: InstanceKey) => boolean;
}

export interface OperationFacts {
  readonly topology: KnownTopology;
  readonly now: UnixMillis;
  readonly rules: OperationRules;
  /** By `keyId`. */
  readonly read: (key: InstanceKey) => ReadState | null;
  /** What other operations are about to do: who will be below whom. */
  readonly underWay: readonly MoveUnderWay[];
  /** Places of `key`'s source in other servers' binary logs that equal where it stands. */
  readonly equivalences: readonly Equivalence[];
  /** The account of the server of the request towards its source; null: not known, or not needed. */
  readonly credentials: ReplicationCredentials | null;
  /** MySQL: the transaction at which the applier of the server of the request has stopped; '' where it is not told, or not needed. */
  readonly failedTransaction: string;
  /** Absent: the request is about something else. */
  readonly reprovision?: ReprovisionFacts;
}
