/**
 * What people may ask to be done to servers, as data (spec/topology-operations.md 3, O1 to O74). One kind an operation; several names of the contract that mean the
 * same are one kind. `key` is the server that the operation is about: the one that is moved, or the one whose replicas are.
 */
import type { ClusterName } from '../../model/brand.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';

interface OnServer<Kind extends string> {
  readonly kind: Kind;
  readonly key: InstanceKey;
}

interface Below<Kind extends string> extends OnServer<Kind> {
  readonly below: InstanceKey;
}

interface OnReplicas<Kind extends string> extends OnServer<Kind> {
  /** Whose `host:port` the regular expression is found in; '' for all. */
  readonly pattern: string;
}

interface ReplicasBelow<Kind extends string> extends OnReplicas<Kind> {
  readonly below: InstanceKey;
}

/** One server gets another source. */
export type MoveRequest =
  /** O58: by whichever method fits. */
  | Below<'relocate'>
  /** O20: another source at the same place; null: the present one. */
  | (OnServer<'repoint'> & { readonly below: InstanceKey | null })
  /** O22 */
  | Below<'move-equivalent'>
  /** O23 */
  | OnServer<'move-up'>
  /** O25 */
  | Below<'move-below'>
  /** O26 */
  | OnServer<'take-master'>
  /** O27 */
  | OnServer<'make-co-master'>
  /** O29 */
  | Below<'move-below-gtid'>
  /** O31, O32 */
  | OnServer<'enable-gtid'>
  | OnServer<'disable-gtid'>
  /** O38, O39, O40 */
  | Below<'match-below'>
  | OnServer<'match-up'>
  | OnServer<'rematch'>
  /** O43, O44 */
  | OnServer<'make-master'>
  | OnServer<'make-local-master'>
  /** O13, O14 */
  | OnServer<'detach-source'>
  | OnServer<'reattach-source'>
  /** O15: of a binlog server. */
  | OnServer<'skip-to-next-log'>
  /** O12 */
  | OnServer<'reset-replication'>;

/** Replicas of one server get another source. */
export type MoveReplicasRequest =
  /** O59 */
  | ReplicasBelow<'relocate-replicas'>
  /** O21; null: they stay where they are. */
  | (OnReplicas<'repoint-replicas'> & { readonly below: InstanceKey | null })
  /** O24 */
  | OnReplicas<'move-up-replicas'>
  /** O28 */
  | OnServer<'take-siblings'>
  /** O30 */
  | ReplicasBelow<'move-replicas-gtid'>
  /** O41, O42 */
  | ReplicasBelow<'match-replicas'>
  | OnReplicas<'match-up-replicas'>
  /** O52 to O54, O56 */
  | (OnServer<'regroup-replicas'> & { readonly method: RegroupMethod });

export type RegroupMethod = 'any' | 'gtid' | 'pseudo-gtid' | 'binlog-servers';

/** Threads and settings of one server. */
export type ServerRequest =
  /** O1 */
  | OnServer<'stop-replication'>
  /** O2: everything that was received is applied before. */
  | (OnServer<'stop-replication-nicely'> & { readonly timeoutSeconds: number })
  /** O3 */
  | OnServer<'start-replication'>
  /** O4 */
  | OnServer<'restart-replication'>
  /** O10 */
  | (OnServer<'delay-replication'> & { readonly delaySeconds: number })
  /** O11 */
  | OnServer<'skip-query'>
  /** O16 */
  | OnServer<'change-credentials'>
  /** O60, O61 */
  | (OnServer<'set-read-only'> & { readonly readOnly: boolean })
  /** O62, O63 */
  | (OnServer<'set-semi-sync-source'> & { readonly enabled: boolean })
  | (OnServer<'set-semi-sync-replica'> & { readonly enabled: boolean })
  /** O64: so many, or until the server writes this file. */
  | (OnServer<'flush-binary-logs'> & { readonly count: number })
  | (OnServer<'flush-binary-logs-until'> & { readonly file: string })
  /** O65: `latest` is the present file. */
  | (OnServer<'purge-binary-logs'> & { readonly file: string; readonly force: boolean })
  /** O66 */
  | (OnServer<'kill-query'> & { readonly processId: number })
  /** O35, O36. `errant`: what whoever decided had seen to be errant; any other set is refused. Absent: whatever is errant. */
  | (OnServer<'gtid-errant-reset-master'> & { readonly errant?: string })
  | (OnServer<'gtid-errant-inject-empty'> & { readonly errant?: string });

/** All data of a server are replaced by those of another one of the cluster that it joins. */
export interface ReprovisionRequest extends OnServer<'reprovision'> {
  /** Null: the best. */
  readonly donor: InstanceKey | null;
  /** What it alone has may be lost: a person has seen it, and says so. */
  readonly discardErrant: boolean;
}

/** D9: the primary fetches what a server alone has, such as a former primary that is back. */
export type RescueRequest = OnServer<'rescue-transactions'>;

/** Something of a whole cluster. */
export type ClusterRequest =
  /** L4: stop replication at once on all delayed replicas, or on all. */
  { readonly kind: 'panic-stop'; readonly clusterName: ClusterName; readonly which: 'delayed' | 'all' };

export type OperationRequest =
  | MoveRequest
  | MoveReplicasRequest
  | ServerRequest
  | ReprovisionRequest
  | RescueRequest
  | ClusterRequest;

export type OperationKind = OperationRequest['kind'];

/** For locks, logs, journals and refusals: `relocate db2:3306 below db3:3306`. */
export function operationText(request: OperationRequest): string {
  if (!('key' in request)) return `${request.kind} of ${request.clusterName}`;
  const key = instanceKeyText(request.key);
  const below =
    'below' in request && request.below !== null && !sameKey(request.below, request.key) ? request.below : null;
  return below === null ? `${request.kind} ${key}` : `${request.kind} ${key} below ${instanceKeyText(below)}`;
}
