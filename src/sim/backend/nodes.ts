/**
 * Living processes (spec/high-availability.md 5).
 */
import type { NodeIdentity } from '../../model/recovery-record.ts';
import type { NodeStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { compareText, deleteWhere } from './rows.ts';
import type { HealthRow } from './tables.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

/** A process as key of a Map or Set. */
export const nodeId = ({ hostname, token }: NodeIdentity): string => JSON.stringify([hostname, token]);

const byHostAndToken = (one: HealthRow, other: HealthRow): number =>
  compareText(one.identity.hostname, other.identity.hostname) || compareText(one.identity.token, other.identity.token);

type HealthStore = Pick<NodeStore, 'registerNode' | 'availableNodes' | 'deleteNodesUnseenSince' | 'removeNode'>;

export const nodeStore = (engine: MemoryEngine): HealthStore => ({
  registerNode: ({ identity, lastSeenActive, extraInfo, command, appVersion, dbBackend }) =>
    engine.write(({ nodes }) => {
      const id = nodeId(identity);
      const lastSeen = storedTime(lastSeenActive);
      nodes.set(id, {
        identity: { hostname: identity.hostname, token: identity.token },
        // A renewal must not make the process look as if it had just come.
        firstSeenActive: nodes.get(id)?.firstSeenActive ?? lastSeen,
        lastSeenActive: lastSeen,
        extraInfo,
        command,
        appVersion,
        dbBackend,
      });
    }),

  availableNodes: (seenSince) =>
    engine.read(({ nodes }) =>
      [...nodes.values()]
        .filter((row) => !isBefore(row.lastSeenActive, seenSince))
        .sort(byHostAndToken)
        .map((row) => ({
          ...row,
          firstSeenActive: readTimeOrZero(row.firstSeenActive),
          lastSeenActive: readTimeOrZero(row.lastSeenActive),
        })),
    ),

  deleteNodesUnseenSince: (unseenSince) =>
    engine.write(({ nodes }) => {
      deleteWhere(nodes, (row) => isBefore(row.lastSeenActive, unseenSince));
    }),

  removeNode: (identity) =>
    engine.write(({ nodes }) => {
      nodes.delete(nodeId(identity));
    }),
});
