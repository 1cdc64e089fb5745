/**
 * Maintenance locks: one active a server; ended ones stay for a week (spec/topology-operations.md 1.9).
 */
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import { type Maintenance, onePerServer } from '../../model/decisions.ts';
import { sameKey } from '../../model/instance-key.ts';
import type { NodeIdentity } from '../../model/recovery-record.ts';
import type { LockOptions, MaintenanceStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nodeId } from './nodes.ts';
import { nextId, replaced } from './rows.ts';
import { storedKey } from './stored-keys.ts';
import type { MaintenanceRow, Tables } from './tables.ts';
import { isBefore, readTimeOrZero, storedTime } from './timestamp.ts';

const KEEP_ENDED_MILLIS = 7 * 24 * 60 * 60 * 1000;

/** Ends the active locks that are meant; tells whether there was one. */
function endWhere(tables: Tables, now: UnixMillis, isMeant: (row: MaintenanceRow) => boolean): boolean {
  const end = storedTime(now);
  const isEnding = (row: MaintenanceRow) => row.isActive && isMeant(row);
  const found = tables.maintenance.some(isEnding);
  tables.maintenance = tables.maintenance.map((row) => (isEnding(row) ? { ...row, isActive: false, end } : row));
  return found;
}

const lockOfRow = (row: MaintenanceRow): Maintenance => ({
  id: row.id,
  key: row.key,
  owner: row.owner,
  reason: row.reason,
  begin: readTimeOrZero(row.begin),
  end: readTimeOrZero(row.end),
});

/** Ended long ago, past its end, or an implicit one of a process that is gone. */
function isExpired(row: MaintenanceRow, now: UnixMillis, alive: ReadonlySet<string>): boolean {
  if (!row.isActive) return isBefore(row.end, unixMillis(now - KEEP_ENDED_MILLIS));
  return isBefore(row.end, now) || (!row.bounded && !alive.has(nodeId(row.node)));
}

/** More than the number: the one of a deleted last row is given again. */
const isVeryLock =
  (lock: Maintenance, node: NodeIdentity) =>
  (row: MaintenanceRow): boolean =>
    row.isActive &&
    row.id === lock.id &&
    sameKey(row.key, lock.key) &&
    row.begin === storedTime(lock.begin) &&
    nodeId(row.node) === nodeId(node);

/** An active one that is not past its end. */
const inTheWayOf = ({ maintenance }: Tables, { key, begin: from }: Omit<Maintenance, 'id'>) =>
  maintenance.find((row) => row.isActive && sameKey(row.key, key) && !isBefore(row.end, from));

/** Where nobody is in its way. */
function begin(tables: Tables, lock: Omit<Maintenance, 'id'>, { node, bounded }: LockOptions): Maintenance {
  const { key, owner, reason } = lock;
  const times = { begin: storedTime(lock.begin), end: storedTime(lock.end) };
  // A lock past its end holds nobody up until the next clean-up, a minute later.
  endWhere(tables, lock.begin, (row) => sameKey(row.key, key) && isBefore(row.end, lock.begin));
  const id = nextId(tables.maintenance);
  const row = { id, key: storedKey(key), owner, reason, ...times, isActive: true, node, bounded };
  tables.maintenance = [...tables.maintenance, row];
  return { ...lock, id };
}

export const maintenanceStore = (engine: MemoryEngine): MaintenanceStore => ({
  beginMaintenance: (lock, options) =>
    engine.write((tables) => (inTheWayOf(tables, lock) === undefined ? begin(tables, lock, options) : null)),

  beginMaintenanceOfAll: (locks, options) =>
    engine.write((tables) => {
      const wanted = onePerServer(locks);
      const held = wanted.flatMap((lock) => inTheWayOf(tables, lock) ?? []);
      if (held.length > 0) return { kind: 'held', by: held.map(lockOfRow) };
      return { kind: 'begun', locks: wanted.map((lock) => begin(tables, lock, options)) };
    }),

  renewMaintenance: (lock, end, node) =>
    engine.write((tables) => {
      const found = tables.maintenance.find(isVeryLock(lock, node));
      if (found === undefined) return false;
      tables.maintenance = replaced(tables.maintenance, { ...found, end: storedTime(end) });
      return true;
    }),

  releaseMaintenance: (lock, now, node) => engine.write((tables) => endWhere(tables, now, isVeryLock(lock, node))),

  endMaintenance: (key, now) => engine.write((tables) => endWhere(tables, now, (row) => sameKey(row.key, key))),

  endMaintenanceById: (id, now) => engine.write((tables) => endWhere(tables, now, (row) => row.id === id)),

  loadMaintenance: () => engine.read(({ maintenance }) => maintenance.filter((row) => row.isActive).map(lockOfRow)),

  expireMaintenance: (now, living) =>
    engine.write((tables) => {
      const alive = new Set(living.map(nodeId));
      const left = tables.maintenance.filter((row) => !isExpired(row, now, alive));
      const expired = tables.maintenance.length - left.length;
      tables.maintenance = left;
      return expired;
    }),
});
