/**
 * What a database of the server holds: tables, columns, indexes. One packet for the whole database: each start of a command asks.
 */
import type { ExistingIndex, ExistingTable } from '../deployment-plan.ts';
import type { Row, StatementAnswer } from './answers.ts';
import { type ColumnFact, columnFact } from './column-facts.ts';
import type { MysqlConnection } from './connection.ts';

export interface MysqlTable extends ExistingTable {
  readonly facts: ReadonlyMap<string, ColumnFact>;
  readonly indexNames: ReadonlySet<string>;
}

export interface MysqlSchema {
  readonly tables: ReadonlyMap<string, MysqlTable>;
  readonly views: ReadonlySet<string>;
  /** For columns that we create. */
  readonly collation: string;
}

/**
 * Compare as SQLite does, byte by byte, blanks at the end included (schema trap 3.2.9), best first. The first is MariaDB's, the second MySQL's from
 * 8.0 on; the last ignores blanks at the end.
 */
const COLLATIONS = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin', 'utf8mb4_bin'];

const TABLES_SQL =
  'select table_name as name, table_type as type from information_schema.tables where table_schema = database()';

const COLUMNS_SQL =
  'select table_name as tbl, column_name as col, data_type as datatype, column_type as coltype, character_set_name as cs, ' +
  'character_maximum_length as characters, character_octet_length as bytes ' +
  'from information_schema.columns where table_schema = database() order by table_name, ordinal_position';

const INDEXES_SQL =
  'select table_name as tbl, index_name as idx, column_name as col, sub_part as part, non_unique as nonunique ' +
  'from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index';

const COLLATIONS_SQL =
  'select collation_name as name from information_schema.collations where collation_name in ' +
  `(${COLLATIONS.map((name) => `'${name}'`).join(', ')})`;

const text = (row: Row, name: string): string => String(row[name] ?? '');

const factOf = (row: Row): ColumnFact =>
  columnFact({
    dataType: text(row, 'datatype'),
    columnType: text(row, 'coltype'),
    charset: typeof row['cs'] === 'string' ? row['cs'] : null,
    characters: Number(row['characters']),
    bytes: Number(row['bytes']),
  });

/** An index on the beginnings of texts makes those unique, not the texts: never the other way round. */
const indexOf = (rows: readonly Row[]): ExistingIndex => ({
  columns: rows.map((row) => text(row, 'col')),
  unique: rows.every((row) => Number(row['nonunique']) === 0 && row['part'] === null),
});

function tableOf(columns: readonly Row[], indexes: readonly Row[]): MysqlTable {
  const byIndex = Map.groupBy(indexes, (row) => text(row, 'idx'));
  return {
    columns: new Set(columns.map((row) => text(row, 'col'))),
    facts: new Map(columns.map((row) => [text(row, 'col'), factOf(row)])),
    indexes: [...byIndex.values()].map(indexOf),
    indexNames: new Set(byIndex.keys()),
  };
}

const rowsOf = (answer: StatementAnswer | undefined): readonly Row[] => answer?.rows ?? [];

export async function introspect(connection: MysqlConnection): Promise<MysqlSchema> {
  const answers = await connection.ask([TABLES_SQL, COLUMNS_SQL, INDEXES_SQL, COLLATIONS_SQL].join('; '));
  const [tables = [], columns = [], indexes = [], collations = []] = answers.map(rowsOf);
  const columnsByTable = Map.groupBy(columns, (row) => text(row, 'tbl'));
  const indexesByTable = Map.groupBy(indexes, (row) => text(row, 'tbl'));
  const names = (isWanted: (type: string) => boolean): string[] =>
    tables.filter((row) => isWanted(text(row, 'type'))).map((row) => text(row, 'name'));
  const available = collations.map((row) => text(row, 'name'));
  return {
    tables: new Map(
      names((type) => type === 'BASE TABLE').map((name) => [
        name,
        tableOf(columnsByTable.get(name) ?? [], indexesByTable.get(name) ?? []),
      ]),
    ),
    views: new Set(names((type) => type === 'VIEW')),
    collation: COLLATIONS.find((name) => available.includes(name)) ?? 'utf8mb4_bin',
  };
}
