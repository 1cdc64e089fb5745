/**
 * The plan of an operation: what is done to which server and in which order, by which method and why by that one, which servers are held meanwhile, and what will
 * be seen afterwards. Data only: a dry run shows it, and the very same is run.
 *
 * It has three parts. `before` is done once, in the order of its steps; then every lane on its own, several beside each other, so that one server's failure is undone
 * and told without touching the others; then `after`, whatever became of the lanes.
 */
import type { ClusterName } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { StepCommand } from '../deferred-command.ts';
import type { PlanStep } from '../plan.ts';
import type { OperationRequest } from './operation-request.ts';

export type OperationStep = PlanStep<StepCommand>;

/** What happens to one server, which is locked meanwhile. Its steps depend on each other and on those of `before` alone. */
export interface OperationLane {
  readonly server: InstanceKey;
  readonly steps: readonly OperationStep[];
  /** One clause, for people: `it replicates from db2:3306`. */
  readonly effect: string;
}

export type MethodName =
  | 'gtid'
  | 'file-position'
  | 'same-coordinates'
  | 'equivalent-coordinates'
  | 'pseudo-gtid'
  /** All data are replaced. */
  | 'clone'
  | 'hooks'
  /** Nothing of it moves a server. */
  | 'none';

export interface RejectedMethod {
  readonly method: MethodName;
  readonly reason: string;
}

/** An edge of the topology that will be another one. */
export interface PlannedMove {
  readonly key: InstanceKey;
  /** Null: it replicates from nobody. */
  readonly from: InstanceKey | null;
  readonly to: InstanceKey | null;
  readonly method: MethodName;
}

/** One of several servers that is not touched, since nothing fits it: it counts as one that could not be moved. */
export interface LeftOut {
  readonly key: InstanceKey;
  readonly code: string;
  readonly reason: string;
}

/** What is written down once the operation has gone well (spec/topology-operations.md 3.13). */
export interface PlannedAudit {
  readonly type: string;
  readonly key: InstanceKey | null;
  /** `{done}` and `{total}` stand for the numbers of lanes. */
  readonly message: string;
}

export interface OperationPlan {
  readonly request: OperationRequest;
  readonly clusterName: ClusterName;
  readonly method: MethodName;
  /** Why this method: one clause. */
  readonly because: string;
  /** Methods that come first in the contract's order and do not fit. */
  readonly rejected: readonly RejectedMethod[];
  /** Held from before the first step until after the last, beside the servers of lanes; nobody else's operation touches them meanwhile. */
  readonly locks: readonly InstanceKey[];
  /** False: it must not wait for anybody. Absent: the server of each lane is held while its lane runs. */
  readonly locksLanes?: boolean;
  readonly before: readonly OperationStep[];
  readonly lanes: readonly OperationLane[];
  readonly after: readonly OperationStep[];
  /**
   * True: `after` is what the operation is for, and puts nothing back: it is not begun once the operation was called off, and not tried again later; where it fails, the
   * operation has. Absent: it starts again what stood still.
   */
  readonly endsWithAfter?: boolean;
  /** How many lanes run beside each other. */
  readonly lanesAtOnce: number;
  readonly moves: readonly PlannedMove[];
  readonly leftOut: readonly LeftOut[];
  /** What a person should know before: side effects, servers that are left out and why. */
  readonly warnings: readonly string[];
  readonly audits: readonly PlannedAudit[];
  /** The one that others were gathered below (O52 to O56), or that takes a place. */
  readonly promoted: InstanceKey | null;
  /** Configured hooks that are run once it has gone well. */
  readonly hooks: readonly OperationHook[];
  /** What clients are told when a lane fails, before the reason: a text of the contract. Absent: the reason alone. */
  readonly failureText?: string;
  /** What is changed in our own records once it has gone well. Absent: nothing. */
  readonly effects?: readonly OperationEffect[];
  /** What is written down before anything is begun; where it cannot be, nothing is. */
  readonly announcement?: PlannedAnnouncement;
  /**
   * What has to come first, takes hours, and is not the work of a runner: whoever runs the operation waits for it without keeping others out of the cluster, and plans anew
   * then, for whatever was decided may be otherwise by now. Its first step tells people of it.
   */
  readonly waitsFor?: AwaitedWork;
  /** What is done after it, once all of it has gone well: some moves take two. */
  readonly next: OperationPlan | null;
  /** It is the next of another, and needs nothing of it: it begins whatever has become of that one. Absent: it does not. */
  readonly startsAnyway?: true;
}

export interface AwaitedWork {
  /** The server clones itself; or configured hooks provision it. */
  readonly kind: 'clone' | 'hooks';
  readonly record: ReprovisionDraft;
  readonly clusterName: ClusterName;
}

export type ReprovisionDraft = Omit<ReprovisionRecord, 'node' | 'at'>;

export interface PlannedAnnouncement {
  readonly audits: readonly PlannedAudit[];
  readonly record: ReprovisionDraft;
}

/**
 * O14: the alias, and what a person set in its place, that are registered for a cluster of the name of `from`, a server that had been a primary for a while, belong
 * to the cluster of `to`.
 */
export type OperationEffect =
  | { readonly kind: 'rename-cluster-alias'; readonly from: InstanceKey; readonly to: InstanceKey }
  /** It has joined: nobody has to go on with it. */
  | { readonly kind: 'forget-reprovision'; readonly key: InstanceKey };

/** O26: `PostTakeMasterProcesses`. */
export interface OperationHook {
  readonly kind: 'post-take-master';
  readonly successor: InstanceKey;
  readonly demoted: InstanceKey;
}

/** Why an operation is not begun. `code` is stable and ours; `text` is the contract's where it has one. */
export interface OperationRefusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly text: string;
  /** Methods that were tried in thought, and why each did not fit. */
  readonly rejected: readonly RejectedMethod[];
}

export type OperationPlanResult = { readonly kind: 'planned'; readonly plan: OperationPlan } | OperationRefusal;

export const refuse = (code: string, text: string, rejected: readonly RejectedMethod[] = []): OperationRefusal => ({
  kind: 'refused',
  code,
  text,
  rejected,
});

/** Every server that a step is sent to. */
export function serversOf(plan: OperationPlan): readonly InstanceKey[] {
  return plansOf(plan)
    .flatMap(({ before, lanes, after }) => [...before, ...lanes.flatMap(({ steps }) => steps), ...after])
    .map(({ server }) => server);
}

/** The plan and what is done after it, in order. */
export function plansOf(plan: OperationPlan): readonly OperationPlan[] {
  return plan.next === null ? [plan] : [plan, ...plansOf(plan.next)];
}
