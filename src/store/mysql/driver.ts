/**
 * The backend server behind the typed query builder: connections of a pool, what others' writes have spoiled done again, and batches in few packets.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { BatchRow, BatchStatement } from '../engine.ts';
import { sqlValues } from '../sql-values.ts';
import type { StatementAnswer } from './answers.ts';
import { whileBusy } from './busy.ts';
import type { MysqlConnection } from './connection.ts';
import { isReadOnlyServer } from './errors.ts';
import type { ConnectionPool } from './pool.ts';

/** Bytes of statements that go to the server in one packet: well below what any server takes, and enough to make round trips rare. */
const PACKET_TARGET_BYTES = 256 * 1024;

const SEPARATOR = ';\n';

/** How often a server that says that it is read-only is left for the one that stands there by then (`MySQLOrchestratorRejectReadOnly`). */
const RECONNECTS_MAX = 2;

export interface MysqlDriverOptions {
  readonly pool: ConnectionPool<MysqlConnection>;
  /** `MySQLOrchestratorRejectReadOnly` */
  readonly rejectReadOnly: boolean;
}

function queryResult<Answer>({ rows, affectedRows, insertId }: StatementAnswer): QueryResult<Answer> {
  return {
    rows: rows as Answer[],
    numAffectedRows: affectedRows,
    ...(insertId === null ? {} : { insertId }),
  };
}

/** One user's way to the server for a while. The connection behind it may be replaced between statements that belong to no transaction. */
class Lease implements DatabaseConnection {
  readonly #driver: MysqlDriver;
  readonly #pool: ConnectionPool<MysqlConnection>;
  /** Null: given back. */
  #connection: MysqlConnection | null;
  isInTransaction = false;

  constructor(driver: MysqlDriver, pool: ConnectionPool<MysqlConnection>, connection: MysqlConnection) {
    this.#driver = driver;
    this.#pool = pool;
    this.#connection = connection;
  }

  get connection(): MysqlConnection {
    if (this.#connection === null) throw new Error('a connection to the backend is used after it was given back');
    return this.#connection;
  }

  release(): void {
    if (this.#connection !== null) this.#pool.release(this.#connection);
    this.#connection = null;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = sqlValues(query.parameters);
    const run = async (): Promise<QueryResult<Row>> => {
      const [answer] = await this.ask(this.connection.format(query.sql, parameters));
      if (answer === undefined) throw new Error('the backend gave no answer to a statement');
      return queryResult<Row>(answer);
    };
    // A statement of a transaction cannot be repeated by itself: the server has undone, or we must undo, what came before it.
    return this.isInTransaction ? run() : this.#driver.persistently(run, () => this.#renew());
  }

  async ask(sql: string): Promise<readonly StatementAnswer[]> {
    const { connection } = this;
    try {
      return await connection.ask(sql);
    } catch (error) {
      this.#driver.leaveIfReadOnly(error, connection);
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: nothing here is read as a stream.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the backend does not stream');
  }

  /** Given back first: it may be the only one that the pool may have. */
  async #renew(): Promise<void> {
    this.release();
    this.#connection = await this.#pool.acquire();
  }
}

export class MysqlDriver implements Driver {
  readonly #options: MysqlDriverOptions;

  constructor(options: MysqlDriverOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Lease> {
    const { pool } = this.#options;
    return new Lease(this, pool, await pool.acquire());
  }

  async releaseConnection(lease: Lease): Promise<void> {
    lease.release();
  }

  async beginTransaction(lease: Lease): Promise<void> {
    await lease.ask('start transaction');
    lease.isInTransaction = true;
  }

  async commitTransaction(lease: Lease): Promise<void> {
    await lease.ask('commit');
    lease.isInTransaction = false;
  }

  /** Does not fail: the error of the transaction itself is what people must hear. A connection that cannot be cleared up is given up. */
  async rollbackTransaction(lease: Lease): Promise<void> {
    lease.isInTransaction = false;
    await lease.connection.ask('rollback').catch(() => lease.connection.destroy());
  }

  async destroy(): Promise<void> {
    await this.#options.pool.close();
  }

  /**
   * Again where others were in the way. And once more elsewhere where the server has become read-only: behind one address another may be the
   * primary by now. `renew`: gets away from the connection that said so, where it is not let go of anyway.
   */
  async persistently<Result>(
    attempt: () => Promise<Result>,
    renew: () => Promise<void> = async () => {},
  ): Promise<Result> {
    for (let reconnects = 0; ; reconnects += 1) {
      try {
        return await whileBusy(attempt);
      } catch (error) {
        if (!this.#isToBeLeft(error) || reconnects >= RECONNECTS_MAX) throw error;
      }
      await renew();
    }
  }

  /** The other connections lead to the same server. */
  leaveIfReadOnly(error: unknown, connection: MysqlConnection): void {
    if (!this.#isToBeLeft(error)) return;
    connection.destroy();
    this.#options.pool.closeIdle();
  }

  #isToBeLeft(error: unknown): boolean {
    return this.#options.rejectReadOnly && isReadOnlyServer(error);
  }

  /** All of it in one transaction, or nothing; begun again where others were in the way. */
  runBatch(statements: readonly BatchStatement[]): Promise<void> {
    return this.persistently(async () => {
      const lease = await this.acquireConnection();
      try {
        await this.beginTransaction(lease);
        await runStatements(lease, statements);
        await this.commitTransaction(lease);
      } catch (error) {
        await this.rollbackTransaction(lease);
        throw error;
      } finally {
        await this.releaseConnection(lease);
      }
    });
  }
}

/** A statement with its parameters in it. */
interface Filled {
  readonly sql: string;
  readonly otherwise: BatchRow['otherwise'];
}

async function runStatements(lease: Lease, statements: readonly BatchStatement[]): Promise<void> {
  const { connection } = lease;
  const bytesMax = Math.min(PACKET_TARGET_BYTES, connection.statementBytes);
  for (const { sql, rows } of statements) {
    for (const packet of packetsOf(filled(connection, sql, rows), bytesMax)) {
      const missed = await missedOf(lease, packet);
      for (const second of packetsOf(missed, bytesMax)) await missedOf(lease, second);
    }
  }
}

/** One by one as they are sent: thousands at once would hold up everything else in this process. */
function* filled(connection: MysqlConnection, sql: string, rows: readonly BatchRow[]): Generator<Filled> {
  for (const { parameters, otherwise } of rows) yield { sql: connection.format(sql, parameters), otherwise };
}

/** Sends the packet; what is to be written instead of the statements that touched no row. */
async function missedOf(lease: Lease, packet: readonly Filled[]): Promise<Filled[]> {
  const answers = await lease.ask(packet.map(({ sql }) => sql).join(SEPARATOR));
  return packet.flatMap(({ otherwise }, index) => {
    if (otherwise === undefined || answers[index]?.affectedRows !== 0n) return [];
    return [{ sql: lease.connection.format(otherwise.sql, otherwise.parameters()), otherwise: undefined }];
  });
}

/** A statement that is larger than a packet should be is one by itself. */
function* packetsOf(statements: Iterable<Filled>, bytesMax: number): Generator<readonly Filled[]> {
  let packet: Filled[] = [];
  let bytes = 0;
  for (const statement of statements) {
    const size = Buffer.byteLength(statement.sql) + SEPARATOR.length;
    if (packet.length > 0 && bytes + size > bytesMax) {
      yield packet;
      packet = [];
      bytes = 0;
    }
    packet.push(statement);
    bytes += size;
  }
  if (packet.length > 0) yield packet;
}

/** The parts of Kysely's MySQL dialect around a driver made beforehand. */
export const mysqlDialect = (driver: MysqlDriver): Dialect => ({
  createDriver: () => driver,
  createQueryCompiler: () => new MysqlQueryCompiler(),
  createAdapter: () => new MysqlAdapter(),
  createIntrospector: (db) => new MysqlIntrospector(db),
});
