/**
 * The timings of single discoveries of the last while, in columns: at ten thousand servers a quarter of a million of them are kept, and as many
 * objects would be walked by the garbage collector for ever. Writing one down allocates nothing.
 */
import { type Millis, millis } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';

/** One live read of one server, just ended. */
export interface DiscoveryTiming {
  readonly key: InstanceKey;
  /** What it took to put the answer into the picture, from which the backend is written behind. */
  readonly backendMillis: number;
  /** What the server took to answer, or not to. */
  readonly instanceMillis: number;
  readonly totalMillis: number;
  /** Null: it went well. */
  readonly error: string | null;
}

/** A timing, and when it ended by the monotonic clock. */
export interface LoggedTiming extends DiscoveryTiming {
  readonly at: Millis;
}

const FIRST_CAPACITY = 1 << 10;

/** Beyond it the oldest go before their time. Ten thousand servers at five seconds for two minutes are 240,000. */
const CAPACITY_MAX = 1 << 19;

interface Columns {
  readonly capacity: number;
  readonly at: Float64Array;
  readonly backend: Float64Array;
  readonly instance: Float64Array;
  readonly total: Float64Array;
  readonly keys: (InstanceKey | null)[];
  readonly errors: (string | null)[];
}

const columnsOf = (capacity: number): Columns => ({
  capacity,
  at: new Float64Array(capacity),
  backend: new Float64Array(capacity),
  instance: new Float64Array(capacity),
  total: new Float64Array(capacity),
  keys: new Array<InstanceKey | null>(capacity).fill(null),
  errors: new Array<string | null>(capacity).fill(null),
});

export class DiscoveryLog {
  readonly #capacityMax: number;
  #columns = columnsOf(FIRST_CAPACITY);
  /** Place of the oldest. */
  #first = 0;
  #count = 0;

  constructor(capacityMax: number = CAPACITY_MAX) {
    this.#capacityMax = capacityMax;
    if (capacityMax < FIRST_CAPACITY) this.#columns = columnsOf(capacityMax);
  }

  get size(): number {
    return this.#count;
  }

  /** `now` never goes back. What is older than `keptMillis` makes room first. */
  add(timing: DiscoveryTiming, now: Millis, keptMillis: number): void {
    this.dropBefore(now - keptMillis);
    if (this.#count === this.#columns.capacity) this.#makeRoom();
    const columns = this.#columns;
    const place = (this.#first + this.#count) % columns.capacity;
    columns.at[place] = now;
    columns.backend[place] = timing.backendMillis;
    columns.instance[place] = timing.instanceMillis;
    columns.total[place] = timing.totalMillis;
    columns.keys[place] = timing.key;
    columns.errors[place] = timing.error;
    this.#count++;
  }

  dropBefore(oldest: number): void {
    while (this.#count > 0 && (this.#columns.at[this.#first] ?? 0) < oldest) this.#dropFirst();
  }

  /** Oldest first. */
  since(oldest: number): LoggedTiming[] {
    const found: LoggedTiming[] = [];
    for (let index = 0; index < this.#count; index++) {
      const timing = this.#timingAt((this.#first + index) % this.#columns.capacity);
      if (timing !== null && timing.at >= oldest) found.push(timing);
    }
    return found;
  }

  #timingAt(place: number): LoggedTiming | null {
    const { at, backend, instance, total, keys, errors } = this.#columns;
    const key = keys[place];
    if (key == null) return null;
    return {
      at: millis(at[place] ?? 0),
      key,
      backendMillis: backend[place] ?? 0,
      instanceMillis: instance[place] ?? 0,
      totalMillis: total[place] ?? 0,
      error: errors[place] ?? null,
    };
  }

  /** What is dropped must not be held: keys and texts of errors would outlive their servers. */
  #dropFirst(): void {
    const { capacity, keys, errors } = this.#columns;
    keys[this.#first] = null;
    errors[this.#first] = null;
    this.#first = (this.#first + 1) % capacity;
    this.#count--;
  }

  #makeRoom(): void {
    const old = this.#columns;
    if (old.capacity >= this.#capacityMax) {
      this.#dropFirst();
      return;
    }
    const wider = columnsOf(Math.min(2 * old.capacity, this.#capacityMax));
    for (const name of ['at', 'backend', 'instance', 'total'] as const) {
      wider[name].set(old[name].subarray(this.#first));
      wider[name].set(old[name].subarray(0, this.#first), old.capacity - this.#first);
    }
    for (let index = 0; index < old.capacity; index++) {
      const place = (this.#first + index) % old.capacity;
      wider.keys[index] = old.keys[place] ?? null;
      wider.errors[index] = old.errors[place] ?? null;
    }
    this.#columns = wider;
    this.#first = 0;
  }
}
