/**
 * The declared schema in the words of MySQL and MariaDB: the types and defaults of spec/backend-schema.md 1.1 and 1.2.
 *
 * Of the contract's columns two things are wider here: every text takes any Unicode, where the contract has ASCII, and long texts hold 16 MiB, which
 * sets of GTIDs need (weak point 3). Other programs do not mind.
 */
import type { DeploymentStep } from '../deployment-plan.ts';
import type { Column } from '../schema/column.ts';
import type { Index, Table } from '../schema/table.ts';
import type { ColumnFact } from './column-facts.ts';

const INTEGER_TYPES = {
  u8: 'tinyint unsigned',
  i8: 'tinyint',
  u16: 'smallint unsigned',
  i32: 'int',
  u32: 'int unsigned',
  u64: 'bigint unsigned',
  i64: 'bigint',
} as const;

/** The server's limit for names of indexes. */
const NAME_LENGTH_MAX = 64;

/** Characters of a long text that an index looks at: with four bytes each as many as the shortest of them, TINYTEXT, has room for. */
const INDEXED_CHARACTERS = 63;

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const literal = (value: number | string): string => {
  const text = String(value).replaceAll('\\', '\\\\').replaceAll("'", "''");
  return typeof value === 'number' ? text : `'${text}'`;
};

/** `collation`: of texts. */
function columnType({ type }: Column, collation: string): string {
  const ofText = `character set utf8mb4 collate ${collation}`;
  switch (type.kind) {
    case 'id':
      return type.width === 32 ? 'int unsigned' : 'bigint unsigned';
    case 'integer':
      return INTEGER_TYPES[type.name];
    case 'string':
      return `varchar(${type.length}) ${ofText}`;
    case 'text':
      return `${type.size === 'tiny' ? 'tinytext' : 'mediumtext'} ${ofText}`;
    case 'binary':
      return `varbinary(${type.length})`;
    case 'choice':
      return `enum(${type.values.map(literal).join(', ')}) ${ofText}`;
    case 'blob':
      return 'blob';
    case 'timestamp':
      return 'timestamp';
  }
}

/** Null is said where it is the default: a server may be set to give the first timestamp of a table another. */
function columnDefault(column: Column): string | null {
  switch (column.default.kind) {
    case 'none':
    case 'sqlite-only':
      return column.nullable ? 'null' : null;
    case 'value':
      return literal(column.default.value);
    case 'now-or-empty':
      return 'current_timestamp';
  }
}

export function columnDdl(name: string, column: Column, collation: string): string {
  const value = columnDefault(column);
  return [
    quoted(name),
    columnType(column, collation),
    column.nullable ? 'null' : 'not null',
    ...(column.type.kind === 'id' ? ['auto_increment'] : []),
    ...(value === null ? [] : [`default ${value}`]),
  ].join(' ');
}

/** What a table has already, as far as it matters to what is added. */
export interface ExistingParts {
  readonly indexNames: ReadonlySet<string>;
  readonly facts: ReadonlyMap<string, ColumnFact>;
}

const NOTHING: ExistingParts = { indexNames: new Set(), facts: new Map() };

/** As it is: ancient versions of the reference had long texts where the contract now has short ones. */
function isLongText(table: Table, name: string, { facts }: ExistingParts): boolean {
  const fact = facts.get(name);
  if (fact === undefined) return table.columns[name]?.type.kind === 'text';
  return fact.kind === 'text' && fact.limit.unit === 'bytes';
}

const columnList = (table: Table, names: readonly string[], existing: ExistingParts): string =>
  names.map((name) => quoted(name) + (isLongText(table, name, existing) ? `(${INDEXED_CHARACTERS})` : '')).join(', ');

/** `<name>_<table>`, or the name alone where the contract added the index later (spec/backend-schema.md 1.3). */
export function indexName(table: Table, index: Index): string {
  const suffix = index.unique === true ? 'uidx' : 'idx';
  const name = index.name ?? `${index.columns.join('_')}_${suffix}`;
  return (index.isAddition === true ? name : `${name}_${table.name}`).slice(0, NAME_LENGTH_MAX);
}

/** A name that no other index of the table has. */
function freeName(base: string, isTaken: (name: string) => boolean): string {
  let name = base;
  for (let attempt = 2; isTaken(name); attempt += 1) {
    const ending = `_${attempt}`;
    name = base.slice(0, NAME_LENGTH_MAX - ending.length) + ending;
  }
  return name;
}

const indexDdl = (table: Table, index: Index, name: string, existing: ExistingParts): string =>
  `${index.unique === true ? 'unique ' : ''}key ${quoted(name)} (${columnList(table, index.columns, existing)})`;

/** Steps about one table: one statement, since each is as much work as the table is large. */
function tableSql(steps: readonly DeploymentStep[], collation: string, existing: ExistingParts): string {
  const [first] = steps;
  if (first === undefined) throw new Error('a table without steps needs no statement');
  const { table } = first;
  const isNew = steps.some((step) => step.kind === 'create-table');
  const names = new Set(existing.indexNames);
  const indexes: string[] = [];
  const columns: string[] = [];
  for (const step of steps) {
    if (step.kind === 'add-column') columns.push(columnDdl(step.name, step.column, collation));
    if (step.kind !== 'create-index') continue;
    const name = freeName(indexName(table, step.index), (taken) => names.has(taken));
    names.add(name);
    indexes.push(indexDdl(table, step.index, name, existing));
  }
  if (!isNew) {
    const additions = [...columns.map((ddl) => `add column ${ddl}`), ...indexes.map((ddl) => `add ${ddl}`)];
    return `alter table ${quoted(table.name)} ${additions.join(', ')}`;
  }
  const all = Object.entries(table.columns).map(([name, column]) => columnDdl(name, column, collation));
  const parts = [...all, `primary key (${columnList(table, table.key, existing)})`, ...indexes];
  return (
    `create table ${quoted(table.name)} (\n  ${parts.join(',\n  ')}\n) ` +
    `engine = InnoDB default character set utf8mb4 collate ${collation}`
  );
}

/** The statements that take the steps of a deployment. */
export function deploymentSql(
  steps: readonly DeploymentStep[],
  collation: string,
  existing: ReadonlyMap<string, ExistingParts>,
): readonly string[] {
  const byTable = Map.groupBy(steps, (step) => step.table.name);
  return [...byTable].map(([name, ofTable]) => tableSql(ofTable, collation, existing.get(name) ?? NOTHING));
}
