/** A row with many columns, each with its value beside its name. */
import type { SqlColumn, SqlValue } from '../sql-session.ts';
import { integerColumn, textColumn } from './statement.ts';

export interface StatusColumn<Of> {
  readonly column: SqlColumn;
  readonly value: (of: Of) => SqlValue;
}

/** A constant, or what it is of each. */
type Value<Of, Type> = Type | ((of: Of) => Type);

const reader =
  <Of>(value: Value<Of, SqlValue>): StatusColumn<Of>['value'] =>
  (of) =>
    typeof value === 'function' ? value(of) : value;

export const text = <Of>(name: string, value: Value<Of, string | null> = ''): StatusColumn<Of> => ({
  column: textColumn(name),
  value: reader(value),
});

export const integer = <Of>(name: string, value: Value<Of, SqlValue> = 0): StatusColumn<Of> => ({
  column: integerColumn(name),
  value: reader(value),
});
