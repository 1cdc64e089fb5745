/**
 * Downtimes, one a server.
 */
import type { Downtime } from '../../model/decisions.ts';
import { keyId } from '../../model/instance-key.ts';
import type { DowntimeStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { deleteWhere, inKeyOrder } from './rows.ts';
import { storedKey } from './stored-keys.ts';
import type { DowntimeRow } from './tables.ts';
import { isBefore, readTime, readTimeOrZero, storedTime } from './timestamp.ts';

function downtimeOfRow(row: DowntimeRow): Downtime {
  const begin = readTimeOrZero(row.begin);
  // No end counts as over (spec/discovery.md 18).
  return { ...row, begin, end: readTime(row.end) ?? begin };
}

export const downtimeStore = (engine: MemoryEngine): DowntimeStore => ({
  beginDowntime: ({ key, owner, reason, begin, end }) =>
    engine.write(({ downtimes }) => {
      const row = { key: storedKey(key), owner, reason, begin: storedTime(begin), end: storedTime(end) };
      downtimes.set(keyId(key), row);
    }),

  endDowntime: (key) => engine.write(({ downtimes }) => downtimes.delete(keyId(key))),

  loadDowntimes: () => engine.read(({ downtimes }) => inKeyOrder(downtimes).map(downtimeOfRow)),

  prolongDowntimes: (reason, now, end) =>
    engine.write(({ downtimes }) => {
      const [begin, later] = [storedTime(now), storedTime(end)];
      const meant = [...downtimes].filter(([, row]) => row.reason === reason && row.end > begin && row.end < later);
      for (const [id, row] of meant) downtimes.set(id, { ...row, end: later });
      return meant.length;
    }),

  deleteEndedDowntimes: (now) =>
    engine.write(({ downtimes }) => deleteWhere(downtimes, (row) => isBefore(row.end, now))),
});
