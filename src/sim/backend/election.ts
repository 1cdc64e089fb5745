/**
 * Which of the processes on one disk is the active one (spec/high-availability.md 4).
 */
import type { NodeStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

/** Host name that says: nobody is active, nobody need be waited for. */
const NOBODY = '';

type ElectionStore = Pick<NodeStore, 'attemptElection' | 'grabElection' | 'activeNode'>;

export const electionStore = (engine: MemoryEngine): ElectionStore => ({
  attemptElection: ({ hostname, token }, now, expiredBefore) =>
    engine.write((tables) => {
      const at = storedTime(now);
      const claim = { hostname, token, firstSeenActive: at, lastSeenActive: at };
      const holder = tables.activeNode ?? claim;
      const isFree = holder.hostname === NOBODY || isBefore(holder.lastSeenActive, expiredBefore);
      const winner = isFree ? claim : holder;
      const isMine = winner.hostname === hostname && winner.token === token;
      tables.activeNode = isMine ? { ...winner, lastSeenActive: at } : winner;
      return isMine;
    }),

  grabElection: ({ hostname, token }, now) =>
    engine.write((tables) => {
      const at = storedTime(now);
      tables.activeNode = { hostname, token, firstSeenActive: at, lastSeenActive: at };
    }),

  activeNode: () =>
    engine.read(({ activeNode }) => {
      if (activeNode === null || activeNode.hostname === NOBODY) return null;
      return {
        identity: { hostname: activeNode.hostname, token: activeNode.token },
        firstSeenActive: readTimeOrZero(activeNode.firstSeenActive),
        lastSeenActive: readTimeOrZero(activeNode.lastSeenActive),
        extraInfo: '',
        command: '',
        appVersion: '',
        dbBackend: '',
      };
    }),
});
