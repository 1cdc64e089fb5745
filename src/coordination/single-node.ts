/**
 * A node on a backend of its own: it goes through the backend's election as several would (spec/high-availability.md 2.1, 4), so that a second
 * process on the same file by mistake does not act beside it.
 */
import { unixMillis } from '../model/brand.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeStore } from '../ports/decision-store.ts';
import type { Leadership } from './leadership.ts';

/**
 * The row of a former process on the same embedded database counts as abandoned after this long; its timestamps have a resolution of a second.
 * Shorter than the contract's 5 seconds of shared backends: only processes of this machine can hold it.
 */
const ABANDONED_MILLIS = 3_000;

export interface SingleNodeOptions {
  readonly identity: NodeIdentity;
  readonly store: Pick<NodeStore, 'attemptElection' | 'grabElection'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export function singleNodeLeadership(options: SingleNodeOptions): Leadership {
  const { identity, store, clock, onError } = options;
  let leads = false;
  return {
    isLeader: () => leads,
    async renew() {
      const now = clock.now();
      try {
        leads = await store.attemptElection(identity, now, unixMillis(now - ABANDONED_MILLIS));
      } catch (error) {
        leads = false;
        onError(error);
      }
    },
    async grab() {
      await store.grabElection(identity, clock.now());
      leads = true;
    },
  };
}
