/**
 * Reading values out of rows of a server. A missing column or a value of another kind gives the empty value, so that one odd column
 * costs one field and not the probe.
 */
import type { Row } from '../ports/server-wire.ts';

export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Buffer.isBuffer(value) ? value.toString('utf8') : '';
}

/** Null when the column is absent, NULL or not a number. */
export function nullableNumberOf(row: Row | undefined, column: string): number | null {
  const value = row?.[column];
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function numberOf(row: Row | undefined, column: string): number {
  return nullableNumberOf(row, column) ?? 0;
}

/** Variables answer 1/0, ON/OFF or YES/NO, by kind and family. */
export function flagOf(row: Row | undefined, column: string): boolean {
  const value = row?.[column];
  if (typeof value === 'number') return value === 1;
  return typeof value === 'string' && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());
}

/** Three states of the contract (spec/topology-operations.md 3.3): empty is unknown, `Yes` or 1 true, else false. */
export function triStateOf(row: Row | undefined, column: string): boolean | null {
  const text = textOf(row, column);
  if (text === '') return null;
  return text.toUpperCase() === 'YES' || text === '1';
}

export function bigintOf(row: Row | undefined, column: string): bigint {
  const text = textOf(row, column);
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}
