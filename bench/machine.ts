// On what something was measured. Absolute numbers mean nothing without it.

import { cpus, totalmem } from 'node:os';

const bytesPerGibibyte = 2 ** 30;

export function machine(): object {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / bytesPerGibibyte),
  };
}

/** Of an unordered list; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;
