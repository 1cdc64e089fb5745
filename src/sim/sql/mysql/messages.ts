/** What MySQL says in words of its own (error message reference; each was seen on 9.7). */
import { duplicateEntry, queryInterrupted, sqlError } from '../errors.ts';
import type { FamilyMessages } from '../family-sql.ts';
import type { SqlError } from '../sql-refusal.ts';

const REPLICA_COMMANDS: ReadonlyMap<number, string> = new Map([
  [
    1776,
    'Parameters SOURCE_LOG_FILE, SOURCE_LOG_POS, RELAY_LOG_FILE and RELAY_LOG_POS cannot be set when SOURCE_AUTO_POSITION is active.',
  ],
  [1777, 'CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1 cannot be executed because @@GLOBAL.GTID_MODE = OFF.'],
  [1200, 'The server is not configured as replica; fix in config file or with CHANGE REPLICATION SOURCE TO'],
  [
    3021,
    "This operation cannot be performed with a running replica io thread; run STOP REPLICA IO_THREAD FOR CHANNEL '' first.",
  ],
  [3081, "This operation cannot be performed with running replication threads; run STOP REPLICA FOR CHANNEL '' first"],
  [
    3085,
    "This operation cannot be performed with a running replica sql thread; run STOP REPLICA SQL_THREAD FOR CHANNEL '' first.",
  ],
]);

const unqualified = (table: string): string => table.slice(table.indexOf('.') + 1);

export const MESSAGES: FamilyMessages = {
  product: 'MySQL',
  accountLocked: (user, host) =>
    sqlError(3118, 'HY000', `Access denied for user '${user}'@'${host}'. Account is locked.`),
  duplicate: (row, table) => duplicateEntry(row, `${unqualified(table)}.PRIMARY`),
  selectDenied: (user, host, table) =>
    sqlError(1142, '42000', `SELECT command denied to user '${user}'@'${host}' for table '${unqualified(table)}'`),
  unknownColumn: (name) => sqlError(1054, '42S22', `Unknown column '${name}' in 'field list'`),
  malformedGtids: (text) => sqlError(1772, 'HY000', `Malformed GTID set specification '${text}'.`),
  connectionKilled: queryInterrupted,
  relayEvents: 'RELAYLOG',
  replicaCommand: (number): SqlError =>
    sqlError(number, 'HY000', REPLICA_COMMANDS.get(number) ?? 'The replication command was refused'),
};
