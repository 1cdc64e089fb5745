// Lines that stay, above one line of status that is rewritten; without a terminal, the lines alone.

import type { WriteStream } from 'node:tty';

const clearLine = '\r\x1b[2K';

export class Terminal {
  readonly #out: WriteStream;
  #status = '';

  constructor(out: WriteStream) {
    this.#out = out;
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  status(text: string): void {
    // A line that wraps could not be cleared.
    this.#status = this.#out.isTTY ? text.slice(0, Math.max(0, this.#out.columns - 1)) : '';
    this.#write('');
  }

  #write(lines: string): void {
    if (this.#out.isTTY) this.#out.write(`${clearLine}${lines}${this.#status}`);
    else if (lines !== '') this.#out.write(lines);
  }
}
