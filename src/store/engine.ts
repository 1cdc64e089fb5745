/**
 * What the repositories need of a database engine beyond the typed query builder. Each engine folder (`sqlite/`, `mysql/`)
 * implements it in files of the same names.
 */
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Database, TableName } from './schema/schema.ts';
import type { SqlValue } from './sql-values.ts';

/** Either the backend itself or a transaction under way. */
export type Executor = Kysely<Database> | Transaction<Database>;

/**
 * Rows for one statement with positional parameters. Where `otherwise` is given, a row whose statement touched nothing is
 * written by it instead, with the parameters it makes of the row.
 */
export interface BatchStatement {
  readonly sql: string;
  readonly rows: readonly BatchRow[];
}

export interface BatchRow {
  readonly parameters: readonly SqlValue[];
  /** Run when the statement touched no row. */
  readonly otherwise?: { readonly sql: string; readonly parameters: () => readonly SqlValue[] };
}

export interface Engine {
  /** What people see as the name of the backend. */
  readonly name: string;
  readonly db: Kysely<Database>;
  /**
   * All of it or nothing, and as if nobody else wrote meanwhile. The work may be done again from its beginning, so it changes nothing but
   * the database.
   */
  transaction<Result>(work: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result>;
  /** All of it in one transaction, or nothing. */
  runBatch(statements: readonly BatchStatement[]): Promise<void>;
  /** Text of an insert of these columns which updates `update` (default: all but the key) where the key exists. */
  upsertSql(table: TableName, columns: readonly string[], update?: readonly string[]): string;
  /** Writes by key: inserts, or updates the named columns and leaves the others alone (schema trap 3.2.1). */
  upsert<T extends TableName>(executor: Executor, table: T, row: Insertable<Database[T]>): Promise<void>;
  /** True when inserted, false when any unique key was taken. Other errors are errors (schema trap 3.2.3). */
  insertIfAbsent<T extends TableName>(executor: Executor, table: T, row: Insertable<Database[T]>): Promise<boolean>;
  /**
   * A value of an observation as the column can hold it. What a server says of itself may be odd, and one odd value must not keep the whole
   * fleet from being written.
   */
  storable(table: TableName, column: string, value: SqlValue | undefined): SqlValue;
  /** The different values of a whole-numbered first column of a table's key, ascending, without reading every row. */
  keyStarts(table: TableName): Promise<readonly number[]>;
  close(): Promise<void>;
}
