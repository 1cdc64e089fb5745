/**
 * Places in binary logs at which primaries were suspected to be locked (spec/failure-detection.md 12.1; A12).
 */
import { unixMillis } from '../../model/brand.ts';
import type { StaleCoordinatesStore } from '../../ports/stale-coordinates-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'database_instance_stale_binlog_coordinates';

export function staleCoordinates(engine: Engine): StaleCoordinatesStore {
  const { db } = engine;
  return {
    saveStaleCoordinates: ({ key: { hostname, port }, coordinates: { file, pos }, firstSeen }) =>
      engine.upsert(db, TABLE, {
        hostname,
        port,
        binary_log_file: file,
        binary_log_pos: pos,
        first_seen: timestampText(firstSeen),
      }),
    async loadStaleCoordinates() {
      const rows = await db.selectFrom(TABLE).selectAll().orderBy('hostname').orderBy('port').execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        coordinates: { file: row.binary_log_file, pos: Number(row.binary_log_pos), type: 'binary' as const },
        firstSeen: parseTimestamp(row.first_seen) ?? unixMillis(0),
      }));
    },
    async deleteStaleCoordinates({ hostname, port }) {
      await db.deleteFrom(TABLE).where('hostname', '=', hostname).where('port', '=', port).execute();
    },
  };
}
