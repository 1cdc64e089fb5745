// For tests of the door: outcomes, shortly.

import type { SqlOutcome } from '../../../sim/sql-session.ts';
import type { SqlError } from '../door-errors.ts';

export const done = (affectedRows: number): SqlOutcome => ({ kind: 'ok', affectedRows });

export const failed = (number: number, sqlState: string, message: string): SqlError => ({
  kind: 'error',
  number,
  sqlState,
  message,
});

/** Rows of which the first tells the names and types of the columns. */
export function rowsOf(
  first: Readonly<Record<string, string | number | bigint>>,
  ...others: readonly (readonly (string | number | bigint | null)[])[]
): SqlOutcome {
  const columns = Object.entries(first).map(([name, value]) => ({
    name,
    type: typeof value === 'string' ? ('text' as const) : ('integer' as const),
  }));
  return { kind: 'rows', columns, rows: [Object.values(first), ...others] };
}
