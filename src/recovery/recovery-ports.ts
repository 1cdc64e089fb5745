/**
 * What recoveries need of the world around them. Made once, in `src/service`.
 */

import type { FindPlace } from '../execution/runner-options.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  AuditStore,
  DowntimeStore,
  JournalStore,
  MaintenanceStore,
  RecoveryStore,
} from '../ports/decision-store.ts';
import type { StartHook } from '../ports/hook-runner.ts';
import type { Log } from '../ports/log.ts';
import type { OtherNodes } from '../ports/other-nodes.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import type { JournalCounts } from './journal-count.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';

export type RecoveryEvent =
  | {
      readonly kind: 'started';
      readonly clusterName: ClusterName;
      readonly uid: string;
      readonly key: InstanceKey;
      readonly code: string;
    }
  | { readonly kind: 'step'; readonly clusterName: ClusterName; readonly uid: string; readonly message: string }
  | {
      readonly kind: 'ended';
      readonly clusterName: ClusterName;
      readonly uid: string;
      readonly isSuccessful: boolean;
      readonly successor: InstanceKey | null;
    };

/** The picture, as far as recoveries read it. */
export interface KnownServers {
  get(key: InstanceKey): Instance | undefined;
  replicasOf(key: InstanceKey): readonly Instance[];
  /** Those that replicate from it by a channel besides their first. */
  replicasByOtherChannels(key: InstanceKey): readonly Instance[];
  cluster(name: ClusterName): readonly Instance[];
}

/** `server`: whom it is about; null: the operation itself. */
export interface OperateProblem {
  readonly server: InstanceKey | null;
  readonly text: string;
}

/** What has become of an operation that is a part of a recovery. */
export interface OperateOutcome {
  /** Servers that are as they were wanted. */
  readonly done: readonly InstanceKey[];
  /** What was not done, and why. Empty: all of it was. */
  readonly problems: readonly OperateProblem[];
  /** The one that others were gathered below; null: none. */
  readonly promoted: InstanceKey | null;
  /** By which method and why, one clause; '' where nothing was begun. */
  readonly method: string;
}

export interface RecoveryPorts {
  readonly servers: TopologyServers;
  readonly known: KnownServers;
  readonly store: RecoveryStore & JournalStore & AuditStore & MaintenanceStore;
  /** Written through, and in the picture at once. */
  readonly downtimes: Pick<DowntimeStore, 'beginDowntime' | 'endDowntime'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: NodeIdentity;
  readonly otherNodes: OtherNodes;
  readonly policy: () => RecoveryPolicy;
  readonly startHook: StartHook;
  /** Runs an operation in a cluster that is being repaired. `silent`: servers that do not answer, and are not waited for. Never rejects. */
  readonly operate: (request: OperationRequest, silent: readonly InstanceKey[]) => Promise<OperateOutcome>;
  /** Its receiver may be stopped late by a command that nobody waits for any more: then it is started again (D12). `reason`: who had told it. */
  readonly startOnceStopped: (server: InstanceKey, reason: string) => Promise<void>;
  /** It was a primary that waited for acknowledgements, and has forgotten it by being started anew (E2). */
  readonly waitedBeforeRestart: (key: InstanceKey) => boolean;
  /** That are being lost (B7), as things are known now. */
  readonly dyingDataCenters: () => ReadonlySet<string>;
  /** Where a server stands in the binary logs of another, by markers of pseudo-GTID. */
  readonly findPlace: FindPlace;
  /** Of the journals that this process writes. */
  readonly journalCounts: JournalCounts;
  /** Random hex digits for recovery ids. */
  readonly randomHex: (bytes: number) => string;
  readonly tell: (event: RecoveryEvent) => void;
  /** The alias of a cluster follows its primary (spec/recovery.md 7). */
  readonly moveAlias: (from: ClusterName, to: ClusterName, alias: string) => Promise<void>;
  /** This node leads and is not stopping: something new may begin. */
  readonly mayBegin: () => boolean;
  /** What has begun may go on. Not so once leadership is lost, or a stop has waited long enough. */
  readonly mayGoOn: () => boolean;
}
