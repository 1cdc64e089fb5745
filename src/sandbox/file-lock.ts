// A lock between processes that the kernel releases when its holder dies, however it dies.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs `work` while this process holds the lock file; another process (or another call) that wants it waits.
 *
 * The lock is held by a `flock` child that lives as long as our end of its standard input is open: a pid file would
 * stay behind after `kill -9` and block everybody who comes later.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((held, failed) => {
    holder.once('error', (error) => failed(new Error(`cannot lock ${file}: ${error.message}`)));
    holder.once('exit', (code) => failed(new Error(`cannot lock ${file}: flock ended with code ${code}`)));
    holder.stdout.once('data', () => held());
  });
  const released = new Promise<void>((done) => holder.once('exit', () => done()));
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await released;
  }
}
