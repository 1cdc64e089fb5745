/**
 * Bounded concurrency: so many at once, the others in their order.
 */
export class Lane {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** The limit is asked each time; less than one counts as one. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((go) => {
      this.#waiting.push(go);
      this.#letIn();
    });
    try {
      return await work();
    } finally {
      this.#running--;
      this.#letIn();
    }
  }

  /** A place is taken here and not when the work begins, which is later: whoever asks in between would take it a second time. */
  #letIn(): void {
    while (this.#waiting.length > 0 && this.#running < Math.max(1, this.#limit())) {
      this.#running++;
      this.#waiting.shift()?.();
    }
  }
}
