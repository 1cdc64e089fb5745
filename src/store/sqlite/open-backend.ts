/**
 * Opens the backend on an SQLite file: looks, refuses what is not ours or not whole, creates or completes the schema.
 */
import type { DatabaseSync } from 'node:sqlite';
import { backendOn } from '../backend.ts';
import type { DeploymentOptions, DeploymentResult } from '../deployment.ts';
import { deploymentOptions, type OpenBackendOptions, type OpenBackendResult } from '../open-backend.ts';
import { whileBusy } from './busy.ts';
import { deploySchema } from './deploy.ts';
import { sqliteEngine } from './engine.ts';
import { describeSqliteCode, sqliteCode } from './errors.ts';
import { inspectFile } from './inspect-file.ts';
import { applyPragmas, openConnection } from './pragmas.ts';

export interface OpenSqliteOptions extends OpenBackendOptions {
  readonly file: string;
}

const refused = (reason: string): OpenBackendResult => ({ kind: 'refused', reason });

/** On a read-only file `begin immediate` succeeds and the first write, maybe an hour later, would fail. */
const proveWritable = (database: DatabaseSync): void => {
  database.exec('delete from active_node where 0');
};

function prepare(database: DatabaseSync, options: DeploymentOptions): DeploymentResult {
  const result = deploySchema(database, options);
  if (result.kind === 'refused') return result;
  proveWritable(database);
  applyPragmas(database);
  return result;
}

function openOurs(options: OpenSqliteOptions): OpenBackendResult {
  const database = openConnection(options.file, { readOnly: false });
  let keepOpen = false;
  try {
    const result = prepare(database, deploymentOptions(options));
    if (result.kind === 'refused') return refused(`backend file ${options.file} ${result.reason}`);
    keepOpen = true;
    return { kind: 'ok', backend: backendOn(sqliteEngine(database, options.file)) };
  } finally {
    if (!keepOpen) database.close();
  }
}

/**
 * A missing or empty file is created; its folder must exist. Refused with one clear line, the file left as it was: a folder, a file
 * that is no SQLite database, a damaged one, one of another program, one that cannot be written, one locked for longer than the busy
 * timeout, and what the two deployment options forbid. Rejects only for what says nothing about the file.
 */
export async function openSqliteBackend(options: OpenSqliteOptions): Promise<OpenBackendResult> {
  try {
    const inspection = await inspectFile(options.file);
    if (inspection.kind === 'refused') return inspection;
    return await whileBusy(() => openOurs(options));
  } catch (error) {
    const reason = describeSqliteCode(sqliteCode(error) ?? -1, options.file);
    if (reason === null) throw error;
    return refused(reason);
  }
}
