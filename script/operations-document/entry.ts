/** What the document says of one operation beyond what is taken from the program itself. */
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { World } from './sample-world.ts';

/** A request in a world: planned, and shown as the command line shows it. */
export interface PlannedExample {
  readonly request: OperationRequest;
  readonly world: World;
  /** What is different here, before the example; '' or absent for the first. */
  readonly title?: string;
}

/** A command of another kind, with what it prints. */
export interface PrintedExample {
  readonly command: string;
  readonly prints: readonly string[];
}

export interface OperationEntry {
  /** O-number of the contract. */
  readonly number: number;
  readonly title: string;
  /** Paragraphs: what it does, what must hold, what it leaves. */
  readonly text: readonly string[];
  /** Paths of API v1 and commands that are no operations, and so are not found by asking them. Each must exist. */
  readonly api?: readonly string[];
  readonly commands?: readonly string[];
  /** Commands of the shell client `orchestrator-client`. */
  readonly client?: readonly string[];
  readonly examples?: readonly PlannedExample[];
  readonly printed?: readonly PrintedExample[];
  /** Situations in which it is refused: their codes and texts are made by planning it there. */
  readonly refusals?: readonly (readonly [request: OperationRequest, world: World])[];
  /** Audit types that no example shows. */
  readonly audits?: readonly string[];
  /** Codes and texts of what is no operation, and so cannot be planned. */
  readonly codes?: Readonly<Record<string, string>>;
}
