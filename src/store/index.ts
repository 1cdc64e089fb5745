/**
 * The backend database: what the composition root needs of it.
 */
export type { StoreBackend } from './backend.ts';
export { type OpenMysqlOptions, openMysqlBackend } from './mysql/open-backend.ts';
export type { OpenBackendResult } from './open-backend.ts';
export { openSqliteBackend } from './sqlite/open-backend.ts';
