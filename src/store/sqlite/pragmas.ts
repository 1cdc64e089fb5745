/**
 * How every connection to the backend file is opened and set (spec/backend-schema.md 3.3).
 */
import { DatabaseSync } from 'node:sqlite';

/** SQLite itself does not wait: `whileBusy` does. */
const NO_BLOCKING_WAIT = 0;

/** Opens without reading the file: SQLite looks at it with the first statement. */
export function openConnection(file: string, options: { readonly readOnly: boolean }): DatabaseSync {
  return new DatabaseSync(file, {
    readOnly: options.readOnly,
    timeout: NO_BLOCKING_WAIT,
    enableForeignKeyConstraints: false,
  });
}

/** Only on a file that is ours: the first of these changes the file. */
export function applyPragmas(database: DatabaseSync): void {
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = normal');
}
