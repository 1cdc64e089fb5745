/** The other nodes of orchestrator, as far as one asks them what they see. Where there are none, nobody is asked. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { ServerSight } from '../model/server-sight.ts';

/** `now`: they look once more before they answer. `known`: what they saw last. */
export type LookOf = 'now' | 'known';

export type NodeAnswer =
  | { readonly node: string; readonly kind: 'seen'; readonly sights: readonly ServerSight[] }
  | { readonly node: string; readonly kind: 'no-answer'; readonly reason: string };

export interface OtherNodes {
  /** None are configured. */
  readonly isAlone: () => boolean;
  /**
   * One answer of each other node, this one left out should it be among them. Never rejects, and ends within the deadline; or as soon as `suffices` says so of
   * the answers that are there and of how many are missing: those count as not given.
   */
  ask(
    keys: readonly InstanceKey[],
    look: LookOf,
    deadlineMillis: number,
    suffices?: (answers: readonly NodeAnswer[], missing: number) => boolean,
  ): Promise<readonly NodeAnswer[]>;
}

export const NO_OTHER_NODES: OtherNodes = { isAlone: () => true, ask: async () => [] };
