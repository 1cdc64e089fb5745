/** What running a plan needs, and what plans that refer to each other's steps share. */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { PlanStep, StepId } from '../planning/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalPhase } from '../ports/decision-store.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import type { Silences } from './silence.ts';

/** What plans have shown so far that are run one after another and refer to each other's steps. */
export class Sightings {
  readonly after = new Map<StepId, Instance>();
  readonly found = new Map<StepId, BinlogCoordinates>();
}

export type FoundPlace =
  | { readonly kind: 'found'; readonly coordinates: BinlogCoordinates }
  | { readonly kind: 'failed'; readonly reason: string };

/** Where a server stands in the binary logs of another. */
export type FindPlace = (own: Instance, within: InstanceKey, mayGoOn: () => boolean) => Promise<FoundPlace>;

export interface PlanRunnerOptions {
  readonly servers: TopologyServers;
  readonly clock: Clock;
  /** Rejects when it cannot be written: then nothing is done to the server. */
  readonly journal: (step: PlanStep<StepCommand>, phase: JournalPhase, detail: string) => Promise<void>;
  /** Shared by plans that refer to each other's steps; absent: the plan refers to its own alone. */
  readonly sightings?: Sightings;
  /** What was seen of servers that must still be silent; absent: they were found so when the plan began. */
  readonly silences?: Silences;
  /** Needed for plans that search for places. */
  readonly findPlace?: FindPlace;
  /** False: leadership is lost or the node stops; no further step begins. */
  readonly mayGoOn: () => boolean;
}

/** A step that was not begun, or an undo that was not sent: this node does not lead any more, or something more urgent has begun. */
export const MAY_NOT_ACT = 'this node may not act any more';

/** For reading a server again after its step. */
export const VERIFY_MILLIS = 2_000;
