/**
 * The end of what a hook printed. A hook may print for ever; the reason of a failure is in its last lines.
 */
export class OutputTail {
  readonly #capBytes: number;
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  #droppedBytes = 0;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#keptBytes += chunk.length;
    while (this.#keptBytes > this.#capBytes) this.#dropOldest(this.#keptBytes - this.#capBytes);
  }

  /** What is kept, after a line that says how much is not. Bytes that are no UTF-8 become replacement characters. */
  text(): string {
    const kept = Buffer.concat(this.#chunks);
    if (this.#droppedBytes === 0) return kept.toString('utf8');
    const start = startOfCharacter(kept);
    return `(${this.#droppedBytes + start} bytes before this left out)\n${kept.subarray(start).toString('utf8')}`;
  }

  #dropOldest(bytes: number): void {
    const oldest = this.#chunks[0];
    if (oldest === undefined) throw new Error('bytes are kept, but no chunk');
    const dropped = Math.min(bytes, oldest.length);
    if (dropped === oldest.length) this.#chunks.shift();
    // A copy: a view would keep the whole chunk in memory.
    else this.#chunks[0] = Buffer.from(oldest.subarray(dropped));
    this.#keptBytes -= dropped;
    this.#droppedBytes += dropped;
  }
}

/** The cut may have gone through a character: its continuation bytes (10xxxxxx) are at most three. */
function startOfCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start++;
  return start;
}
