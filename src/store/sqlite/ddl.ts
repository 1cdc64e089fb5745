/**
 * The declared schema in SQLite's words: the types and defaults of spec/backend-schema.md 1.1 and 1.2.
 */
import type { DeploymentStep } from '../deployment-plan.ts';
import type { Column } from '../schema/column.ts';
import type { Index, Table } from '../schema/table.ts';

const INTEGER_TYPES = {
  u8: 'tinyint',
  i8: 'tinyint',
  u16: 'smallint',
  i32: 'int',
  u32: 'int',
  u64: 'bigint',
  i64: 'bigint',
} as const;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (value: number | string): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ');

/** The declared type of a column. */
export function columnType(column: Column): string {
  if (column.sqliteType !== undefined) return column.sqliteType;
  const { type } = column;
  switch (type.kind) {
    case 'id':
      return 'integer';
    case 'integer':
      return INTEGER_TYPES[type.name];
    case 'string':
      return `varchar(${type.length})`;
    case 'text':
      return type.size === 'tiny' ? 'tinytext' : 'text';
    case 'binary':
      return `varbinary(${type.length})`;
    case 'choice':
      return 'text';
    case 'blob':
      return 'blob';
    case 'timestamp':
      return 'timestamp';
  }
}

/** The default as an SQL literal; null: none. */
export function columnDefault(column: Column): string | null {
  switch (column.default.kind) {
    case 'none':
      return null;
    case 'sqlite-only':
    case 'value':
      return literal(column.default.value);
    case 'now-or-empty':
      return "''";
  }
}

/** SQLite refuses to add a NOT NULL column without a default: rows that exist need a value. */
const blankFor = (column: Column): string => (column.type.kind === 'integer' || column.type.kind === 'id' ? '0' : "''");

function columnDdl(name: string, column: Column, isAddition: boolean): string {
  if (column.type.kind === 'id') return `${quoted(name)} integer primary key`;
  const value = columnDefault(column) ?? (isAddition && !column.nullable ? blankFor(column) : null);
  const check =
    column.type.kind === 'choice' ? ` check(${quoted(name)} in (${column.type.values.map(literal).join(', ')}))` : '';
  return [
    quoted(name),
    columnType(column),
    column.nullable ? 'null' : 'not null',
    ...(value === null ? [] : [`default ${value}`]),
  ]
    .join(' ')
    .concat(check);
}

const hasIdKey = (table: Table): boolean => Object.values(table.columns).some((column) => column.type.kind === 'id');

function createTable(table: Table): string {
  const columns = Object.entries(table.columns).map(([name, column]) => columnDdl(name, column, false));
  const key = hasIdKey(table) ? [] : [`primary key (${quotedList(table.key)})`];
  return `create table ${quoted(table.name)} (\n  ${[...columns, ...key].join(',\n  ')}\n)`;
}

/** `<name>_<table>`, where the name is the contract's or made of the columns. */
export function indexName(table: Table, index: Index): string {
  const suffix = index.unique === true ? 'uidx' : 'idx';
  return `${index.name ?? `${index.columns.join('_')}_${suffix}`}_${table.name}`;
}

/** The statement that takes one step of a deployment; `isTaken` tells index names that other columns already use. */
export function stepSql(step: DeploymentStep, isTaken: (indexName: string) => boolean): string {
  switch (step.kind) {
    case 'create-table':
      return createTable(step.table);
    case 'add-column':
      return `alter table ${quoted(step.table.name)} add column ${columnDdl(step.name, step.column, true)}`;
    case 'create-index': {
      const base = indexName(step.table, step.index);
      let name = base;
      for (let attempt = 2; isTaken(name); attempt += 1) name = `${base}_${attempt}`;
      const unique = step.index.unique === true ? 'unique ' : '';
      return `create ${unique}index ${quoted(name)} on ${quoted(step.table.name)} (${quotedList(step.index.columns)})`;
    }
  }
}
