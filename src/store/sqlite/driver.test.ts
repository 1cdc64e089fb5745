import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { noon, openByHand, temporaryFile } from '../temporary-backend.ts';
import { deploySchema } from './deploy.ts';
import { sqliteEngine } from './engine.ts';

function newEngine() {
  const file = temporaryFile();
  const database = openByHand(file);
  deploySchema(database, { version: '1', skipUpdate: false, refuseDifferentVersion: false, now: noon() });
  return { engine: sqliteEngine(database, file), database, file };
}

const insertAudit = 'insert into audit (audit_type, hostname, port, message) values (?, ?, ?, ?)';

describe('the SQLite engine', () => {
  it('reads integers as numbers where exact and as bigints beyond', async () => {
    const { engine } = newEngine();
    const { rows } = await sql<{ small: unknown; limit: unknown; great: unknown; least: unknown }>`
      select 7 as small, 9007199254740991 as "limit", 9223372036854775807 as great, -9223372036854775808 as least
    `.execute(engine.db);
    expect(rows).toEqual([{ small: 7, limit: Number.MAX_SAFE_INTEGER, great: 2n ** 63n - 1n, least: -(2n ** 63n) }]);
  });

  it('undoes a failed transaction and serves the next one', async () => {
    const { engine } = newEngine();
    const failing = engine.db.transaction().execute(async (transaction) => {
      await transaction.insertInto('global_recovery_disable').values({ disable_recovery: 1 }).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await engine.db.selectFrom('global_recovery_disable').selectAll().execute()).toEqual([]);
  });

  it('keeps transactions apart that run at the same time', async () => {
    const { engine } = newEngine();
    const addOne = () =>
      engine.db.transaction().execute(async (transaction) => {
        const row = await transaction.selectFrom('global_recovery_disable').selectAll().executeTakeFirst();
        await transaction.deleteFrom('global_recovery_disable').execute();
        const next = (row?.disable_recovery ?? 0) + 1;
        await transaction.insertInto('global_recovery_disable').values({ disable_recovery: next }).execute();
      });
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await engine.db.selectFrom('global_recovery_disable').selectAll().execute()).toEqual([
      { disable_recovery: 20 },
    ]);
  });

  it('writes a batch whole or not at all', async () => {
    const { engine, database } = newEngine();
    const good = { parameters: ['t', 'h', 1, 'm'] };
    const batch = [{ sql: insertAudit, rows: [good, good, { parameters: ['t', 'h', null, 'm'] }] }];
    await expect(engine.runBatch(batch)).rejects.toMatchObject({ code: 'ERR_SQLITE_ERROR' });
    expect(database.prepare('select count(*) as n from audit').get()).toEqual({ n: 0 });
    await engine.runBatch([{ sql: insertAudit, rows: [good, good] }]);
    expect(database.prepare('select count(*) as n from audit').get()).toEqual({ n: 2 });
  });

  it('updates by key only the columns that are named', async () => {
    const { engine, database } = newEngine();
    const row = { hostname: 'a', port: 1, last_suggested: '2026-01-01 00:00:00', promotion_rule: 'prefer' };
    await engine.upsert(engine.db, 'candidate_database_instance', { ...row, priority: 5 });
    await engine.upsert(engine.db, 'candidate_database_instance', { ...row, promotion_rule: 'must_not' });
    expect(database.prepare('select priority, promotion_rule from candidate_database_instance').all()).toEqual([
      { priority: 5, promotion_rule: 'must_not' },
    ]);
  });

  it('inserts if absent, and takes no broken rule for a taken key', async () => {
    const { engine } = newEngine();
    const row = { hostname: 'a', port: 1, last_suggested: '', promotion_rule: 'prefer' };
    const insert = (change: object) =>
      engine.insertIfAbsent(engine.db, 'candidate_database_instance', { ...row, ...change });
    expect(await insert({})).toBe(true);
    expect(await insert({})).toBe(false);
    await expect(insert({ port: 2, promotion_rule: 'perhaps' })).rejects.toMatchObject({ errcode: 275 });
  });

  it('closes twice without complaint and serves nobody afterwards', async () => {
    const { engine } = newEngine();
    await engine.close();
    await engine.close();
    await expect(engine.db.selectFrom('audit').selectAll().execute()).rejects.toThrow();
  });

  it('closes a file nothing was ever asked of', async () => {
    const database = new DatabaseSync(':memory:');
    await sqliteEngine(database, ':memory:').close();
    expect(database.isOpen).toBe(false);
  });
});
