/** Tables of MariaDB's own schemas, as far as somebody reads them. */
import type { SystemTable } from '../family-sql.ts';
import { processTable } from '../process-list.ts';
import { GLOBAL_STATUS } from './status-variables.ts';
import { THREAD_WORDS } from './thread-words.ts';

export const TABLES: ReadonlyMap<string, SystemTable> = new Map([
  ['information_schema.processlist', { ...processTable(THREAD_WORDS), isPublic: true }],
  ['information_schema.global_status', { ...GLOBAL_STATUS, isPublic: true }],
]);
