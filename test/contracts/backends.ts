/**
 * The backends that need no server: SQLite, whose answers are the truth, and the one in memory, in which failovers are simulated. A difference between
 * them would let a simulation prove what no real node does.
 */
import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { MemoryDisk } from '../../src/sim/backend/disk.ts';
import { openMemoryBackend } from '../../src/sim/backend/open-memory-backend.ts';
import { backendAt, openByHand, temporaryFile } from '../../src/store/temporary-backend.ts';
import type { ByHand, SqlWorld, World } from './world.ts';

export const REFUSED_TABLES = ['database_instance', 'node_health'];

/** Opened when it is first used: most worlds are made by the hundred and nobody lays hand on them. */
function byHandIn(file: string): ByHand {
  let opened: DatabaseSync | null = null;
  const database = (): DatabaseSync => {
    opened ??= openByHand(file);
    return opened;
  };
  const rows: ByHand['rows'] = async (sql) => database().prepare(sql).all();
  return {
    exec: async (sql) => database().exec(sql),
    rows,
    row: async (sql) => (await rows(sql))[0],
  };
}

export async function sqliteWorld(): Promise<SqlWorld> {
  const file = temporaryFile();
  const eachTable = async (sql: (table: string) => string) => {
    for (const table of REFUSED_TABLES) await world.byHand.exec(sql(table));
  };
  const world: SqlWorld = {
    backend: await backendAt(file),
    another: () => backendAt(file),
    byHand: byHandIn(file),
    configuration: { BackendDB: 'sqlite', SQLite3DataFile: file },
    refuseWrites: () =>
      eachTable((table) => `create trigger no_${table} before insert on ${table} begin select raise(abort, 'no'); end`),
    allowWrites: () => eachTable((table) => `drop trigger no_${table}`),
    writeError: { code: 'ERR_SQLITE_ERROR' },
  };
  return world;
}

export async function memoryWorld(): Promise<World> {
  const disk = new MemoryDisk();
  return {
    backend: openMemoryBackend(disk),
    another: async () => openMemoryBackend(disk),
    refuseWrites: async () => disk.fail('writes'),
    allowWrites: async () => disk.heal(),
    writeError: { message: expect.stringContaining(disk.name) },
  };
}

export const backends = [
  { name: 'SQLite', newWorld: sqliteWorld },
  { name: 'memory', newWorld: memoryWorld },
];
