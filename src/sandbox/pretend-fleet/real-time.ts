// Lets the virtual time of a pretended world follow the real one: what is due happens, and what comes from outside happens now.

import type { EventQueue } from '../../sim/event-queue.ts';

/** Timers of Node are no finer. */
const finestMillis = 1;

export class RealTime {
  readonly #queue: EventQueue;
  readonly #origin: number;
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #isRunning = true;
  /** An answer that leaves may let the next packet of its client in, from within an event. */
  #isInside = false;

  constructor(queue: EventQueue) {
    this.#queue = queue;
    this.#origin = performance.now() - queue.now;
    this.#arm();
  }

  /** Something that comes from outside of the world. */
  now<Result>(work: () => Result): Result {
    if (this.#isInside) return work();
    this.#isInside = true;
    try {
      this.#catchUp();
      return work();
    } finally {
      this.#isInside = false;
      this.#arm();
    }
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer ?? undefined);
  }

  #catchUp(): void {
    const now = performance.now() - this.#origin;
    for (let next = this.#queue.nextAt; next !== null && next <= now; next = this.#queue.nextAt) this.#queue.step();
    this.#queue.advanceTo(now);
  }

  /** One timer for the next event; a later one that is armed already goes off too early once, which harms nobody. */
  #arm(): void {
    const next = this.#queue.nextAt;
    if (!this.#isRunning || next === null || next >= this.#wakesAt) return;
    clearTimeout(this.#timer ?? undefined);
    this.#wakesAt = next;
    const delay = Math.max(finestMillis, next - (performance.now() - this.#origin));
    this.#timer = setTimeout(() => {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.now(() => {});
    }, delay);
  }
}
