/** Where a pretended server is known to do otherwise than a real one, and is left so: the reasons are in DIFFERENCES.md. */
import type { ServerFamily } from '../../../src/sandbox/server-binaries.ts';

export interface Difference {
  /** Heading of its reason in DIFFERENCES.md. */
  readonly id: string;
  readonly family: ServerFamily;
  readonly script: string;
  /** How the step begins, as failures show it: what it comes to is not compared. */
  readonly step: string;
  /** Only these columns of its answer are not compared. */
  readonly columns?: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [];
