/**
 * Chance from a seed: the same seed, the same run. The generator is sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and its first numbers from
 * neighbouring seeds have nothing to do with each other once it has been warmed up.
 */

const WARM_UP_ROUNDS = 16;

export class Random {
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#next32();
  }

  /** Between 0 and 1, 1 excluded. */
  next(): number {
    return this.#next32() / 0x1_0000_0000;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** A number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them. Throws for none: the caller has nothing to choose from. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const rest = [...items];
    const order: Item[] = [];
    while (rest.length > 0) order.push(...rest.splice(this.integer(0, rest.length - 1), 1));
    return order;
  }

  hex(bytes: number): string {
    let text = '';
    for (let byte = 0; byte < bytes; byte++) text += this.integer(0, 255).toString(16).padStart(2, '0');
    return text;
  }

  /** A source of its own: how often others are asked does not change what it gives. */
  fork(): Random {
    return new Random(this.#next32());
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}
