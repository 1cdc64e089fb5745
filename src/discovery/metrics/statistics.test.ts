import { describe, expect, it } from 'vitest';
import { summaryOf as summaryOfColumn } from './statistics.ts';

const summaryOf = (numbers: readonly number[]) => summaryOfColumn(Float64Array.from(numbers));

describe('the summary of numbers', () => {
  it('does not depend on their order, and leaves them as they are', () => {
    const numbers = Float64Array.of(5, 1, 4, 2, 3);
    expect(summaryOfColumn(numbers)).toEqual({ min: 1, mean: 3, median: 3, p95: 4.5, max: 5 });
    expect([...numbers]).toEqual([5, 1, 4, 2, 3]);
  });

  it('takes the middle between two for the median of an even count', () => {
    expect(summaryOf([10, 2, 9, 1]).median).toBe(5.5);
  });

  it('orders numbers as numbers', () => expect(summaryOf([10, 9]).max).toBe(10));

  it.each([
    [1, 1],
    [2, 1.5],
    [20, 19],
    [21, 19.5],
    [100, 95],
  ])('of 1 to %d has the 95th percentile %d', (count, p95) => {
    expect(summaryOf(Array.from({ length: count }, (_, index) => index + 1)).p95).toBe(p95);
  });

  it('of none is zero', () => expect(summaryOf([])).toEqual({ min: 0, mean: 0, median: 0, p95: 0, max: 0 }));
});
