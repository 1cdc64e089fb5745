/**
 * Virtual time: what happens next, and when. Events of the same moment happen in the order in which they were planned, so that a run is the same
 * every time.
 */

export interface Planned {
  cancel(): void;
}

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

export class EventQueue {
  #now = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  /** The moment of the next event; null: nothing will ever happen. */
  get nextAt(): number | null {
    this.#dropCancelled();
    return this.#heap[0]?.at ?? null;
  }

  after(delayMillis: number, run: () => void): Planned {
    const event: Event = { at: this.#now + Math.max(0, delayMillis), order: this.#order++, run };
    this.#push(event);
    return {
      cancel: () => {
        event.run = null;
      },
    };
  }

  /** Lets the next event happen. False: there is none. */
  step(): boolean {
    this.#dropCancelled();
    const event = this.#pop();
    if (event === undefined) return false;
    this.#now = event.at;
    event.run?.();
    return true;
  }

  /** Time passes without an event. */
  advanceTo(at: number): void {
    const next = this.nextAt;
    if (next !== null && next < at) throw new Error(`an event at ${next} would be skipped by going to ${at}`);
    this.#now = Math.max(this.#now, at);
  }

  #dropCancelled(): void {
    while (this.#heap[0] !== undefined && this.#heap[0].run === null) this.#pop();
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      if (left === undefined) break;
      const smaller = right !== undefined && isBefore(right, left) ? right : left;
      if (isBefore(last, smaller)) break;
      heap[index] = smaller;
      index = 2 * index + (smaller === left ? 1 : 2);
    }
    heap[index] = last;
    return first;
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at !== other.at ? one.at < other.at : one.order < other.order;
