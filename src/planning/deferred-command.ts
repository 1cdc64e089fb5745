/**
 * Commands of a plan whose values nobody can know before earlier steps have ended: where a server stood when it was stopped, what was found in its binary logs.
 * The plan says where each value comes from; whoever runs it puts the value in, or refuses, on what it sees then (`resolve-command.ts`).
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import type { StepId } from './plan.ts';

/** A place in a binary log. */
export type PlaceReference =
  | { readonly kind: 'known'; readonly coordinates: BinlogCoordinates }
  /** Where the own binary log of that step's server ended when the step had. */
  | { readonly kind: 'log-end'; readonly after: StepId }
  /** What that step's server had applied of its source's binary log when the step had ended. */
  | { readonly kind: 'applied'; readonly after: StepId }
  /** What that step has searched for. */
  | { readonly kind: 'found'; readonly by: StepId };

/**
 * What must be seen before a server's relay log may be dropped (D4), at the moment when it is about to be: all that the server has received is …
 */
export type RelayLogRule =
  /** … applied by itself. By GTID where it replicates so, else by the places that it has read and applied. */
  | { readonly kind: 'drained' }
  /** … executed by that server, or by the other, by GTID; or by itself. */
  | { readonly kind: 'executed-by'; readonly server: InstanceKey; readonly orBy?: InstanceKey }
  /** … in the binary log of that server, which is the very same as the present source's: a binlog server's, or the source's own; or applied by itself. */
  | { readonly kind: 'logged-by'; readonly server: InstanceKey }
  /** … applied by that server, which replicates from the same source by file and position. */
  | { readonly kind: 'applied-by'; readonly server: InstanceKey }
  /** … executed by that server, or among these, by name, which a person has ordered to be lost. */
  | { readonly kind: 'executed-or-discarded'; readonly server: InstanceKey; readonly discards: string };

/** How a server finds its place in the binary logs of its new source. */
export type FollowAt =
  /** By GTID; one that does not replicate so yet begins to. */
  | { readonly kind: 'gtid' }
  /** Where its applier stands now, in binary logs that are the same; by GTID where it replicates so. */
  | { readonly kind: 'own-place' }
  /** There; it leaves GTID if it replicated so. */
  | { readonly kind: 'place'; readonly place: PlaceReference };

export type AppliedSince =
  /** The place where it began there. */
  | { readonly kind: 'place'; readonly place: PlaceReference }
  /** By GTID: what it had executed when that step had ended. */
  | { readonly kind: 'executed'; readonly after: StepId };

/** How a replica reaches its source. */
export type SourceOptions = Pick<Instance, 'allowTls' | 'replicationTls' | 'receiverOptions'>;

/** By which name a server is told of its source (spec/topology-operations.md 3.2 step 2). */
export type SourceName =
  /** By which we know it, whatever is registered. */
  | { readonly kind: 'own' }
  /** The virtual one that a person registered for its host, and that has been seen to lead to it. */
  | { readonly kind: 'virtual'; readonly hostname: string };

export interface OrderedLoss {
  /** The primary of the cluster. */
  readonly origin: InstanceKey;
  /** What a person has ordered to be lost, by name; '' for nothing. */
  readonly discards: string;
}

export type DeferredCommand =
  /** Stops, and points at another source; does not start. */
  | {
      readonly kind: 'follow-when-safe';
      readonly source: InstanceKey;
      readonly at: FollowAt;
      readonly relayLog: RelayLogRule;
      /** Only for a server that has none (a demoted primary). */
      readonly credentials: ReplicationCredentials | null;
      /** How to reach the source is taken from this server instead of from its own settings: it never had any. */
      readonly securedAs: InstanceKey | null;
      /** The same, as it was once known; where the former is null. */
      readonly like?: SourceOptions;
      /** Nothing is sent where that is its source: a way back that was never left. */
      readonly unlessThere: boolean;
      /** For a way back by place. Nothing is sent where it has applied anything since at the source that it leaves: it would apply that once more. */
      readonly unlessApplied?: AppliedSince;
      /** Absent: its own, unless a registered one is put in before the plan is shown. */
      readonly name?: SourceName;
    }
  | { readonly kind: 'forget-source-when-safe'; readonly relayLog: RelayLogRule }
  /** Replicates up to that place and not beyond. Nothing is sent where it stands there already; refused where it is past it. */
  | { readonly kind: 'run-until'; readonly place: PlaceReference; readonly mayBePast: boolean }
  /** A command that throws the relay log away where both threads stand still; or, `besideApplier`, where the applier does. */
  | {
      readonly kind: 'when-safe';
      readonly command: ServerCommand;
      readonly relayLog: RelayLogRule;
      readonly besideApplier?: true;
    }
  /**
   * Deletes the binary logs, and counts as executed what was executed when the step `stood` had ended, but for `errant`. Sent again, it goes on where it was cut.
   * Refused where anything has changed since.
   */
  | { readonly kind: 'forget-errant'; readonly errant: string; readonly stood: StepId }
  /** These, unless the record of what was executed before the former is lost: whoever replicated without it would apply everything once more. */
  | {
      readonly kind: 'start-if-recorded';
      readonly commands: readonly ServerCommand[];
      readonly errant: string;
      readonly stood: StepId;
    }
  /** Sends nothing: searches where in the binary logs of `within` the server of this step stands (spec/topology-operations.md 4.5). */
  | { readonly kind: 'find-place'; readonly within: InstanceKey }
  /** Sends nothing. Refused where the server has anything that `origin` has not, and that is not among these. */
  | ({ readonly kind: 'check-loss' } & OrderedLoss)
  /** All its data are replaced by those of the donor; under the same condition. */
  | ({
      readonly kind: 'clone-when-safe';
      readonly donor: InstanceKey;
      readonly credentials: ReplicationCredentials;
    } & OrderedLoss)
  /** Sends nothing, and is no part of what a runner does: whoever runs the operation waits until the server has its new data and answers again. */
  | { readonly kind: 'await-clone'; readonly donor: InstanceKey }
  /** The same: configured hooks provision the server. */
  | { readonly kind: 'provision-by-hooks'; readonly donor: InstanceKey };

/** What the server is told as its source's address. */
export const toldSource = ({ source, name }: Extract<DeferredCommand, { kind: 'follow-when-safe' }>): InstanceKey =>
  name?.kind === 'virtual' ? { ...source, hostname: name.hostname } : source;

export type StepCommand = ServerCommand | DeferredCommand;

const DEFERRED: ReadonlySet<string> = new Set<DeferredCommand['kind']>([
  'follow-when-safe',
  'forget-source-when-safe',
  'run-until',
  'when-safe',
  'forget-errant',
  'start-if-recorded',
  'find-place',
  'check-loss',
  'clone-when-safe',
  'await-clone',
  'provision-by-hooks',
]);

export const isDeferred = (command: StepCommand): command is DeferredCommand => DEFERRED.has(command.kind);
