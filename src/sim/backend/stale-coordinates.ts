/**
 * Places in binary logs at which primaries were suspected to be locked (spec/failure-detection.md 12.1).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import { type InstanceKey, keyId } from '../../model/instance-key.ts';
import type { StaleCoordinatesStore } from '../../ports/stale-coordinates-store.ts';
import type { MemoryEngine } from './engine.ts';
import { inKeyOrder } from './rows.ts';
import { readTime, type StoredTime, storedTime } from './timestamp.ts';

export interface StaleCoordinatesRow {
  readonly key: InstanceKey;
  readonly coordinates: BinlogCoordinates;
  readonly firstSeen: StoredTime;
}

export const staleCoordinates = (engine: MemoryEngine): StaleCoordinatesStore => ({
  saveStaleCoordinates: ({ key, coordinates: { file, pos }, firstSeen }) =>
    engine.write((tables) => {
      const row = { key, coordinates: { file, pos, type: 'binary' as const }, firstSeen: storedTime(firstSeen) };
      tables.staleCoordinates.set(keyId(key), row);
    }),
  loadStaleCoordinates: () =>
    engine.read((tables) =>
      inKeyOrder(tables.staleCoordinates).flatMap(({ key, coordinates, firstSeen }) => {
        const since = readTime(firstSeen);
        return since === null ? [] : [{ key, coordinates, firstSeen: since }];
      }),
    ),
  deleteStaleCoordinates: (key) => engine.write((tables) => void tables.staleCoordinates.delete(keyId(key))),
});
