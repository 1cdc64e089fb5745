/**
 * Why orchestrator thinks and does what it does about a cluster, as a value that doors show: what is observed and since when, what is concluded and by which
 * line, what would be done and what holds it back; what a failover would come to; and what became of former detections.
 */
import type { ActingProof } from '../analysis/acting-proof.ts';
import type { EntryCode, StructureWarning } from '../analysis/codes.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { RefusedCandidate } from '../planning/candidates.ts';
import type { LostServer } from '../planning/plan.ts';
import type { Gate } from '../recovery/gates.ts';

/** One server, as it was last seen. */
export interface ObservedServer {
  readonly instance: Instance;
  readonly isPrimary: boolean;
  readonly answers: boolean;
  /** Why it does not, in its words or the system's; '' where that is not known. A server at its limit of connections is no dead one (A6). */
  readonly failure: string;
  /** Since its last answer, milliseconds; null: never. */
  readonly ageMillis: number | null;
  /** This process has seen it itself; else it is what a former one wrote to the backend. */
  readonly isSeenHere: boolean;
  /** What other nodes see of it; those that do not know it, or do not answer, say nothing. */
  readonly seenElsewhere: readonly SeenElsewhere[];
}

export interface SeenElsewhere {
  readonly node: string;
  readonly answers: boolean;
  readonly ageMillis: number | null;
  readonly failure: string;
}

/** Another node that was asked what it sees. */
export interface ExplainedNode {
  readonly node: string;
  /** Why it did not answer; '': it did. */
  readonly failure: string;
}

export interface ExplainedConclusion {
  readonly key: InstanceKey;
  readonly code: EntryCode;
  /** What the line of the ladder asks for, in words. */
  readonly because: string;
  /** Of the table in the documentation; null: none held. */
  readonly line: number | 'group' | 'write-probe' | null;
  readonly structureWarnings: readonly StructureWarning[];
  /** Whether the topology bears it out; null: it claims no death. */
  readonly proof: ActingProof | null;
  /** In the order in which they are asked. Empty for what is no problem. */
  readonly gates: readonly Gate[];
}

export interface ExplainedFailover {
  readonly primary: InstanceKey;
  /** Null: nobody; `refusal` says why. */
  readonly promoted: InstanceKey | null;
  readonly refusal: string;
  /** Allowed too, best first. */
  readonly others: readonly InstanceKey[];
  readonly refused: readonly RefusedCandidate[];
  readonly lost: readonly LostServer[];
  /** Replicas that do not answer now: neither moved nor lost. */
  readonly pending: readonly InstanceKey[];
  /** A9: how long a death without a word would go unnoticed, milliseconds; null: until receivers give up, since not all replicas get heartbeats. */
  readonly silentDeathMillis: number | null;
  /** The proof is left out: it would be there. */
  readonly gates: readonly Gate[];
}

/** What became of a detection. */
export interface ExplainedDetection {
  readonly at: UnixMillis;
  readonly key: InstanceKey;
  readonly code: string;
  readonly recovery: {
    readonly uid: string;
    readonly isSuccessful: boolean;
    readonly successor: InstanceKey | null;
    readonly errors: readonly string[];
  } | null;
}

/** A problem that was not recovered, and why; once a minute while it lasts. */
export interface ExplainedRefusal {
  readonly at: UnixMillis;
  readonly key: InstanceKey | null;
  readonly reason: string;
}

export interface Explanation {
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly at: UnixMillis;
  readonly observer: NodeIdentity;
  readonly leads: boolean;
  /** Empty: there are none. */
  readonly otherNodes: readonly ExplainedNode[];
  readonly servers: readonly ObservedServer[];
  readonly conclusions: readonly ExplainedConclusion[];
  /** Null: the cluster has no single primary. */
  readonly ifPrimaryDied: ExplainedFailover | null;
  /** Newest first. */
  readonly detections: readonly ExplainedDetection[];
  readonly refusals: readonly ExplainedRefusal[];
}
