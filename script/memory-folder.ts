// Where tests put servers and databases: a disk makes them wait for every flush, and for files that are deleted a moment later.

import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file system in memory that Linux offers to everybody. */
const offered = '/dev/shm';

/** Files of all servers that run at one time. */
const roomBytesMin = 2 * 1024 ** 3;

/** The same files, and the servers themselves. */
const memoryBytesMin = 8 * 1024 ** 3;

/** A folder in memory with room for whatever tests write; null where there is none: a container often has 64 MB, and runs nothing in it. */
export function memoryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync(offered);
    const hasRoom = bavail * bsize >= roomBytesMin && process.availableMemory() >= memoryBytesMin;
    return hasRoom && runsPrograms(offered) ? offered : null;
  } catch {
    return null;
  }
}

/** Hooks of tests are programs of their own. */
function runsPrograms(folder: string): boolean {
  const tried = mkdtempSync(join(folder, 'orcts-try-'));
  try {
    const program = join(tried, 'program');
    writeFileSync(program, '', { mode: 0o700 });
    accessSync(program, constants.X_OK);
    return true;
  } finally {
    rmSync(tried, { recursive: true });
  }
}
