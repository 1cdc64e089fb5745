/**
 * Time as the impure parts see it. The pure ones get it as an argument; the pretend world brings its own.
 */
import type { Millis, UnixMillis } from '../model/brand.ts';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall clock. */
  now(): UnixMillis;
  /** Monotonic milliseconds since some start: durations and deadlines come from here, so that a clock step cannot fire or starve them. */
  monotonic(): Millis;
  after(delay: Millis, run: () => void): Timer;
  sleep(delay: Millis): Promise<void>;
}
