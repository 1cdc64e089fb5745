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
 * The row of a former process on the same embedded database counts as abandoned after this long. Shorter than the contract's 5 seconds of shared
 * backends: only processes of this machine can hold it.
 */
const ABANDONED_MILLIS = 4_000;

/**
 * Leadership lasts this long without a renewal, by the monotonic clock: one that is missed does not cut a recovery, and a process that was
 * stopped for a while does not believe to lead when it resumes. A second shorter than the row, whose timestamps have no fractions.
 */
const LEASE_MILLIS = ABANDONED_MILLIS - 1_000;

export interface SingleNodeOptions {
  readonly identity: NodeIdentity;
  readonly store: Pick<NodeStore, 'attemptElection' | 'grabElection'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export function singleNodeLeadership(options: SingleNodeOptions): Leadership {
  const { identity, store, clock, onError } = options;
  let leadsUntil = Number.NEGATIVE_INFINITY;
  return {
    isLeader: () => clock.monotonic() < leadsUntil,
    async renew() {
      const now = clock.now();
      // Counted from before the row is written: that is what others see.
      const until = clock.monotonic() + LEASE_MILLIS;
      try {
        const isActive = await store.attemptElection(identity, now, unixMillis(now - ABANDONED_MILLIS));
        leadsUntil = isActive ? until : Number.NEGATIVE_INFINITY;
      } catch (error) {
        onError(error);
      }
    },
    async grab() {
      const until = clock.monotonic() + LEASE_MILLIS;
      await store.grabElection(identity, clock.now());
      leadsUntil = until;
    },
  };
}
