/**
 * What happened a moment ago, forgotten by itself: names that no server has, and lines about them, come and go for ever.
 */
import type { Clock } from '../ports/clock.ts';

export class Recent<Key> {
  readonly #clock: Clock;
  readonly #keepMillis: () => number;
  /** When it happened last, the longest ago first. */
  readonly #at = new Map<Key, number>();

  constructor(clock: Clock, keepMillis: () => number) {
    this.#clock = clock;
    this.#keepMillis = keepMillis;
  }

  /** Including what is no longer recent and has not been cleared away yet. */
  get size(): number {
    return this.#at.size;
  }

  has(key: Key): boolean {
    const at = this.#at.get(key);
    return at !== undefined && this.#isRecent(at);
  }

  /** For how long it will still be recent, milliseconds; 0: it is not. */
  leftMillis(key: Key): number {
    const at = this.#at.get(key);
    return at === undefined ? 0 : Math.max(0, this.#keepMillis() - (this.#clock.monotonic() - at));
  }

  /** It happens now. */
  note(key: Key): void {
    this.#at.delete(key);
    this.#at.set(key, this.#clock.monotonic());
    for (const [oldest, at] of this.#at) {
      if (this.#isRecent(at)) return;
      this.#at.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#at.delete(key);
  }

  #isRecent(at: number): boolean {
    return this.#clock.monotonic() - at < this.#keepMillis();
  }
}
