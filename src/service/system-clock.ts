/** The real clock. */
import { type Millis, millis, unixMillis } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = {
  now: () => unixMillis(Date.now()),
  monotonic: () => millis(performance.now()),
  after(delay: Millis, run: () => void) {
    const timer = setTimeout(run, delay);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (delay: Millis) => new Promise((resolve) => setTimeout(resolve, delay)),
};
