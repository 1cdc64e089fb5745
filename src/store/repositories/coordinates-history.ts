/**
 * Where servers stood in their logs in the last minutes (`database_instance_coordinates_history`; spec/topology-operations.md 4.3).
 */
import { unixMillis } from '../../model/brand.ts';
import type { ServerCoordinates } from '../../model/coordinates-history.ts';
import type { CoordinatesHistoryStore } from '../../ports/coordinates-history-store.ts';
import type { Engine } from '../engine.ts';
import type { SqlValue } from '../sql-values.ts';
import { parseTimestamp, timestampText, timestampTextOrNever } from '../timestamp.ts';

const TABLE = 'database_instance_coordinates_history';
const COLUMNS = [
  'hostname',
  'port',
  'recorded_timestamp',
  'last_seen',
  'binary_log_file',
  'binary_log_pos',
  'relay_log_file',
  'relay_log_pos',
] as const;

const INSERT_SQL = `insert into ${TABLE} (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`;
const DELETE_SQL = `delete from ${TABLE} where recorded_timestamp < ?`;

const valuesOf = (server: ServerCoordinates, recorded: string): Record<(typeof COLUMNS)[number], SqlValue> => ({
  hostname: server.key.hostname,
  port: server.key.port,
  recorded_timestamp: recorded,
  last_seen: timestampTextOrNever(server.lastSeen),
  binary_log_file: server.selfCoordinates.file,
  binary_log_pos: server.selfCoordinates.pos,
  relay_log_file: server.relayLogCoordinates.file,
  relay_log_pos: server.relayLogCoordinates.pos,
});

export function coordinatesHistory(engine: Engine): CoordinatesHistoryStore {
  const { db } = engine;
  const parametersOf = (server: ServerCoordinates, recorded: string): readonly SqlValue[] => {
    const values = valuesOf(server, recorded);
    return COLUMNS.map((column) => engine.storable(TABLE, column, values[column]));
  };
  return {
    recordCoordinates(servers, at, keepSince) {
      const recorded = timestampText(at);
      return engine.runBatch([
        { sql: DELETE_SQL, rows: [{ parameters: [timestampText(keepSince)] }] },
        { sql: INSERT_SQL, rows: servers.map((server) => ({ parameters: parametersOf(server, recorded) })) },
      ]);
    },

    async loadCoordinatesHistory({ hostname, port }) {
      const rows = await db
        .selectFrom(TABLE)
        .selectAll()
        .where('hostname', '=', hostname)
        .where('port', '=', port)
        .orderBy('recorded_timestamp', 'desc')
        .orderBy('history_id', 'desc')
        .execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        recordedAt: parseTimestamp(row.recorded_timestamp) ?? unixMillis(0),
        lastSeen: parseTimestamp(row.last_seen),
        selfCoordinates: { file: row.binary_log_file, pos: Number(row.binary_log_pos), type: 'binary' as const },
        relayLogCoordinates: { file: row.relay_log_file, pos: Number(row.relay_log_pos), type: 'relay' as const },
      }));
    },

    async blankRelayCoordinates({ hostname, port }) {
      await db
        .updateTable(TABLE)
        .set({ relay_log_file: '', relay_log_pos: 0 })
        .where('hostname', '=', hostname)
        .where('port', '=', port)
        .execute();
    },
  };
}
