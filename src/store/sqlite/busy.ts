/**
 * Waiting for another process to finish writing, without holding up this one: SQLite's own busy timeout would stop the whole event
 * loop, and with it every probe and every recovery under way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SQLITE, sqliteCode } from './errors.ts';

/** How long a statement waits for the write lock (spec/backend-schema.md 3.3). */
export const BUSY_TIMEOUT_MILLIS = 5_000;

const FIRST_PAUSE_MILLIS = 1;
const LONGEST_PAUSE_MILLIS = 25;

/** Tries until the file is not busy, or the limit is over: then it throws as SQLite does. An attempt must be atomic. */
export async function whileBusy<Result>(attempt: () => Result, limitMillis = BUSY_TIMEOUT_MILLIS): Promise<Result> {
  const giveUp = performance.now() + limitMillis;
  for (let pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
    try {
      return attempt();
    } catch (error) {
      if (sqliteCode(error) !== SQLITE.BUSY || performance.now() >= giveUp) throw error;
    }
    await sleep(pause);
  }
}
