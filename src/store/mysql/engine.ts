/**
 * MySQL and MariaDB as the engine of the repositories: their way of writing by key, of batches, of values that do not fit, of closing.
 */
import { CompiledQuery, type Insertable, Kysely, sql } from 'kysely';
import type { Engine, Executor } from '../engine.ts';
import { type Database, type TableName, tableNamed } from '../schema/schema.ts';
import { columnFitting } from './column-fitting.ts';
import { quoted } from './ddl.ts';
import { type MysqlDriver, mysqlDialect } from './driver.ts';
import { isTakenKey } from './errors.ts';
import { FittingPlugin } from './fitting-plugin.ts';
import type { MysqlSchema } from './introspect.ts';

const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ');

function insertSql(table: TableName, columns: readonly string[]): string {
  return `insert into ${quoted(table)} (${quotedList(columns)}) values (${columns.map(() => '?').join(', ')})`;
}

/** By any unique key, not by the primary one alone: no table that is written so has another. `values()` is what both families know. */
function upsertSql(table: TableName, columns: readonly string[], update?: readonly string[]): string {
  const { key } = tableNamed(table);
  const updated = update ?? columns.filter((name) => !key.includes(name));
  const assignments =
    updated.length === 0
      ? key.map((name) => `${quoted(name)} = ${quoted(name)}`)
      : updated.map((name) => `${quoted(name)} = values(${quoted(name)})`);
  return `${insertSql(table, columns)} on duplicate key update ${assignments.join(', ')}`;
}

/** The server steps along the key by itself, and a walk of ours would end at its limit of a thousand steps. */
async function keyStarts(db: Kysely<Database>, table: TableName): Promise<readonly number[]> {
  const [first = ''] = tableNamed(table).key;
  const { rows } = await sql<{ value: number }>`
    select distinct ${sql.ref(first)} as value from ${sql.table(table)} order by value`.execute(db);
  return rows.map(({ value }) => value);
}

export function mysqlEngine(driver: MysqlDriver, schema: MysqlSchema, name: string): Engine {
  const { storable, fitted } = columnFitting(schema);
  const db = new Kysely<Database>({ dialect: mysqlDialect(driver), plugins: [new FittingPlugin(fitted)] });

  function run<T extends TableName>(executor: Executor, text: string, table: T, row: Insertable<Database[T]>) {
    const values = Object.entries(row).map(([column, value]) => fitted(table, column, value));
    return executor.executeQuery(CompiledQuery.raw(text, values));
  }

  return {
    name,
    db,
    upsertSql,
    transaction: (work) => driver.persistently(() => db.transaction().execute(work)),
    runBatch: (statements) => driver.runBatch(statements),
    async upsert(executor, table, row) {
      await run(executor, upsertSql(table, Object.keys(row)), table, row);
    },
    async insertIfAbsent(executor, table, row) {
      try {
        await run(executor, insertSql(table, Object.keys(row)), table, row);
        return true;
      } catch (error) {
        // The statement alone is undone, not the transaction that it is part of.
        if (isTakenKey(error)) return false;
        throw error;
      }
    },
    storable: (table, column, value) => storable(table, column, value ?? null),
    keyStarts: (table) => keyStarts(db, table),
    async close() {
      await db.destroy();
      // Kysely leaves a driver alone that it never used.
      await driver.destroy();
    },
  };
}
