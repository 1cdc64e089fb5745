/**
 * Servers that an operation makes stand still (`orc_standing_still`), times in milliseconds.
 */
import type { Selectable } from 'kysely';
import { unixMillis } from '../../model/brand.ts';
import type { StandingStill, StandingStillStore } from '../../ports/standing-still-store.ts';
import type { Engine } from '../engine.ts';
import type { Database } from '../schema/schema.ts';

const TABLE = 'orc_standing_still';

const rowOf = ({ key, receiverRan, applierRan, reason, node, at }: StandingStill) => ({
  hostname: key.hostname,
  port: key.port,
  receiver_ran: Number(receiverRan),
  applier_ran: Number(applierRan),
  reason,
  processing_node_hostname: node.hostname,
  processing_node_token: node.token,
  at_millis: Math.trunc(at),
});

const standingOfRow = (row: Selectable<Database[typeof TABLE]>): StandingStill => ({
  key: { hostname: row.hostname, port: row.port },
  receiverRan: row.receiver_ran !== 0,
  applierRan: row.applier_ran !== 0,
  reason: row.reason,
  node: { hostname: row.processing_node_hostname, token: row.processing_node_token },
  at: unixMillis(Number(row.at_millis)),
});

/** Both write in transactions, which are done again after a deadlock: a row that is lost to one leaves a server stopped, or has it started later. */
export function standingStillStore(engine: Engine): StandingStillStore {
  const { db } = engine;
  return {
    saveStandingStill: (standing) =>
      engine.transaction((transaction) => engine.upsert(transaction, TABLE, rowOf(standing))),

    deleteStandingStill: ({ hostname, port }, node) =>
      engine.transaction(async (transaction) => {
        const result = await transaction
          .deleteFrom(TABLE)
          .where('hostname', '=', hostname)
          .where('port', '=', port)
          .where('processing_node_hostname', '=', node.hostname)
          .where('processing_node_token', '=', node.token)
          .executeTakeFirst();
        return result.numDeletedRows > 0n;
      }),

    async loadStandingStill() {
      const rows = await db.selectFrom(TABLE).selectAll().orderBy('hostname').orderBy('port').execute();
      return rows.map(standingOfRow);
    },
  };
}
