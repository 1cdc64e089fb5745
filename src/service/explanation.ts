/**
 * Why orchestrator thinks and does what it does about a cluster, as a value that doors show: what is observed and since when, what is concluded and by which
 * line, what would be done and what holds it back; what a failover would come to; and what became of former detections.
 */
import type { ActingProof } from '../analysis/acting-proof.ts';
import type { EntryCode, StructureWarning } from '../analysis/codes.ts';
import type { LadderLine } from '../analysis/ladder.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { SilentDeath } from '../model/source-silence.ts';
import type { RefusedCandidate } from '../planning/candidate-refusal.ts';
import type { LostServer } from '../planning/plan.ts';
import type { Gate } from '../recovery/gates.ts';
import type { WriteProbeState } from './write-probes.ts';

/** Somebody wants a server to be left alone. */
export interface ExplainedPause {
  readonly owner: string;
  readonly reason: string;
  readonly end: UnixMillis;
}

/** One server, as it was last seen. */
export interface ObservedServer {
  readonly instance: Instance;
  readonly isPrimary: boolean;
  readonly answers: boolean;
  /** It answers in part: it talks, and not all that is asked is answered (A10). */
  readonly answersInPart: boolean;
  /** Why it does not, in its words or the system's; '' where that is not known. A server at its limit of connections is no dead one (A6). */
  readonly failure: string;
  /** Since its last answer, milliseconds; null: never. */
  readonly ageMillis: number | null;
  /** Since it was last asked, milliseconds; null: never. */
  readonly askedMillis: number | null;
  /** This process has seen it itself; else it is what a former one wrote to the backend. */
  readonly isSeenHere: boolean;
  readonly downtime: ExplainedPause | null;
  readonly maintenance: ExplainedPause | null;
  /** Null: nothing is written there to see whether it can be. */
  readonly writeProbe: WriteProbeState | null;
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

/** What a line of the ladder was judged by. */
export interface ExplainedCounts {
  readonly replicas: number;
  readonly answering: number;
  readonly replicating: number;
  readonly failingToConnect: number;
  readonly lagging: number;
  readonly delayed: number;
}

export interface ExplainedConclusion {
  readonly key: InstanceKey;
  readonly code: EntryCode;
  /** What the line of the ladder asks for, in words. */
  readonly because: string;
  /** Of the table in the documentation; null: none held. */
  readonly line: LadderLine['line'] | null;
  readonly counts: ExplainedCounts;
  /** Null: it does not wait for acknowledgements. */
  readonly semiSync: { readonly wanted: number; readonly connected: number } | null;
  readonly structureWarnings: readonly StructureWarning[];
  /** How long it has been called that, milliseconds; null: not known. */
  readonly lastedMillis: number | null;
  /** Whether the topology bears it out; null: it claims no death. */
  readonly proof: ActingProof | null;
  /** What is done about it besides a recovery, a clause each. */
  readonly measures: readonly string[];
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
  /** A9: when a death without a word would be noticed. */
  readonly silentDeath: SilentDeath;
  /** Those that ask whether it is dead are left out: it would be. */
  readonly gates: readonly Gate[];
}

/** What became of a detection. */
export type DetectionOutcome =
  | { readonly kind: 'recovered'; readonly uid: string; readonly successor: InstanceKey }
  | { readonly kind: 'failed'; readonly uid: string; readonly errors: readonly string[] }
  | { readonly kind: 'under-way'; readonly uid: string }
  /** With the last reason that was given for it. */
  | { readonly kind: 'not-attempted'; readonly reason: string }
  /** There is none for what was detected. */
  | { readonly kind: 'no-recovery' }
  | { readonly kind: 'unknown' };

export interface ExplainedDetection {
  readonly at: UnixMillis;
  readonly key: InstanceKey;
  readonly code: string;
  readonly outcome: DetectionOutcome;
}

/** A problem that was not recovered, and why; once a minute while it lasts. */
export interface ExplainedRefusal {
  readonly at: UnixMillis;
  readonly key: InstanceKey | null;
  readonly reason: string;
}

/** Who tells it: the service that acts, or a command that reads what that one has written and was not there. */
export type Explainer = 'service' | 'command';

export interface Explanation {
  readonly clusterName: ClusterName;
  readonly clusterAlias: string;
  readonly at: UnixMillis;
  readonly observer: NodeIdentity;
  readonly explainer: Explainer;
  /** The node that acts, as far as is known; null: none. */
  readonly leader: string | null;
  readonly leads: boolean;
  /** Empty: there are none. */
  readonly otherNodes: readonly ExplainedNode[];
  readonly servers: readonly ObservedServer[];
  readonly conclusions: readonly ExplainedConclusion[];
  /** Null: `noFailover` says why there would be none. */
  readonly ifPrimaryDied: ExplainedFailover | null;
  readonly noFailover: string;
  /** Newest first. */
  readonly detections: readonly ExplainedDetection[];
  readonly refusals: readonly ExplainedRefusal[];
}
