/**
 * The timings of single discoveries of the last while, in a ring of columns: at ten thousand servers a quarter of a million of them are kept, and as
 * many objects would be walked by the garbage collector for ever. Writing one down allocates nothing.
 */
import type { Millis } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { DiscoveryTiming, TimingColumns } from './timing-columns.ts';

const FIRST_CAPACITY = 1 << 10;

/** Beyond it the oldest go before their time. Ten thousand servers at five seconds for two minutes are 240,000. */
const CAPACITY_MAX = 1 << 19;

interface Ring {
  readonly capacity: number;
  readonly at: Float64Array;
  readonly backendMillis: Float64Array;
  readonly instanceMillis: Float64Array;
  readonly totalMillis: Float64Array;
  readonly keys: (InstanceKey | null)[];
  readonly errors: (string | null)[];
}

const ringOf = (capacity: number): Ring => ({
  capacity,
  at: new Float64Array(capacity),
  backendMillis: new Float64Array(capacity),
  instanceMillis: new Float64Array(capacity),
  totalMillis: new Float64Array(capacity),
  keys: new Array<InstanceKey | null>(capacity).fill(null),
  errors: new Array<string | null>(capacity).fill(null),
});

export class DiscoveryLog {
  readonly #capacityMax: number;
  #ring: Ring;
  /** Place of the oldest. */
  #first = 0;
  #count = 0;

  constructor(capacityMax: number = CAPACITY_MAX) {
    this.#capacityMax = capacityMax;
    this.#ring = ringOf(Math.min(FIRST_CAPACITY, capacityMax));
  }

  get size(): number {
    return this.#count;
  }

  /** `now`, of the monotonic clock, never goes back. What is older than `keptMillis` makes room first. */
  add(timing: DiscoveryTiming, now: Millis, keptMillis: number): void {
    this.dropBefore(now - keptMillis);
    if (this.#count === this.#ring.capacity) this.#makeRoom();
    const ring = this.#ring;
    const place = (this.#first + this.#count) % ring.capacity;
    ring.at[place] = now;
    ring.backendMillis[place] = timing.backendMillis;
    ring.instanceMillis[place] = timing.instanceMillis;
    ring.totalMillis[place] = timing.totalMillis;
    ring.keys[place] = timing.key;
    ring.errors[place] = timing.error;
    this.#count++;
  }

  dropBefore(oldest: number): void {
    while (this.#count > 0 && (this.#ring.at[this.#first] ?? 0) < oldest) this.#dropFirst();
  }

  /** A copy of those from a time on, oldest first. */
  since(oldest: number): TimingColumns {
    let skipped = 0;
    while (skipped < this.#count && (this.#ring.at[this.#place(skipped)] ?? 0) < oldest) skipped++;
    const count = this.#count - skipped;
    const columns = this.#copy(skipped, ringOf(count));
    return { ...columns, keys: columns.keys.filter((key) => key !== null) };
  }

  #place(index: number): number {
    return (this.#first + index) % this.#ring.capacity;
  }

  /** What is dropped must not be held: keys and texts of errors would outlive their servers. */
  #dropFirst(): void {
    const { keys, errors } = this.#ring;
    keys[this.#first] = null;
    errors[this.#first] = null;
    this.#first = this.#place(1);
    this.#count--;
  }

  #makeRoom(): void {
    const { capacity } = this.#ring;
    if (capacity >= this.#capacityMax) {
      this.#dropFirst();
      return;
    }
    this.#ring = this.#copy(0, ringOf(Math.min(2 * capacity, this.#capacityMax)));
    this.#first = 0;
  }

  /** All but the oldest `skipped`, to the beginning of another ring. */
  #copy(skipped: number, to: Ring): Ring {
    const { at, backendMillis, instanceMillis, totalMillis, keys, errors } = this.#ring;
    for (let index = skipped; index < this.#count; index++) {
      const from = this.#place(index);
      const place = index - skipped;
      to.at[place] = at[from] ?? 0;
      to.backendMillis[place] = backendMillis[from] ?? 0;
      to.instanceMillis[place] = instanceMillis[from] ?? 0;
      to.totalMillis[place] = totalMillis[from] ?? 0;
      to.keys[place] = keys[from] ?? null;
      to.errors[place] = errors[from] ?? null;
    }
    return to;
  }
}
