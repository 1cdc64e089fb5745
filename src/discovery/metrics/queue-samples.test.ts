import { describe, expect, it } from 'vitest';
import { QueueSamples, queueStatistics } from './queue-samples.ts';

const sample = (active: number, queued = 0) => ({ active, queued });

describe('samples of the queue', () => {
  it('are kept up to a number, and fewer when that is lowered', () => {
    const samples = new QueueSamples();
    for (const active of [1, 2, 3, 4]) samples.add(sample(active), 3);
    expect(samples.newest(10)).toEqual([2, 3, 4].map((active) => sample(active)));
    expect(samples.newest(2)).toEqual([3, 4].map((active) => sample(active)));
    samples.add(sample(5), 1);
    expect(samples.newest(10)).toEqual([sample(5)]);
  });

  it.each([0, -1])('are none of %d seconds, and none where none are kept', (none) => {
    const samples = new QueueSamples();
    samples.add(sample(1), 3);
    expect(samples.newest(none)).toEqual([]);
    samples.add(sample(2), none);
    expect(samples.newest(10)).toEqual([]);
  });
});

describe('statistics of the queue', () => {
  it('are of what was read and of what waited', () => {
    const { active, queued } = queueStatistics([sample(2, 2), sample(0), sample(4), sample(0), sample(4)]);
    expect(active).toEqual({ min: 0, mean: 2, median: 2, p95: 4, max: 4 });
    expect(queued).toEqual({ min: 0, mean: 0.4, median: 0, p95: 1, max: 2 });
  });

  it('of no samples have minima out of reach', () => {
    expect(queueStatistics([]).queued).toEqual({ min: 9_000_000_000, mean: 0, median: 0, p95: 0, max: 0 });
  });
});
