/**
 * The backend database: what the composition root needs of it.
 */
export type { StoreBackend } from './backend.ts';
export { openSqliteBackend } from './sqlite/open-backend.ts';
