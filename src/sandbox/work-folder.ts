// Folders for running servers, which disappear with the process that made them, if need be at the next run.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './is-alive.ts';

/** Short: a server's socket lies below it and its path must stay under 108 bytes. */
const prefix = 'orcts-';

const ours = new Set<string>();

// Whoever calls process.exit() without stopping its servers still leaves no folder behind.
process.once('exit', () => {
  for (const folder of ours) rmSync(folder, { recursive: true, force: true });
});

/** Makes an empty folder for this process, after removing what killed processes left behind. */
export function makeWorkFolder(): string {
  if (ours.size === 0) sweepAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  ours.add(folder);
  return folder;
}

/** Removes a folder of `makeWorkFolder`. */
export function removeWorkFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  ours.delete(folder);
}

/** Removes everything in a folder. */
export function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Makes a folder that the caller named. Refuses one with something in it: a server's data may be a user's. */
export function claimFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
}

function sweepAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's folder: theirs to remove.
    }
  }
}
