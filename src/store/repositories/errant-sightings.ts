/**
 * When errant transactions were first seen (`orc_errant_gtid`), times in milliseconds.
 */
import { serverUuid, unixMillis } from '../../model/brand.ts';
import type { ErrantSightingStore } from '../../ports/errant-sighting-store.ts';
import type { Engine } from '../engine.ts';

const TABLE = 'orc_errant_gtid';

/** Rows a statement: engines bound the parameters of one. */
const ROWS_A_STATEMENT = 200;

export function errantSightingStore(engine: Engine): ErrantSightingStore {
  const { db } = engine;
  return {
    replaceErrantSightings: ({ hostname, port }, sightings) =>
      engine.transaction(async (transaction) => {
        await transaction.deleteFrom(TABLE).where('hostname', '=', hostname).where('port', '=', port).execute();
        const rows = sightings.map(({ uuid, tag, first, last, firstSeen }) => ({
          hostname,
          port,
          originator_uuid: uuid,
          tag,
          first_number: first,
          last_number: last,
          first_seen_millis: Math.trunc(firstSeen),
        }));
        for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
          const some = rows.slice(start, start + ROWS_A_STATEMENT);
          await transaction.insertInto(TABLE).values(some).execute();
        }
      }),

    async loadErrantSightings(key) {
      const all = db.selectFrom(TABLE).selectAll();
      const some = key === undefined ? all : all.where('hostname', '=', key.hostname).where('port', '=', key.port);
      const rows = await some
        .orderBy('hostname')
        .orderBy('port')
        .orderBy('originator_uuid')
        .orderBy('tag')
        .orderBy('first_number')
        .execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        uuid: serverUuid(row.originator_uuid),
        tag: row.tag,
        first: Number(row.first_number),
        last: Number(row.last_number),
        firstSeen: unixMillis(Number(row.first_seen_millis)),
      }));
    },
  };
}
