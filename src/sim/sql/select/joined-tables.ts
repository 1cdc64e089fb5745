/**
 * The tables of a `SELECT` as one: rows side by side, joined by columns of equal names.
 */
import type { SqlColumn, SqlValue } from '../../sql-session.ts';
import type { FamilySql, VirtualTable } from '../family-sql.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import type { Asking } from '../statement.ts';
import { compareValues } from './compare-values.ts';

type Row = readonly SqlValue[];

export interface NamedTable {
  readonly table: VirtualTable;
  readonly alias: string;
  readonly using: readonly string[];
}

interface JoinedColumn {
  readonly column: SqlColumn;
  readonly alias: string;
  readonly name: string;
}

export class JoinedTables {
  readonly columns: readonly JoinedColumn[];
  readonly #family: FamilySql;
  readonly #tables: readonly NamedTable[];

  constructor(family: FamilySql, tables: readonly NamedTable[]) {
    this.#family = family;
    this.#tables = tables;
    this.columns = tables.flatMap(({ table, alias }) =>
      table.columns.map((column) => ({ column, alias, name: column.name.toLowerCase() })),
    );
  }

  /** Throws a refusal when there is none. Of columns that two tables are joined by, the first. */
  column(table: string | null, name: string): { readonly index: number; readonly type: SqlColumn['type'] } {
    const wanted = name.toLowerCase();
    const index = this.columns.findIndex((one) => one.name === wanted && (table === null || one.alias === table));
    const found = this.columns[index];
    if (found === undefined) throw new SqlRefusal(this.#family.messages.unknownColumn(name));
    return { index, type: found.column.type };
  }

  rows(on: Asking): readonly Row[] {
    const [first, ...others] = this.#tables;
    if (first === undefined) return [[]];
    return others.reduce((rows, other) => this.#join(rows, other, on), first.table.rows(on));
  }

  #join(rows: readonly Row[], { table, using }: NamedTable, on: Asking): readonly Row[] {
    const pairs = using.map((name) => ({
      left: this.column(null, name).index,
      right: table.columns.findIndex((column) => column.name.toLowerCase() === name),
    }));
    const others = table.rows(on);
    const fits = (row: Row, other: Row): boolean =>
      pairs.every(({ left, right }) => compareValues(row[left] ?? null, other[right] ?? null) === 0);
    return rows.flatMap((row) => others.filter((other) => fits(row, other)).map((other) => [...row, ...other]));
  }
}
