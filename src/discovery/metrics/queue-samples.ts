/**
 * How full the queue of discovery was, second by second, and what the contract tells of a while of it.
 */
import { type Summary, summaryOf } from './statistics.ts';

export interface QueueSample {
  /** Servers being read. */
  readonly active: number;
  /** Servers waiting for their turn. */
  readonly queued: number;
}

export interface QueueStatistics {
  readonly active: Summary;
  readonly queued: Summary;
}

/** A smallest number of no samples at all (contract). */
const NO_MINIMUM = 9_000_000_000;

export function queueStatistics(samples: readonly QueueSample[]): QueueStatistics {
  const summary = (numbers: Float64Array): Summary =>
    numbers.length === 0 ? { ...summaryOf(numbers), min: NO_MINIMUM } : summaryOf(numbers);
  return {
    active: summary(Float64Array.from(samples, ({ active }) => active)),
    queued: summary(Float64Array.from(samples, ({ queued }) => queued)),
  };
}

/** The newest so many samples. One a second is written, so that moving a few dozen is no cost worth a cleverer ring. */
export class QueueSamples {
  #samples: QueueSample[] = [];

  add(sample: QueueSample, kept: number): void {
    this.#samples.push(sample);
    if (this.#samples.length > kept) this.#samples = this.#samples.slice(this.#samples.length - Math.max(0, kept));
  }

  /** Oldest first. */
  newest(count: number): readonly QueueSample[] {
    return count <= 0 ? [] : this.#samples.slice(-count);
  }
}
