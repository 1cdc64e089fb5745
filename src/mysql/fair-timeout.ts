/**
 * A timeout that is fair to whoever answers in time: when this process has stood still (stopped, starved of processor, long in one piece of work), its timers
 * run before what came meanwhile is read. Everybody would be declared dead for having been silent to somebody who did not listen.
 */
import type { Timer } from '../ports/clock.ts';

/** One that runs so much too late has been held up. */
const LATE_MILLIS = 100;

/** To read what came meanwhile. */
const GRACE_MILLIS = 100;

export function fairTimeout(delayMillis: number, run: () => void): Timer {
  const due = performance.now() + delayMillis;
  let timer = setTimeout(() => {
    if (performance.now() - due < LATE_MILLIS) run();
    else timer = setTimeout(run, GRACE_MILLIS);
  }, delayMillis);
  return { cancel: () => clearTimeout(timer) };
}
