/** Status variables as a map of lower-case names: families and plugin generations spell them differently. */

import type { Row, Rows } from '../ports/server-wire.ts';
import { textOf } from './row-values.ts';

export type StatusValues = ReadonlyMap<string, string>;

export function statusValues(rows: Rows | undefined): StatusValues {
  return new Map(
    (rows ?? []).map((row) => [either(row, 'name', 'Variable_name').toLowerCase(), either(row, 'value', 'Value')]),
  );
}

/** Our own name for the column, or that of `SHOW GLOBAL STATUS`. */
const either = (row: Row, own: string, shown: string): string => textOf(row, own) || textOf(row, shown);

/** The first of these names that the server knows. */
export function statusOf(values: StatusValues, ...names: readonly string[]): string {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return '';
}
