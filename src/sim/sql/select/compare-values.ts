/** How servers compare: numbers as numbers, texts without regard to case, a number and a text as numbers; nothing with NULL. */
import type { SqlValue } from '../../sql-session.ts';

/** Negative, zero, positive; null: one of them is NULL. */
export function compareValues(one: SqlValue, other: SqlValue): number | null {
  if (one === null || other === null) return null;
  if (typeof one === 'string' && typeof other === 'string') {
    const [left, right] = [one.toLowerCase(), other.toLowerCase()];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }
  return numberOf(one) - numberOf(other);
}

/** NULL comes first, as in `ORDER BY`. */
export function orderOf(one: SqlValue, other: SqlValue): number {
  if (one === null || other === null) return Number(other === null) - Number(one === null);
  return compareValues(one, other) ?? 0;
}

/** A text that is no number counts as what it begins with, or 0. */
export function numberOf(value: SqlValue): number {
  if (typeof value !== 'string') return Number(value ?? 0);
  return Number(/^\s*-?\d+(\.\d+)?/.exec(value)?.[0] ?? 0);
}

export const isTrue = (value: SqlValue): boolean => value !== null && numberOf(value) !== 0;
