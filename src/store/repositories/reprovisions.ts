/**
 * Servers that are being provisioned anew (`orc_reprovision`), times in milliseconds.
 */
import type { Selectable } from 'kysely';
import { unixMillis } from '../../model/brand.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { ReprovisionStore } from '../../ports/reprovision-store.ts';
import type { Engine } from '../engine.ts';
import type { Database } from '../schema/schema.ts';

const TABLE = 'orc_reprovision';

const rowOf = ({ key, donor, primary, node, ...record }: ReprovisionRecord) => ({
  hostname: key.hostname,
  port: key.port,
  donor_hostname: donor.hostname,
  donor_port: donor.port,
  primary_hostname: primary.hostname,
  primary_port: primary.port,
  method: record.method,
  discarded: record.discarded,
  former_clone: record.formerClone,
  delay_seconds: record.delaySeconds,
  super_read_only: Number(record.superReadOnly),
  phase: record.phase,
  processing_node_hostname: node.hostname,
  processing_node_token: node.token,
  at_millis: Math.trunc(record.at),
});

const recordOfRow = (row: Selectable<Database[typeof TABLE]>): ReprovisionRecord => ({
  key: { hostname: row.hostname, port: row.port },
  donor: { hostname: row.donor_hostname, port: row.donor_port },
  primary: { hostname: row.primary_hostname, port: row.primary_port },
  method: row.method === 'clone' ? 'clone' : 'hooks',
  discarded: row.discarded,
  formerClone: row.former_clone,
  delaySeconds: row.delay_seconds,
  superReadOnly: row.super_read_only !== 0,
  phase: row.phase === 'provisioned' ? 'provisioned' : 'begun',
  node: { hostname: row.processing_node_hostname, token: row.processing_node_token },
  at: unixMillis(Number(row.at_millis)),
});

/** Both write in transactions, which are done again after a deadlock: a row that is lost to one has a clone begun a second time. */
export function reprovisionStore(engine: Engine): ReprovisionStore {
  const { db } = engine;
  return {
    saveReprovision: (record) => engine.transaction((transaction) => engine.upsert(transaction, TABLE, rowOf(record))),

    deleteReprovision: ({ hostname, port }) =>
      engine.transaction(async (transaction) => {
        const result = await transaction
          .deleteFrom(TABLE)
          .where('hostname', '=', hostname)
          .where('port', '=', port)
          .executeTakeFirst();
        return result.numDeletedRows > 0n;
      }),

    async loadReprovisions() {
      const rows = await db.selectFrom(TABLE).selectAll().orderBy('hostname').orderBy('port').execute();
      return rows.map(recordOfRow);
    },
  };
}
