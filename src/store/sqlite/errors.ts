/**
 * SQLite's errors, by number. Never by text: texts change with versions.
 */

/** Primary result codes (https://www.sqlite.org/rescode.html). */
export const SQLITE = {
  PERM: 3,
  BUSY: 5,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

const PRIMARY_CODE_MASK = 0xff;

/** The primary result code of an SQLite error; null when the error is something else. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & PRIMARY_CODE_MASK;
}

/** One clear line why the file cannot serve as backend; null for errors that say nothing about the file. */
export function describeSqliteCode(code: number, file: string): string | null {
  switch (code) {
    case SQLITE.NOTADB:
      return `backend file ${file} is not an SQLite database`;
    case SQLITE.CORRUPT:
      return `backend file ${file} is damaged`;
    case SQLITE.READONLY:
      return `backend file ${file} cannot be written: it or its folder is read-only`;
    case SQLITE.PERM:
    case SQLITE.CANTOPEN:
      return `backend file ${file} cannot be opened or created: check that its folder exists and is writable`;
    case SQLITE.BUSY:
      return `backend file ${file} is locked by another process`;
    case SQLITE.FULL:
      return `backend file ${file} cannot be written: the disk is full`;
    case SQLITE.IOERR:
      return `backend file ${file} cannot be read or written: input/output error`;
    default:
      return null;
  }
}
