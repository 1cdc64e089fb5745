/**
 * Fits values to the columns that are there.
 */
import { isTableName, tableNamed } from '../schema/schema.ts';
import { type SqlValue, sqlValues } from '../sql-values.ts';
import { fitValue } from './fit-value.ts';
import type { FitColumn } from './fitting-plugin.ts';
import type { MysqlSchema } from './introspect.ts';

export interface ColumnFitting {
  /** Keys too: of an observation with a name that is too long the others are worth more than an error. */
  readonly storable: (table: string, column: string, value: SqlValue) => SqlValue;
  /** Not of keys: what somebody decides about one server must not land with another whose name begins alike. */
  readonly fitted: FitColumn;
}

const isKey = (table: string, column: string): boolean => isTableName(table) && tableNamed(table).key.includes(column);

export function columnFitting({ tables }: MysqlSchema): ColumnFitting {
  const storable = (table: string, column: string, value: SqlValue): SqlValue => {
    const fact = tables.get(table)?.facts.get(column);
    return fact === undefined ? value : fitValue(value, fact);
  };
  const fitted: FitColumn = (table, column, value) => {
    const [checked = null] = sqlValues([value]);
    return isKey(table, column) ? checked : storable(table, column, checked);
  };
  return { storable, fitted };
}
