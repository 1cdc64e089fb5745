/**
 * The measurements of discovery: each live read for a while, and the queue once a second (spec/discovery.md 4, 23).
 */
import { millis } from '../../model/brand.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Lane } from '../lane.ts';
import { DiscoveryLog } from './discovery-log.ts';
import { type QueueSample, QueueSamples } from './queue-samples.ts';
import type { DiscoveryTiming, TimingColumns } from './timing-columns.ts';

export interface DiscoveryMetricsOptions {
  readonly clock: Clock;
  /** What is asked each second. */
  readonly queue: () => Pick<Lane, 'waiting' | 'running'>;
  /** `DiscoveryCollectionRetentionSeconds`; asked each time. */
  readonly keptSeconds: () => number;
  /** `DiscoveryQueueMaxStatisticsSize`; asked each time. */
  readonly keptSamples: () => number;
}

const MILLIS_PER_SECOND = 1000;
const SAMPLE_PERIOD = millis(MILLIS_PER_SECOND);

export class DiscoveryMetrics {
  readonly #options: DiscoveryMetricsOptions;
  readonly #log = new DiscoveryLog();
  readonly #samples = new QueueSamples();
  #timer: Timer | null = null;

  constructor(options: DiscoveryMetricsOptions) {
    this.#options = options;
  }

  /** Begins to look at the queue once a second. */
  start(): void {
    this.#timer = this.#options.clock.after(SAMPLE_PERIOD, () => {
      this.#sample();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Called at the end of each live read, ten thousand times in a few seconds: nothing here may cost anything. */
  readonly discovered = (timing: DiscoveryTiming): void => {
    this.#log.add(timing, this.#options.clock.monotonic(), this.#keptMillis());
  };

  /** Those that ended in the last so many seconds and are still kept, with wall times. */
  discoveries(lastSeconds: number): TimingColumns {
    const { clock } = this.#options;
    const now = clock.monotonic();
    const wall = clock.now();
    const ago = Math.min(lastSeconds * MILLIS_PER_SECOND, this.#keptMillis());
    // Where the wall clock would have been then: one that was set in between must not mix up the order.
    const columns = this.#log.since(now - ago);
    return { ...columns, at: columns.at.map((at) => wall - (now - at)) };
  }

  /** Of the last so many seconds, oldest first. */
  queueSamples(lastSeconds: number): readonly QueueSample[] {
    return this.#samples.newest(lastSeconds);
  }

  #sample(): void {
    const { waiting, running } = this.#options.queue();
    this.#samples.add({ active: running, queued: waiting }, this.#options.keptSamples());
    // Also where nothing is read any more: what is too old is held no longer.
    this.#log.dropBefore(this.#options.clock.monotonic() - this.#keptMillis());
  }

  #keptMillis(): number {
    return this.#options.keptSeconds() * MILLIS_PER_SECOND;
  }
}
