/** The real clock. */
import { type Millis, millis, unixMillis } from '../model/brand.ts';
import { fairTimeout } from '../mysql/fair-timeout.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = {
  now: () => unixMillis(Date.now()),
  monotonic: () => millis(performance.now()),
  after: (delay: Millis, run: () => void) => fairTimeout(delay, run),
  sleep: (delay: Millis) => new Promise((resolve) => fairTimeout(delay, resolve)),
};
