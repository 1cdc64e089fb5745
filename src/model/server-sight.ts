/** What one node of orchestrator sees of a server: for other nodes, which may see something else from where they are (A20). */
import type { InstanceKey } from './instance-key.ts';

/** `unknown`: it does not watch that server, or has not looked yet; it says nothing either way. */
export const SIGHTS = ['answers', 'silent', 'unknown'] as const;
export type Sight = (typeof SIGHTS)[number];

export interface ServerSight {
  readonly key: InstanceKey;
  readonly sight: Sight;
  /** Since its last answer, milliseconds; null: never. */
  readonly ageMillis: number | null;
  /** Why it does not answer, in its words or the system's; '' where it does or nobody knows. */
  readonly failure: string;
}
