/**
 * Looks at a backend file before anything may write to it: is it ours, is it whole.
 */
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isBackend } from '../is-backend.ts';
import { whileBusy } from './busy.ts';
import { describeSqliteCode, SQLITE, sqliteCode } from './errors.ts';
import { columnNames, tableNames } from './introspect.ts';
import { openConnection } from './pragmas.ts';

export type FileInspection =
  /** Missing or empty: to be created. */
  { readonly kind: 'new' } | { readonly kind: 'ours' } | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): FileInspection => ({ kind: 'refused', reason });

/** Every SQLite file begins with this (https://www.sqlite.org/fileformat.html). */
const SQLITE_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/** Larger files are not read through at each start: commands of the CLI open the file, too. */
const FULL_CHECK_LIMIT_BYTES = 64 * 1024 * 1024;

const errnoOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

async function inspectFolder(file: string): Promise<FileInspection> {
  const folder = dirname(file);
  try {
    if ((await stat(folder)).isDirectory()) return { kind: 'new' };
    return refused(`backend file ${file} cannot be created: ${folder} is not a folder`);
  } catch (error) {
    return refused(
      errnoOf(error) === 'ENOENT'
        ? `backend file ${file} cannot be created: folder ${folder} does not exist`
        : `backend file ${file} cannot be created: folder ${folder} cannot be entered (${errnoOf(error)})`,
    );
  }
}

async function startsLikeSqlite(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(SQLITE_MAGIC.length), position: 0 });
    return bytesRead === SQLITE_MAGIC.length && buffer.equals(SQLITE_MAGIC);
  } finally {
    await handle.close();
  }
}

function inspectContent(database: DatabaseSync, file: string, bytes: number): FileInspection {
  const tables = tableNames(database);
  if (tables.length === 0) return { kind: 'new' };
  if (!isBackend((table) => columnNames(database, table)))
    return refused(`backend file ${file} is a database of another program (it has a table ${tables[0]})`);
  if (bytes > FULL_CHECK_LIMIT_BYTES) return { kind: 'ours' };
  const check = database.prepare('pragma quick_check(1)').get();
  return check !== undefined && Object.values(check)[0] === 'ok'
    ? { kind: 'ours' }
    : refused(`backend file ${file} is damaged`);
}

function inspectDatabase(file: string, bytes: number, readOnly: boolean): FileInspection {
  const database = openConnection(file, { readOnly });
  try {
    return inspectContent(database, file, bytes);
  } finally {
    database.close();
  }
}

/** A journal left by a killed process must be rolled back before anything can be read, which a read-only connection cannot. */
const needsWriting = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code === SQLITE.READONLY || code === SQLITE.CANTOPEN;
};

/** Reads only, so that a file of somebody else stays as it is, to the byte. */
export async function inspectFile(file: string): Promise<FileInspection> {
  let bytes: number;
  try {
    const found = await stat(file);
    if (found.isDirectory()) return refused(`backend file ${file} is a folder`);
    if (!found.isFile()) return refused(`backend file ${file} is not a regular file`);
    if (found.size === 0) return { kind: 'new' };
    if (!(await startsLikeSqlite(file))) return refused(`backend file ${file} is not an SQLite database`);
    bytes = found.size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return inspectFolder(file);
    return refused(`backend file ${file} cannot be read (${errnoOf(error)})`);
  }
  try {
    return await whileBusy(() => inspectDatabase(file, bytes, true));
  } catch (error) {
    if (needsWriting(error)) return whileBusy(() => inspectDatabase(file, bytes, false));
    const reason = describeSqliteCode(sqliteCode(error) ?? -1, file);
    if (reason === null) throw error;
    return refused(reason);
  }
}
