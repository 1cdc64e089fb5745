/**
 * Where servers stood in their logs in the last minutes (spec/topology-operations.md 4.3).
 */
import type { ServerCoordinates } from '../../model/coordinates-history.ts';
import { sameKey } from '../../model/instance-key.ts';
import type { CoordinatesHistoryStore } from '../../ports/coordinates-history-store.ts';
import type { MemoryEngine } from './engine.ts';
import { storedKey } from './stored-keys.ts';
import { isBefore, readTime, readTimeOrZero, type StoredTime, storedTime } from './timestamp.ts';

export interface CoordinatesRow extends Omit<ServerCoordinates, 'lastSeen'> {
  readonly recordedAt: StoredTime;
  readonly lastSeen: StoredTime | null;
}

const rowOf = (server: ServerCoordinates, recordedAt: StoredTime): CoordinatesRow => ({
  key: storedKey(server.key),
  recordedAt,
  lastSeen: server.lastSeen === null ? null : storedTime(server.lastSeen),
  selfCoordinates: { file: server.selfCoordinates.file, pos: server.selfCoordinates.pos, type: 'binary' },
  relayLogCoordinates: { file: server.relayLogCoordinates.file, pos: server.relayLogCoordinates.pos, type: 'relay' },
});

export const coordinatesHistory = (engine: MemoryEngine): CoordinatesHistoryStore => ({
  recordCoordinates: (servers, at, keepSince) =>
    engine.write((tables) => {
      const rows = servers.map((server) => rowOf(server, storedTime(at)));
      tables.coordinatesHistory = [
        ...tables.coordinatesHistory.filter((row) => !isBefore(row.recordedAt, keepSince)),
        ...rows,
      ];
    }),

  loadCoordinatesHistory: (key) =>
    engine.read(({ coordinatesHistory: rows }) =>
      rows
        .filter((row) => sameKey(row.key, key))
        .toReversed()
        .sort((one, other) => other.recordedAt - one.recordedAt)
        .map((row) => ({ ...row, recordedAt: readTimeOrZero(row.recordedAt), lastSeen: readTime(row.lastSeen) })),
    ),

  blankRelayCoordinates: (key) =>
    engine.write((tables) => {
      tables.coordinatesHistory = tables.coordinatesHistory.map((row) =>
        sameKey(row.key, key) ? { ...row, relayLogCoordinates: { file: '', pos: 0, type: 'relay' } } : row,
      );
    }),
});
