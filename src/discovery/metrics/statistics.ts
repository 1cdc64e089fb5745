/**
 * Mean, median, 95th percentile and the ends of numbers, as the contract computes them. Of no numbers all are 0.
 */
export interface Summary {
  readonly min: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

const NOTHING: Summary = { min: 0, mean: 0, median: 0, p95: 0, max: 0 };

export function summaryOf(numbers: Float64Array): Summary {
  if (numbers.length === 0) return NOTHING;
  const sorted = numbers.toSorted();
  return {
    min: sorted[0] ?? 0,
    mean: numbers.reduce((sum, value) => sum + value, 0) / numbers.length,
    median: medianOf(sorted),
    p95: percentileOf(sorted, 95),
    max: sorted.at(-1) ?? 0,
  };
}

/** Of an even count the mean of the two in the middle. */
function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : meanOfTwo(at(sorted, middle - 1), at(sorted, middle));
}

/** The value at that part of the count; where that falls between two, their mean (recorded: `discovery-metrics-aggregated_5`). */
function percentileOf(sorted: Float64Array, percent: number): number {
  const position = (percent / 100) * sorted.length;
  const below = Math.floor(position);
  if (below === position) return at(sorted, below - 1);
  return below === 0 ? at(sorted, 0) : meanOfTwo(at(sorted, below - 1), at(sorted, below));
}

const at = (sorted: Float64Array, index: number): number => sorted[index] ?? 0;

const meanOfTwo = (one: number, other: number): number => (one + other) / 2;
