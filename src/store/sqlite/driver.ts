/**
 * The embedded database behind the typed query builder: one connection, statements prepared once and reused, users of the
 * connection served in the order they came.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { BatchStatement } from '../engine.ts';
import { type SqlValue, sqlValues } from '../sql-values.ts';
import { whileBusy } from './busy.ts';

/** The code has a few hundred statements; queries with optional conditions make some more. */
const STATEMENT_CACHE_LIMIT = 500;

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function plainNumbers(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'bigint' && BigInt.asIntN(54, value) === value) row[name] = Number(value);
  }
  return row;
}

const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';

/**
 * Plain numbers where exact, bigints beyond 2^53: node:sqlite refuses to read a larger integer as a number at all, and one such
 * value in one row would make the whole table unreadable.
 */
function readRows(statement: StatementSync, parameters: readonly SqlValue[]): Record<string, SQLOutputValue>[] {
  try {
    return statement.all(...parameters);
  } catch (error) {
    if (!isOutOfRange(error)) throw error;
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...parameters).map(plainNumbers);
  } finally {
    statement.setReadBigInts(false);
  }
}

export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, PreparedStatement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  prepare(sql: string): PreparedStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= STATEMENT_CACHE_LIMIT) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    // Within a transaction the write lock is held already; a statement that waited there would wait for itself.
    return this.isInTransaction ? this.#run(query) : whileBusy(() => this.#run<Row>(query));
  }

  #run<Row>(query: CompiledQuery): QueryResult<Row> {
    const { statement, returnsRows } = this.prepare(query.sql);
    const parameters = sqlValues(query.parameters);
    if (returnsRows) return { rows: readRows(statement, parameters) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
  }

  // biome-ignore lint/correctness/useYield: nothing here is read as a stream.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the backend does not stream');
  }

  /** Runs without giving way to anything else in this process; all of it or nothing. */
  runBatch(statements: readonly BatchStatement[]): void {
    this.#database.exec('begin immediate');
    try {
      for (const { sql, rows } of statements) {
        const { statement } = this.prepare(sql);
        for (const { parameters, otherwise } of rows) {
          const { changes } = statement.run(...parameters);
          if (otherwise !== undefined && Number(changes) === 0) {
            this.prepare(otherwise.sql).statement.run(...otherwise.parameters());
          }
        }
      }
      this.#database.exec('commit');
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** A full disk and the like roll back by themselves; a second roll back would hide the error that tells why. */
  rollBack(): void {
    if (this.isInTransaction) this.#database.exec('rollback');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

export class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  #lastTurn: Promise<void> = Promise.resolve();
  #endTurn: () => void = () => {};
  #isClosed = false;

  constructor(database: DatabaseSync) {
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    const previousTurn = this.#lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurn = promise;
    await previousTurn;
    this.#endTurn = resolve;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#endTurn();
  }

  /** `immediate`: a transaction that reads first and writes then would fail at once when another process wrote between. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection.rollBack();
  }

  async runBatch(statements: readonly BatchStatement[]): Promise<void> {
    const connection = await this.acquireConnection();
    try {
      await whileBusy(() => connection.runBatch(statements));
    } finally {
      await this.releaseConnection();
    }
  }

  async destroy(): Promise<void> {
    const connection = await this.acquireConnection();
    try {
      if (!this.#isClosed) connection.close();
      this.#isClosed = true;
    } finally {
      await this.releaseConnection();
    }
  }
}

/** The parts of Kysely's SQLite dialect around a driver made beforehand. */
export const sqliteDialect = (driver: SqliteDriver): Dialect => ({
  createDriver: () => driver,
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
});
