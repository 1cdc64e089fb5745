/**
 * Doing again what the backend server gave up because others wrote at the same time, a bounded number of times.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isContention } from './errors.ts';

/** How long a statement waits for another's lock on a row. The server's own limit, 50 s, would outlast every deadline of a failover. */
export const LOCK_WAIT_SECONDS = 2;

/** How often it is begun in all. Of two that are in each other's way one always gets through. */
export const ATTEMPTS_MAX = 10;

/** After that nothing is begun again: lock waits take longer than deadlocks. As on SQLite. */
const GIVE_UP_MILLIS = 5_000;

const FIRST_PAUSE_MILLIS = 5;
const LONGEST_PAUSE_MILLIS = 200;

/** An attempt must leave nothing behind when it fails. Pauses are of random length, or those who met would meet again. */
export async function whileBusy<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const giveUp = performance.now() + GIVE_UP_MILLIS;
  let pause = FIRST_PAUSE_MILLIS;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isContention(error) || attempts >= ATTEMPTS_MAX || performance.now() >= giveUp) throw error;
    }
    await sleep(Math.random() * pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
  }
}
