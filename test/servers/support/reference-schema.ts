// A database as the newest version of the reference leaves it on MySQL: the contract's types, character sets and names of indexes.

import type { Column } from '../../../src/store/schema/column.ts';
import { CONTRACT_TABLES } from '../../../src/store/schema/schema.ts';
import type { Index, Table } from '../../../src/store/schema/table.ts';

const INTEGERS = {
  u8: 'TINYINT UNSIGNED',
  i8: 'TINYINT',
  u16: 'SMALLINT UNSIGNED',
  i32: 'INT',
  u32: 'INT UNSIGNED',
  u64: 'BIGINT UNSIGNED',
  i64: 'BIGINT',
} as const;

/** Characters that the reference's indexes look at (spec/backend-schema.md 5). */
const INDEX_PREFIX: Readonly<Record<string, number>> = {
  'cluster_domain_name.domain_name': 32,
  'database_instance_topology_history.cluster_name': 128,
};

function typeOf({ type }: Column): string {
  switch (type.kind) {
    case 'id':
      return `${type.width === 32 ? 'INT' : 'BIGINT'} UNSIGNED`;
    case 'integer':
      return INTEGERS[type.name];
    case 'string':
      return `VARCHAR(${type.length}) CHARACTER SET ${type.charset}`;
    case 'text':
      return `${type.size === 'tiny' ? 'TINYTEXT' : 'TEXT'} CHARACTER SET ${type.charset}`;
    case 'binary':
      return `VARBINARY(${type.length})`;
    case 'blob':
      return 'BLOB';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'choice':
      return `ENUM(${type.values.map((value) => `'${value}'`).join(', ')})`;
  }
}

function defaultOf({ default: value, nullable }: Column): string {
  switch (value.kind) {
    case 'value':
      return ` DEFAULT '${value.value}'`;
    case 'now-or-empty':
      return ' DEFAULT CURRENT_TIMESTAMP';
    default:
      return nullable ? ' DEFAULT NULL' : '';
  }
}

const columnSql = ([name, column]: [string, Column]): string =>
  `${name} ${typeOf(column)} ${column.nullable ? 'NULL' : 'NOT NULL'}` +
  (column.type.kind === 'id' ? ' AUTO_INCREMENT' : defaultOf(column));

function indexSql(table: Table, index: Index): string {
  const columns = index.columns.map((name) => {
    const prefix = INDEX_PREFIX[`${table.name}.${name}`];
    return prefix === undefined ? name : `${name}(${prefix})`;
  });
  const name = index.name ?? `${index.columns.join('_')}_idx`.slice(0, 40);
  return `${index.unique === true ? 'UNIQUE ' : ''}KEY ${name} (${columns.join(', ')})`;
}

function tableSql(table: Table): string {
  const parts = [
    ...Object.entries(table.columns).map(columnSql),
    `PRIMARY KEY (${table.key.join(', ')})`,
    ...table.indexes.map((index) => indexSql(table, index)),
  ];
  const charset = table.name === 'audit' ? 'latin1' : 'ascii';
  return `CREATE TABLE ${table.name} (${parts.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=${charset}`;
}

/** In a session that allows zero dates, as the reference's is during its deployment. */
export const referenceSchema: readonly string[] = CONTRACT_TABLES.map(tableSql);
