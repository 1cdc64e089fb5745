/**
 * Lines for a store, in the order in which they came. Those that are due in the same moment, or come while others are being written, are written together: twenty
 * steps that begin at once would otherwise wait for one transaction after another while nobody can write to the cluster.
 */
export class WrittenTogether<Line> {
  readonly #write: (lines: readonly Line[]) => Promise<void>;
  #waiting: Line[] = [];
  /** Of the lines that wait. */
  #next: Promise<void> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** `write`: all of them or none. */
  constructor(write: (lines: readonly Line[]) => Promise<void>) {
    this.#write = write;
  }

  /** Done when it is written. Rejects, as all that were to be written with it, when they could not be. */
  add(line: Line): Promise<void> {
    this.#waiting.push(line);
    this.#next ??= this.#begin();
    return this.#next;
  }

  /** When nothing is left to write, well or badly. */
  async isIdle(): Promise<void> {
    while (this.#next !== null) await this.#next.catch(() => {});
    await this.#last;
  }

  #begin(): Promise<void> {
    const writing = this.#last.then(() => {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#next = null;
      return this.#write(lines);
    });
    this.#last = writing.catch(() => {});
    return writing;
  }
}
