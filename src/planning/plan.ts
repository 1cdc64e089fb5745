/**
 * A plan: what will be done to which server, in which order, and what is expected of it. Data only: shown as it is for a dry run, and
 * executed exactly by the runner (architecture section 7).
 */

import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Brand, ClusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { RefusedCandidate } from './candidate-refusal.ts';
import type { PlaceReference } from './deferred-command.ts';

/** Unique within its plan, readable: `promote 10.0.0.2:3306`. */
export type StepId = Brand<string, 'StepId'>;

export const stepId = (text: string): StepId => text as StepId;

/** Of the step that stops a receiver; whoever takes a cut recovery up starts again what it had stopped. */
export const freezingStepId = (replica: InstanceKey): StepId => stepId(`stop receiver of ${instanceKeyText(replica)}`);

/** Of the step after which a server has applied all that it can get. */
export const drainStepId = (server: InstanceKey): StepId => stepId(`drain ${instanceKeyText(server)}`);

/** Of the step that stops an applier where a loss is accepted; whoever takes a cut recovery up starts it again. */
export const applierStopStepId = (replica: InstanceKey): StepId =>
  stepId(`stop applier of ${instanceKeyText(replica)}`);

/** Of the steps of which whoever takes a cut recovery up must know whether they had begun. */
export const promotionStepId = (successor: InstanceKey): StepId => stepId(`promote ${instanceKeyText(successor)}`);
export const demotionStepId = (primary: InstanceKey): StepId => stepId(`make ${instanceKeyText(primary)} read-only`);

/** Of making a primary read-only that a person has replaced while it lives; whoever takes a cut recovery up must know whether it had begun. */
export const fencingStepId = (primary: InstanceKey): StepId => stepId(`fence ${instanceKeyText(primary)}`);

/** Of the step that makes a replica follow another source; whoever takes a cut recovery up looks for it in the journal. */
export const movingStepId = (replica: InstanceKey, source: InstanceKey): StepId =>
  stepId(`point ${instanceKeyText(replica)} at ${instanceKeyText(source)}`);

/** Of letting a replica of a dead source go on in the copy of its binary log that a binlog server keeps; whoever takes a cut recovery up brings it back. */
export const feedingStepId = (replica: InstanceKey, binlogServer: InstanceKey): StepId =>
  stepId(`let ${instanceKeyText(replica)} go on at ${instanceKeyText(binlogServer)}`);

/** Of one that is to take a primary's place and must not apply anything more; whoever takes a cut recovery up starts it again. */
export const haltingStepId = (server: InstanceKey): StepId => stepId(`stop replication on ${instanceKeyText(server)}`);

/** What must still hold when the step begins; checked against what was last seen of the server. */
export type Precondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'replicates-from'; readonly source: InstanceKey }
  | { readonly kind: 'read-only'; readonly readOnly: boolean }
  /** Of another server, which is being replaced: one that came back to life meanwhile takes writes. */
  | { readonly kind: 'silent'; readonly server: InstanceKey }
  /** It is read-only, and its own binary log ends there: it has written nothing since others were brought to that place. */
  | { readonly kind: 'stands-still'; readonly logEnd: BinlogCoordinates }
  /** Its applier has not moved: what was found out about this place still holds. */
  | { readonly kind: 'applied-up-to'; readonly coordinates: BinlogCoordinates }
  /** It has executed this and nothing else: what was computed from its set still holds. */
  | { readonly kind: 'executed-exactly'; readonly gtid: string }
  /** This is errant on it and nothing else: what was decided about these transactions is about no others. */
  | { readonly kind: 'errant-exactly'; readonly gtid: string }
  | { readonly kind: 'threads-stopped' };

/** What must be seen of the server after the commands for the step to count as done. */
export type Postcondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'receiver-stopped' }
  /** Writable and without a source (spec/recovery.md 12.2 #20: success is verified, not assumed). */
  | { readonly kind: 'is-writable-primary' }
  | { readonly kind: 'has-no-source' }
  /** `toldAs`: the server was told of its source by another name, and may show that one. */
  | {
      readonly kind: 'replicates-from';
      readonly source: InstanceKey;
      readonly running: boolean;
      readonly toldAs?: InstanceKey;
    }
  | { readonly kind: 'read-only'; readonly readOnly: boolean }
  | { readonly kind: 'executed'; readonly gtid: string }
  /** Of what that step's server had executed when the step had ended, all but `errant` counts as executed, and nothing else. */
  | { readonly kind: 'executed-without'; readonly after: StepId; readonly errant: string }
  /**
   * What that step's server had received when the step had ended, as far as `origin` has executed it: what nobody above can send is not waited for. Null: the
   * server itself has no source, and nothing is. Of an origin that does not answer everything counts that is not known to be errant.
   */
  | { readonly kind: 'executed-shared-of'; readonly after: StepId; readonly origin: InstanceKey | null }
  /** All that it has received is applied, and it has not received the beginning of a transaction alone, for whose rest a stop would wait (D15). */
  | { readonly kind: 'drained' }
  /** The same, but for such a beginning: its rest will never come. */
  | { readonly kind: 'drained-of-silent-source' }
  /** It has received at least what its source's binary log has up to there, and applied all that it has received. */
  | { readonly kind: 'drained-up-to'; readonly coordinates: BinlogCoordinates }
  | { readonly kind: 'applied-up-to'; readonly place: PlaceReference; readonly mayBePast: boolean }
  | { readonly kind: 'threads'; readonly receiver: 'running' | 'stopped'; readonly applier: 'running' | 'stopped' }
  /** Its own binary log has come to this file. */
  | { readonly kind: 'writes-log'; readonly file: string }
  | { readonly kind: 'uses-gtid'; readonly uses: boolean }
  | { readonly kind: 'delayed-by'; readonly delaySeconds: number }
  | { readonly kind: 'semi-sync-source'; readonly enabled: boolean }
  | { readonly kind: 'semi-sync-replica'; readonly enabled: boolean }
  /** None of these is errant any more; what somebody writes meanwhile is not waited for. */
  | { readonly kind: 'not-errant'; readonly gtid: string };

/** What a step's failure means for the plan. */
export type OnFailure =
  /** The plan has failed; steps that depend on it are not begun. */
  | 'abort'
  /** This server is lost to the new topology; the others go on. */
  | 'lose-server'
  /** Noted, nothing more. */
  | 'note';

export interface PlanStep<Command = ServerCommand> {
  readonly id: StepId;
  readonly server: InstanceKey;
  readonly commands: readonly Command[];
  readonly dependsOn: readonly StepId[];
  readonly precondition: Precondition;
  readonly postcondition: Postcondition;
  readonly deadlineMillis: number;
  /** In which the server answers when its precondition is looked at. Absent: a few seconds. */
  readonly answerMillis?: number;
  /** How long the postcondition may take to come true once the commands are sent. Absent: a few seconds. */
  readonly patienceMillis?: number;
  /** For how long the server may apply nothing meanwhile. Absent: for all of it. */
  readonly stallMillis?: number;
  /** How often it is tried: where the postcondition does not come true, it is undone, and begun again. Absent: once. */
  readonly attempts?: number;
  /** Sent when the plan is given up after this step was done. Empty: there is nothing to undo, or no way back. */
  readonly undo: readonly Command[];
  readonly onFailure: OnFailure;
  /** Its last line in the journal tells what the server had applied then, and where its own log ended: whoever takes the recovery up after a death needs both. */
  readonly recordsPlace?: true;
  /** One clause: what it is for. */
  readonly effect: string;
}

export interface LostServer {
  readonly key: InstanceKey;
  readonly reason: string;
  /** Transactions it has received and the new primary has not; '' if none. */
  readonly transactionsAtRisk: string;
}

export interface Prediction {
  readonly promoted: InstanceKey | null;
  readonly lost: readonly LostServer[];
  /** Replicas that did not answer: neither moved nor lost, expected back. */
  readonly pending: readonly InstanceKey[];
  readonly refusedCandidates: readonly RefusedCandidate[];
  /** GTIDs that no server of the new topology will hold; '' if none. */
  readonly transactionsAtRisk: string;
}

export interface SwitchoverIntent {
  readonly kind: 'switchover';
  readonly from: InstanceKey;
  readonly to: InstanceKey;
  /** The old primary is not only pointed at the new one: it is to replicate at once. */
  readonly startsOld: boolean;
}

export type PlanIntent =
  | { readonly kind: 'freeze-replicas'; readonly failed: InstanceKey }
  | { readonly kind: 'replace-primary'; readonly failed: InstanceKey; readonly successor: InstanceKey }
  | SwitchoverIntent
  | { readonly kind: 'relocate'; readonly below: InstanceKey };

export interface Plan<Command = ServerCommand> {
  readonly intent: PlanIntent;
  readonly clusterName: ClusterName;
  readonly steps: readonly PlanStep<Command>[];
  readonly prediction: Prediction;
}

export const NOTHING_PREDICTED: Prediction = {
  promoted: null,
  lost: [],
  pending: [],
  refusedCandidates: [],
  transactionsAtRisk: '',
};
