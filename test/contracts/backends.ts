/**
 * The backends that must give the same answers: SQLite, whose answers are the truth, and the one in memory, in which failovers are simulated. A
 * difference between them would let a simulation prove what no real node does.
 */
import { expect } from 'vitest';
import { MemoryDisk } from '../../src/sim/backend/disk.ts';
import { openMemoryBackend } from '../../src/sim/backend/open-memory-backend.ts';
import type { StoreBackend } from '../../src/store/backend.ts';
import { backendAt, openByHand, temporaryFile } from '../../src/store/temporary-backend.ts';

/** A disk and a first process on it. */
export interface World {
  readonly backend: StoreBackend;
  /** Another process on the same disk. */
  another(): Promise<StoreBackend>;
  /** From now on new observations and new nodes cannot be written. */
  refuseWrites(): void;
  allowWrites(): void;
  /** What the rejection of a write looks like. */
  readonly writeError: object;
}

const REFUSED_TABLES = ['database_instance', 'node_health'];

export async function sqliteWorld(): Promise<World> {
  const file = temporaryFile();
  const eachTable = (sql: (table: string) => string) => {
    const byHand = openByHand(file);
    for (const table of REFUSED_TABLES) byHand.exec(sql(table));
  };
  return {
    backend: await backendAt(file),
    another: () => backendAt(file),
    refuseWrites: () =>
      eachTable((table) => `create trigger no_${table} before insert on ${table} begin select raise(abort, 'no'); end`),
    allowWrites: () => eachTable((table) => `drop trigger no_${table}`),
    writeError: { code: 'ERR_SQLITE_ERROR' },
  };
}

export async function memoryWorld(): Promise<World> {
  const disk = new MemoryDisk();
  return {
    backend: openMemoryBackend(disk),
    another: async () => openMemoryBackend(disk),
    refuseWrites: () => disk.fail('writes'),
    allowWrites: () => disk.heal(),
    writeError: { message: expect.stringContaining(disk.name) },
  };
}

export const backends = [
  { name: 'SQLite', newWorld: sqliteWorld },
  { name: 'memory', newWorld: memoryWorld },
];
