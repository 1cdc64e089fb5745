/**
 * Members of pools, which expire unless submitted again.
 */
import { compareMemberships } from '../../model/pool.ts';
import type { PoolStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { storedKey } from './stored-keys.ts';
import { isBefore, storedTime } from './timestamp.ts';

export const poolStore = (engine: MemoryEngine): PoolStore => ({
  replacePool: (pool, members, at) =>
    engine.write((tables) => {
      const registered = storedTime(at);
      const rows = members.map((key) => ({ pool, key: storedKey(key), registered }));
      tables.poolMembers = [...tables.poolMembers.filter((row) => row.pool !== pool), ...rows];
    }),

  loadPools: (registeredSince) =>
    engine.read(({ poolMembers }) =>
      poolMembers
        .filter((row) => !isBefore(row.registered, registeredSince))
        .map(({ pool, key }) => ({ pool, key }))
        .sort(compareMemberships),
    ),

  deletePoolMembersOlderThan: (oldest) =>
    engine.write((tables) => {
      const left = tables.poolMembers.filter((row) => !isBefore(row.registered, oldest));
      const deleted = tables.poolMembers.length - left.length;
      tables.poolMembers = left;
      return deleted;
    }),
});
