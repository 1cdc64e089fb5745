/** What operations need of the world around them. Made once, in `src/service`. */

import type { PlanRunnerOptions } from '../execution/runner-options.ts';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { Equivalence, KnownTopology, OperationRules } from '../planning/operations/operation-facts.ts';
import type { OperationEffect, OperationHook } from '../planning/operations/operation-plan.ts';
import type { NameVerdict } from '../planning/operations/virtual-names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import type { ReprovisionPorts } from './reprovision-ports.ts';

/** Who holds a server that somebody else wants. */
export interface LockHolder {
  readonly owner: string;
  readonly reason: string;
}

/** A server that nobody else's operation touches meanwhile: maintenance of the contract (spec/topology-operations.md 1.9), on the backend, for all processes on it. */
export interface HeldServer {
  readonly key: InstanceKey;
  /** False: it is lost, since it ran out or somebody ended it. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

export type LockResult =
  | { readonly kind: 'held'; readonly server: HeldServer }
  | { readonly kind: 'taken'; readonly by: LockHolder | null };

export interface OperationPorts {
  readonly servers: TopologyServers;
  readonly topology: KnownTopology;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: () => OperationRules;
  /** `--noop`: nothing is sent to any server. */
  readonly noop: boolean;
  /** This node leads and is not stopping. */
  readonly mayBegin: () => boolean;
  readonly mayGoOn: () => boolean;
  /** Runs beside other operations in the cluster, and not beside a recovery. Null: one is under way. `isCalledOff`: one wants to begin; `isCutShort`: it has. */
  readonly beside: <Result>(
    clusterName: ClusterName,
    what: string,
    work: (isCalledOff: () => boolean, isCutShort: () => boolean) => Promise<Result>,
  ) => Promise<Result | null>;
  readonly busyWith: (clusterName: ClusterName) => string;
  readonly lock: (key: InstanceKey, reason: string) => Promise<LockResult>;
  /** Written down before servers are made to stand still, with the threads that run, so that whoever comes after this process starts them. */
  readonly noteStanding: (servers: readonly Instance[], reason: string) => Promise<void>;
  /** They run again, or are meant to be as they are. */
  readonly forgetStanding: (keys: readonly InstanceKey[]) => Promise<void>;
  readonly audit: (type: string, key: InstanceKey | null, message: string) => Promise<void>;
  /** Places in other servers' binary logs that equal this one of `source`'s. */
  readonly equivalencesOf: (source: InstanceKey, coordinates: BinlogCoordinates) => Promise<readonly Equivalence[]>;
  readonly rememberEquivalence: (one: Equivalence, other: Equivalence) => Promise<void>;
  /** What was known of its relay logs is of another source's. */
  readonly forgetRelayPlaces: (key: InstanceKey) => Promise<void>;
  readonly credentials: (key: InstanceKey) => Promise<ReplicationCredentials | null>;
  /** Of a MySQL server whose applier has stopped: at which transaction, as the server tells it; '' where it does not, or names several. */
  readonly failedTransaction: (key: InstanceKey) => Promise<string>;
  /** By which name replicas are to be told of it. May ask servers; never rejects. */
  readonly nameOfSource: (source: InstanceKey) => Promise<NameVerdict>;
  readonly findPlace: NonNullable<PlanRunnerOptions['findPlace']>;
  readonly reprovisioning: ReprovisionPorts;
  /** Failures are only logged. */
  readonly runHook: (hook: OperationHook) => Promise<void>;
  /** Changes of our own records. */
  readonly applyEffect: (effect: OperationEffect) => Promise<void>;
}
