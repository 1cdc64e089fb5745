/** What happened in the pretended world, line by line, with the moment: for people, and to compare two runs. */
import type { EventQueue } from './event-queue.ts';

const SECONDS_WIDTH = 9;

export class Transcript {
  readonly #queue: EventQueue;
  readonly #lines: string[] = [];

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  say(line: string): void {
    const seconds = (this.#queue.now / 1000).toFixed(3);
    this.#lines.push(`${seconds.padStart(SECONDS_WIDTH)}  ${line}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
