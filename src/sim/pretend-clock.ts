/**
 * The clock port on virtual time, for one node: what a killed node had planned never happens.
 */
import { millis, unixMillis } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';
import type { Process } from './process.ts';

/** When the pretended world begins. */
export const WORLD_BEGINS = Date.UTC(2026, 0, 1);

export interface PretendClockOptions {
  readonly process: Process;
  /** How far its wall clock is off; changes are steps. */
  readonly skewMillis: () => number;
  /** Code of the node is about to run: its promises have to settle before time goes on. */
  readonly touch: () => void;
}

export function pretendClock({ process, skewMillis, touch }: PretendClockOptions): Clock {
  const after: Clock['after'] = (delay, run) =>
    process.after(delay, () => {
      touch();
      run();
    });
  return {
    now: () => unixMillis(Math.floor(WORLD_BEGINS + process.now + skewMillis())),
    monotonic: () => millis(process.now),
    after,
    sleep: (delay) =>
      new Promise((resolve) => {
        after(delay, resolve);
      }),
  };
}
