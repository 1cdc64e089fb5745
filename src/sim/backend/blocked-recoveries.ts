/**
 * What is being refused right now, one row a server; for display only.
 */
import { keyId } from '../../model/instance-key.ts';
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { deleteWhere, inKeyOrder } from './rows.ts';
import { storedKey } from './stored-keys.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

type BlockedStore = Pick<RecoveryStore, 'recordBlocked' | 'expireBlocked' | 'blockedRecoveries'>;

export const blockedRecoveryStore = (engine: MemoryEngine): BlockedStore => ({
  recordBlocked: ({ key, clusterName, code, lastBlocked, blockingRecoveryId }) =>
    engine.write(({ blocked }) => {
      const row = { key: storedKey(key), clusterName, code, lastBlocked: storedTime(lastBlocked), blockingRecoveryId };
      blocked.set(keyId(key), row);
    }),

  expireBlocked: (notRefreshedSince) =>
    engine.write(({ blocked, recoveries }) => {
      // Acknowledged or gone: nothing blocks any more.
      const blocking = new Set(recoveries.filter((row) => row.acknowledgement === null).map((row) => row.id));
      deleteWhere(
        blocked,
        (row) => isBefore(row.lastBlocked, notRefreshedSince) || !blocking.has(row.blockingRecoveryId),
      );
    }),

  blockedRecoveries: (clusterName) =>
    engine.read(({ blocked }) =>
      inKeyOrder(blocked)
        .filter((row) => clusterName === undefined || row.clusterName === clusterName)
        .map((row) => ({ ...row, lastBlocked: readTimeOrZero(row.lastBlocked) })),
    ),
});
