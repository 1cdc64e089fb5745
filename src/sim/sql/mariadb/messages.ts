/** What MariaDB says in words of its own (knowledge base, "MariaDB Error Codes"; each was seen on 10.11). */
import { duplicateEntry, sqlError } from '../errors.ts';
import type { FamilyMessages } from '../family-sql.ts';
import type { SqlError } from '../sql-refusal.ts';

const REPLICA_COMMANDS: ReadonlyMap<number, string> = new Map([
  [1198, "This operation cannot be performed as you have a running slave ''; run STOP SLAVE '' first"],
  [1200, 'Misconfigured slave: MASTER_HOST was not set; Fix in config file or with CHANGE MASTER TO'],
]);

export const MESSAGES: FamilyMessages = {
  product: 'MariaDB',
  accountLocked: () => sqlError(4151, 'HY000', 'Access denied, this account is locked'),
  duplicate: (row) => duplicateEntry(row, 'PRIMARY'),
  selectDenied: (user, host, table) => {
    const quoted = table.replace('.', '`.`');
    return sqlError(1142, '42000', `SELECT command denied to user '${user}'@'${host}' for table \`${quoted}\``);
  },
  unknownColumn: (name) => sqlError(1054, '42S22', `Unknown column '${name}' in 'SELECT'`),
  malformedGtids: () => sqlError(1941, 'HY000', 'Could not parse GTID list'),
  relayEvents: 'BINLOG',
  connectionKilled: () => sqlError(1927, '70100', 'Connection was killed'),
  replicaCommand: (number): SqlError =>
    sqlError(number, 'HY000', REPLICA_COMMANDS.get(number) ?? 'The replication command was refused'),
};
