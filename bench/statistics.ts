// Few numbers about a handful of measurements.

export interface Summary {
  readonly median: number;
  readonly worst: number;
  readonly all: readonly number[];
}

/** Rounded to `decimals`. Null when there is nothing to summarise. */
export function summary(values: readonly number[], decimals = 0): Summary | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const worst = sorted.at(-1);
  if (below === undefined || above === undefined || worst === undefined) return null;
  return {
    median: rounded((below + above) / 2, decimals),
    worst: rounded(worst, decimals),
    all: values.map((value) => rounded(value, decimals)),
  };
}

export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
