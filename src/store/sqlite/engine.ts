/**
 * SQLite as the engine of the repositories: its way of writing by key, of batches, of closing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CompiledQuery, type Insertable, Kysely, sql } from 'kysely';
import type { Engine, Executor } from '../engine.ts';
import { type Database, type TableName, tableNamed } from '../schema/schema.ts';
import { quoted } from './ddl.ts';
import { SqliteDriver, sqliteDialect } from './driver.ts';

const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ');

function insertSql(table: TableName, columns: readonly string[]): string {
  return `insert into ${quoted(table)} (${quotedList(columns)}) values (${columns.map(() => '?').join(', ')})`;
}

function upsertSql(table: TableName, columns: readonly string[], update?: readonly string[]): string {
  const { key } = tableNamed(table);
  const updated = update ?? columns.filter((name) => !key.includes(name));
  const action =
    updated.length === 0
      ? 'do nothing'
      : `do update set ${updated.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`;
  return `${insertSql(table, columns)} on conflict (${quotedList(key)}) ${action}`;
}

function run<T extends TableName>(executor: Executor, sql: string, row: Insertable<Database[T]>) {
  return executor.executeQuery(CompiledQuery.raw(sql, Object.values(row)));
}

/** From one value to the next along the key: `distinct` would read every row of a table that only grows. */
async function keyStarts(db: Kysely<Database>, table: TableName): Promise<readonly number[]> {
  const [first = ''] = tableNamed(table).key;
  const [from, start] = [sql.table(table), sql.ref(first)];
  const { rows } = await sql<{ value: number }>`
    with recursive starts (value) as (
      select min(${start}) from ${from}
      union all
      select (select min(${start}) from ${from} where ${start} > starts.value) from starts where starts.value is not null
    )
    select value from starts where value is not null order by value`.execute(db);
  return rows.map(({ value }) => value);
}

export function sqliteEngine(database: DatabaseSync, name: string): Engine {
  const driver = new SqliteDriver(database);
  const db = new Kysely<Database>({ dialect: sqliteDialect(driver) });
  return {
    name,
    db,
    upsertSql,
    transaction: (work) => db.transaction().execute(work),
    runBatch: (statements) => driver.runBatch(statements),
    async upsert(executor, table, row) {
      await run(executor, upsertSql(table, Object.keys(row)), row);
    },
    async insertIfAbsent(executor, table, row) {
      const result = await run(executor, `${insertSql(table, Object.keys(row))} on conflict do nothing`, row);
      return result.numAffectedRows === 1n;
    },
    /** SQLite holds anything but "not a number", which becomes null, and where null is refused nothing of the batch is written. */
    storable: (_table, _column, value) => (typeof value === 'number' && !Number.isFinite(value) ? 0 : (value ?? null)),
    keyStarts: (table) => keyStarts(db, table),
    async close() {
      await db.destroy();
      // Kysely leaves a driver alone that it never used.
      await driver.destroy();
    },
  };
}
