/**
 * A pretended process: it can hang, go on, and die. While it hangs nothing of it happens, but nothing is forgotten; when it has died nothing of it ever
 * happens again.
 */
import type { EventQueue, Planned } from './event-queue.ts';

export type ProcessState = 'runs' | 'hangs' | 'dead';

export class Process {
  readonly #queue: EventQueue;
  #state: ProcessState = 'runs';
  #held: (() => void)[] = [];

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get now(): number {
    return this.#queue.now;
  }

  after(delayMillis: number, run: () => void): Planned {
    return this.#queue.after(delayMillis, () => this.run(run));
  }

  /** Something reaches the process: at once, when it goes on, or never. */
  run(work: () => void): void {
    if (this.#state === 'runs') work();
    else if (this.#state === 'hangs') this.#held.push(work);
  }

  hang(): void {
    if (this.#state === 'runs') this.#state = 'hangs';
  }

  /** SIGCONT: everything that came meanwhile happens, in its order. */
  resume(): void {
    if (this.#state !== 'hangs') return;
    this.#state = 'runs';
    const held = this.#held;
    this.#held = [];
    for (const work of held) this.#queue.after(0, () => this.run(work));
  }

  die(): void {
    this.#state = 'dead';
    this.#held = [];
  }
}
