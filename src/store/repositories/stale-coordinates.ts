/**
 * Where the binary logs of primaries stand that are suspected to be locked (`database_instance_stale_binlog_coordinates`).
 */
import { unixMillis } from '../../model/brand.ts';
import type { StaleCoordinatesStore } from '../../ports/stale-coordinates-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp } from '../timestamp.ts';

export function staleCoordinatesStore(engine: Engine): StaleCoordinatesStore {
  return {
    async loadStaleCoordinates() {
      const rows = await engine.db
        .selectFrom('database_instance_stale_binlog_coordinates')
        .selectAll()
        .orderBy('hostname')
        .orderBy('port')
        .execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        coordinates: { file: row.binary_log_file, pos: Number(row.binary_log_pos), type: 'binary' as const },
        // Without a time it has stood there for as long as anybody knows.
        firstSeen: parseTimestamp(row.first_seen) ?? unixMillis(0),
      }));
    },
  };
}
