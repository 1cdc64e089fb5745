/**
 * Whether a server that becomes the primary waits for acknowledgements from before its first write on (E2; spec/recovery.md 2.6, 12.4 #7). Switched on afterwards, the writes in between would be on
 * this server alone. Pure; wait count and timeout stay as they are (contract).
 */
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';

export type PromotionSemiSync =
  /** Nobody waited before, or it waits already. */
  | { readonly kind: 'as-it-is' }
  | { readonly kind: 'switched-on'; readonly text: string }
  | { readonly kind: 'left-off'; readonly text: string };

/** `followers`: replicas that it will have. */
export function promotionSemiSync(
  promoted: Instance,
  replaced: Instance,
  followers: readonly Instance[],
): PromotionSemiSync {
  const { available, sourceEnabled, priority, sourceWaitForReplicaCount: needed } = promoted.semiSync;
  if (sourceEnabled) return { kind: 'as-it-is' };
  const key = instanceKeyText(promoted.key);
  // The contract: by its priority, whoever acknowledges.
  if (priority > 0)
    return { kind: 'switched-on', text: `${key} waits for acknowledgements, by its semi-sync priority` };
  if (!replaced.semiSync.sourceEnabled) return { kind: 'as-it-is' };
  if (!available) return { kind: 'left-off', text: `${key} has no semi-sync plugin for sources` };
  const ackers = followers.filter(({ semiSync }) => semiSync.replicaEnabled).length;
  // With fewer than it waits for, every write would wait for nothing.
  return ackers < needed
    ? { kind: 'left-off', text: `${key} would wait for ${needed} acknowledgements, and ${ackers} replicas acknowledge` }
    : { kind: 'switched-on', text: `${key} waits for ${needed} acknowledgements, as the former primary did` };
}

/** To be sent before it is made writable. */
export const semiSyncCommands = ({ kind }: PromotionSemiSync): readonly ServerCommand[] =>
  kind === 'switched-on' ? [{ kind: 'set-semi-sync-source', enabled: true }] : [];
