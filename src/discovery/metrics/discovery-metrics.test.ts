import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { ManualClock } from '../testing.ts';
import { DiscoveryMetrics } from './discovery-metrics.ts';
import { type DiscoveryTiming, recordsOf } from './timing-columns.ts';

const timing = (port: number): DiscoveryTiming => ({
  key: { hostname: 'db', port },
  backendMillis: 1,
  instanceMillis: 2,
  totalMillis: 3,
  error: null,
});

function someMetrics() {
  const clock = new ManualClock();
  const queue = { waiting: 0, running: 0 };
  const kept = { seconds: 10, samples: 3 };
  const metrics = new DiscoveryMetrics({
    clock,
    queue: () => queue,
    keptSeconds: () => kept.seconds,
    keptSamples: () => kept.samples,
  });
  return { clock, queue, kept, metrics };
}

const portsOf = (metrics: DiscoveryMetrics, lastSeconds: number) =>
  metrics.discoveries(lastSeconds).keys.map(({ port }) => port);

describe('the measurements of discovery', () => {
  it('are of the last so many seconds, and no older than they are kept', async () => {
    const { clock, kept, metrics } = someMetrics();
    const began = clock.now();
    metrics.discovered(timing(1));
    await clock.advance(6_000);
    metrics.discovered(timing(2));
    expect(recordsOf(metrics.discoveries(5))).toEqual([{ ...timing(2), at: unixMillis(began + 6_000) }]);
    expect(portsOf(metrics, 60)).toEqual([1, 2]);
    kept.seconds = 5;
    expect(portsOf(metrics, 60)).toEqual([2]);
  });

  it('let go of what is too old also when nothing is read any more', async () => {
    const { clock, kept, metrics } = someMetrics();
    metrics.start();
    metrics.discovered(timing(1));
    await clock.advance(11_000);
    kept.seconds = 100;
    expect(portsOf(metrics, 60)).toEqual([]);
  });

  it('look at the queue once a second, until they are stopped', async () => {
    const { clock, queue, metrics } = someMetrics();
    metrics.start();
    for (const running of [1, 2, 3, 4]) {
      Object.assign(queue, { running, waiting: 10 * running });
      await clock.advance(1_000);
    }
    expect(metrics.queueSamples(2)).toEqual([
      { active: 3, queued: 30 },
      { active: 4, queued: 40 },
    ]);
    expect(metrics.queueSamples(60)).toHaveLength(3);
    metrics.stop();
    expect(clock.timers).toBe(0);
  });
});
