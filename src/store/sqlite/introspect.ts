/**
 * What a database file holds: tables, columns, indexes. Two queries for the whole file: each start of a command asks.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ExistingIndex, ExistingTable } from '../deployment-plan.ts';

/** Names of the tables, without SQLite's own. */
export const tableNames = (database: DatabaseSync): string[] =>
  database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'")
    .all()
    .map((row) => String(row['name']));

/** Index names are one name space for the whole file. */
export const indexNames = (database: DatabaseSync): ReadonlySet<string> =>
  new Set(
    database
      .prepare("select name from sqlite_schema where type = 'index'")
      .all()
      .map((row) => String(row['name'])),
  );

interface ColumnFact {
  readonly table: string;
  readonly column: string;
  /** Place in the primary key from 1; 0: none. */
  readonly keyPlace: number;
}

const columnFacts = (database: DatabaseSync): ColumnFact[] =>
  database
    .prepare(
      "select s.name as tbl, c.name as col, c.pk from sqlite_schema s join pragma_table_info(s.name) c where s.type = 'table' " +
        'order by s.name, c.cid',
    )
    .all()
    .map((row) => ({ table: String(row['tbl']), column: String(row['col']), keyPlace: Number(row['pk']) }));

interface IndexColumnFact {
  readonly table: string;
  readonly index: string;
  readonly unique: boolean;
  readonly column: string;
}

/** Without partial indexes: they say nothing about the rows they leave out. */
const indexColumnFacts = (database: DatabaseSync): IndexColumnFact[] =>
  database
    .prepare(
      'select s.name as tbl, l.name as idx, l."unique" as uniq, i.name as col from sqlite_schema s ' +
        'join pragma_index_list(s.name) l join pragma_index_info(l.name) i ' +
        "where s.type = 'table' and l.partial = 0 order by s.name, l.name, i.seqno",
    )
    .all()
    .map((row) => ({
      table: String(row['tbl']),
      index: String(row['idx']),
      unique: row['uniq'] === 1,
      column: String(row['col']),
    }));

function primaryKey(columns: readonly ColumnFact[]): ExistingIndex[] {
  const key = columns.filter((fact) => fact.keyPlace > 0).sort((one, other) => one.keyPlace - other.keyPlace);
  return key.length === 0 ? [] : [{ columns: key.map((fact) => fact.column), unique: true }];
}

function secondaryIndexes(facts: readonly IndexColumnFact[]): ExistingIndex[] {
  return [...Map.groupBy(facts, (fact) => fact.index).values()].map((columns) => ({
    columns: columns.map((fact) => fact.column),
    unique: columns.every((fact) => fact.unique),
  }));
}

/** Column names of a table in their order; empty when there is no such table. */
export const columnNames = (database: DatabaseSync, table: string): string[] =>
  database
    .prepare('select name from pragma_table_info(?) order by cid')
    .all(table)
    .map((row) => String(row['name']));

export function introspect(database: DatabaseSync): ReadonlyMap<string, ExistingTable> {
  const indexes = Map.groupBy(indexColumnFacts(database), (fact) => fact.table);
  const tables = Map.groupBy(columnFacts(database), (fact) => fact.table);
  return new Map(
    [...tables].map(([name, columns]) => [
      name,
      {
        columns: new Set(columns.map((fact) => fact.column)),
        indexes: [...primaryKey(columns), ...secondaryIndexes(indexes.get(name) ?? [])],
      },
    ]),
  );
}
