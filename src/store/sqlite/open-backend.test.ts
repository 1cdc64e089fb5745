import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { backendAt, noon, openByHand, temporaryFile, temporaryFolder } from '../temporary-backend.ts';
import { openSqliteBackend } from './open-backend.ts';

const open = (file: string) => openSqliteBackend({ file, version: '1.0.0', now: noon() });

async function expectRefused(file: string, reason: string): Promise<void> {
  const before = existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null;
  const opened = await open(file);
  if (opened.kind === 'ok') await opened.backend.close();
  expect(opened).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
  expect(opened).toEqual({ kind: 'refused', reason: expect.not.stringContaining('\n') });
  if (before !== null) expect(readFileSync(file).equals(before), 'the file is as it was').toBe(true);
}

const NOBODY = 65_534;

/** Permissions do not hold root up: whoever runs the tests, this runs without privileges. */
async function withoutPrivileges(run: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

async function closedBackendFile(): Promise<string> {
  const file = temporaryFile();
  const backend = await backendAt(file);
  await backend.setRecoveriesDisabled(true);
  await backend.close();
  return file;
}

describe('opening a backend file', () => {
  it('creates a missing one and fills an empty one', async () => {
    const missing = temporaryFile();
    await (await backendAt(missing)).setRecoveriesDisabled(true);
    expect(await (await backendAt(missing)).recoveriesDisabled()).toBe(true);
    const empty = temporaryFile();
    writeFileSync(empty, '');
    expect(await (await backendAt(empty)).loadInstances()).toEqual([]);
  });

  it('is in WAL mode, and after closing one plain file that any SQLite reads', async () => {
    const file = await closedBackendFile();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(openByHand(file).prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  });

  it('rolls back the journal of a killed process and goes on', async () => {
    const file = await closedBackendFile();
    const database = openByHand(file);
    database.exec('pragma journal_mode = delete; begin immediate; delete from global_recovery_disable');
    // What a killed process leaves: file and journal, nobody holding a lock.
    const copy = temporaryFile();
    writeFileSync(copy, readFileSync(file));
    writeFileSync(`${copy}-journal`, readFileSync(`${file}-journal`));
    database.exec('rollback');
    expect(await (await backendAt(copy)).recoveriesDisabled()).toBe(true);
  });
});

describe('opening what cannot be a backend', () => {
  it('refuses a file that is no database', async () => {
    const file = temporaryFile();
    writeFileSync(file, 'dear diary');
    await expectRefused(file, 'is not an SQLite database');
  });

  it('refuses the database of another program', async () => {
    const file = temporaryFile();
    const database = openByHand(file);
    database.exec('create table customers (id integer primary key); create table audit (entry text)');
    database.close();
    await expectRefused(file, 'is a database of another program');
  });

  it('refuses the raft store of the reference, whose table names are ours', async () => {
    const file = temporaryFile();
    const database = openByHand(file);
    database.exec(`create table raft_log (log_index integer primary key, term bigint, log_type int, data blob);
      create table raft_store (store_id integer primary key, store_key varbinary(512), store_value blob)`);
    database.close();
    await expectRefused(file, 'is a database of another program');
  });

  it('refuses a file with garbage in the middle', async () => {
    const file = await closedBackendFile();
    const content = readFileSync(file);
    content.fill(0xa5, 4096 * 3, 4096 * 12);
    writeFileSync(file, content);
    await expectRefused(file, 'is damaged');
  });

  it('refuses a file cut short', async () => {
    const file = await closedBackendFile();
    const content = readFileSync(file);
    writeFileSync(file, content.subarray(0, 4096 * 5));
    await expectRefused(file, 'is damaged');
  });

  it('refuses a file whose header alone is left', async () => {
    const file = temporaryFile();
    writeFileSync(file, 'SQLite format 3\0');
    await expectRefused(file, 'is not an SQLite database');
  });

  it('refuses a folder, and a name in a folder that is missing or no folder', async () => {
    const folder = temporaryFolder();
    await expectRefused(folder, 'is a folder');
    await expectRefused(join(folder, 'missing', 'a.db'), 'does not exist');
    writeFileSync(join(folder, 'file'), '');
    await expectRefused(join(folder, 'file', 'a.db'), 'is not a folder');
  });

  it('refuses a device', async () => {
    await expectRefused('/dev/null', 'is not a regular file');
  });

  it.runIf(existsSync('/proc/sys/kernel'))('refuses a folder of the system where no file can be made', async () => {
    await expectRefused('/proc/sys/kernel/orchestrator.db', 'cannot be opened or created');
  });

  it('refuses to create in a read-only folder', async () => {
    const folder = join(temporaryFolder(), 'read-only');
    mkdirSync(folder);
    chmodSync(join(folder, '..'), 0o755);
    chmodSync(folder, 0o555);
    await withoutPrivileges(() => expectRefused(join(folder, 'a.db'), 'cannot be opened or created'));
    expect(existsSync(join(folder, 'a.db'))).toBe(false);
  });

  it('refuses a read-only backend, also where the folder is writable', async () => {
    const file = await closedBackendFile();
    const folder = join(file, '..');
    chmodSync(file, 0o444);
    chmodSync(folder, 0o777);
    await withoutPrivileges(() => expectRefused(file, 'cannot be written: it or its folder is read-only'));
  });

  it('refuses a backend in a read-only folder', async () => {
    const file = await closedBackendFile();
    chmodSync(file, 0o644);
    chmodSync(join(file, '..'), 0o555);
    await withoutPrivileges(() => expectRefused(file, 'cannot be written: it or its folder is read-only'));
  });

  it('refuses a file that may not be read', async () => {
    const file = await closedBackendFile();
    chmodSync(join(file, '..'), 0o755);
    chmodSync(file, 0o000);
    await withoutPrivileges(async () => {
      const opened = await open(file);
      expect(opened).toEqual({ kind: 'refused', reason: `backend file ${file} cannot be read (EACCES)` });
    });
  });

  it('refuses with the reason of the deployment', async () => {
    const file = await closedBackendFile();
    const opened = await openSqliteBackend({ file, version: '2.0.0', refuseDifferentVersion: true });
    expect(opened).toEqual({
      kind: 'refused',
      reason: `backend file ${file} was not deployed by version 2.0.0, and PanicIfDifferentDatabaseDeploy is set`,
    });
  });

  it('leaves no lock and no connection behind', async () => {
    const file = await closedBackendFile();
    await openSqliteBackend({ file, version: '2.0.0', refuseDifferentVersion: true });
    const database = new DatabaseSync(file, { timeout: 0 });
    expect(() => database.exec('begin exclusive; rollback')).not.toThrow();
    database.close();
  });
});
