/** When something that came to nothing is tried again: after so long, twice as long each time, up to the longest. */
import type { Clock } from '../ports/clock.ts';

const FIRST_MILLIS = 1_000;
const LONGEST_MILLIS = 60_000;

interface Wait {
  readonly until: number;
  readonly nextMillis: number;
}

export class GrowingPatience<Key> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #waits = new Map<Key, Wait>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  isDue(key: Key): boolean {
    return this.#clock.monotonic() >= (this.#waits.get(key)?.until ?? 0);
  }

  /** It is tried now. */
  tried(key: Key): void {
    const millis = this.#waits.get(key)?.nextMillis ?? FIRST_MILLIS;
    this.#waits.set(key, {
      until: this.#clock.monotonic() + millis,
      nextMillis: Math.min(2 * millis, LONGEST_MILLIS),
    });
  }

  /** Should it come up again, it is due at once. */
  forget(key: Key): void {
    this.#waits.delete(key);
  }
}
