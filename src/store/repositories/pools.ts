/**
 * Members of pools (`database_instance_pool`), which expire unless submitted again.
 */
import { compareMemberships } from '../../model/pool.ts';
import type { PoolStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

const TABLE = 'database_instance_pool';

/** Rows a statement: engines bound the parameters of one. */
const ROWS_A_STATEMENT = 200;

export function poolStore(engine: Engine): PoolStore {
  const { db } = engine;
  return {
    replacePool: (pool, members, at) =>
      engine.transaction(async (transaction) => {
        await transaction.deleteFrom(TABLE).where('pool', '=', pool).execute();
        const rows = members.map(({ hostname, port }) => ({ hostname, port, pool, registered_at: timestampText(at) }));
        for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
          const some = rows.slice(start, start + ROWS_A_STATEMENT);
          await transaction.insertInto(TABLE).values(some).execute();
        }
      }),

    async loadPools(registeredSince) {
      const rows = await db
        .selectFrom(TABLE)
        .select(['hostname', 'port', 'pool'])
        .where('registered_at', '>=', timestampText(registeredSince))
        .execute();
      return rows.map(({ hostname, port, pool }) => ({ pool, key: { hostname, port } })).sort(compareMemberships);
    },

    async deletePoolMembersOlderThan(oldest) {
      const result = await db.deleteFrom(TABLE).where('registered_at', '<', timestampText(oldest)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
