/**
 * A table of the backend as data: columns in order, key, indexes.
 */
import type { Column } from './column.ts';

export type Columns = Readonly<Record<string, Column>>;

export interface Index<Name extends string = string> {
  readonly columns: readonly Name[];
  readonly unique?: boolean;
  /** First part of the index's name where spec/backend-schema.md 1.3 gives one; else it is made of the columns. */
  readonly name?: string;
  /** The contract added it with a later patch: on MySQL that is its whole name (1.3). */
  readonly isAddition?: boolean;
}

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly key: readonly string[];
  readonly indexes: readonly Index[];
}

/** Declares a table; key and index columns are checked against the columns at compile time. */
export function table<C extends Columns>(
  name: string,
  columns: C,
  key: readonly (keyof C & string)[],
  indexes: readonly Index<keyof C & string>[] = [],
): Table<C> {
  return { name, columns, key, indexes };
}

export const on = <Name extends string>(...columns: Name[]): Index<Name> => ({ columns });
export const uniqueOn = <Name extends string>(...columns: Name[]): Index<Name> => ({ columns, unique: true });
export const named = <Name extends string>(name: string, index: Index<Name>): Index<Name> => ({ ...index, name });
export const added = <Name extends string>(name: string, index: Index<Name>): Index<Name> => ({
  ...named(name, index),
  isAddition: true,
});

/** The row of a table as the typed query builder wants it. */
export type RowOf<T extends Table> = {
  [C in keyof T['columns']]: T['columns'][C] extends Column<infer Type> ? Type : never;
};
