/**
 * Errors that both families give in the same words (error message references of MySQL 9.7 and MariaDB 10.11; each was seen on real servers).
 */
import type { SqlError } from './sql-refusal.ts';

export const sqlError = (number: number, sqlState: string, message: string): SqlError => ({
  kind: 'error',
  number,
  sqlState,
  message,
});

const general = (number: number, message: string): SqlError => sqlError(number, 'HY000', message);

export const tooManyConnections = (): SqlError => sqlError(1040, '08004', 'Too many connections');

export const accessDenied = (user: string, host: string): SqlError =>
  sqlError(1045, '28000', `Access denied for user '${user}'@'${host}' (using password: YES)`);

export const noDatabaseSelected = (): SqlError => sqlError(1046, '3D000', 'No database selected');

export const tableExists = (table: string): SqlError =>
  sqlError(1050, '42S01', `Table '${table.slice(table.indexOf('.') + 1)}' already exists`);

export const unknownTableToDrop = (table: string): SqlError => sqlError(1051, '42S02', `Unknown table '${table}'`);

export const shutdownInProgress = (): SqlError => sqlError(1053, '08S01', 'Server shutdown in progress');

export const duplicateEntry = (row: number, key: string): SqlError =>
  sqlError(1062, '23000', `Duplicate entry '${row}' for key '${key}'`);

export const emptyQuery = (): SqlError => sqlError(1065, '42000', 'Query was empty');

export const wrongOffset = (what: string, why: string): SqlError =>
  general(1220, `Error when executing command SHOW ${what} EVENTS: ${why}`);

/** `word`: of a replica, in the family. */
export const wrongUntil = (word: string): SqlError =>
  general(1277, `Incorrect parameter or combination of parameters for START ${word} UNTIL`);

export const noSuchBinaryLog = (): SqlError => general(1373, 'Target log not found in binlog index');

export const noBinaryLog = (): SqlError => general(1381, 'You are not using binary logging');

export const unknownThread = (id: number): SqlError => general(1094, `Unknown thread id: ${id}`);

export const notOwnerOfThread = (id: number): SqlError => general(1095, `You are not owner of thread ${id}`);

export const lockedForReading = (table: string): SqlError =>
  general(1099, `Table '${table}' was locked with a READ lock and can't be updated`);

export const notLocked = (table: string): SqlError => general(1100, `Table '${table}' was not locked with LOCK TABLES`);

export const columnCountMismatch = (row: number): SqlError =>
  sqlError(1136, '21S01', `Column count doesn't match value count at row ${row}`);

export const noSuchTable = (table: string): SqlError => sqlError(1146, '42S02', `Table '${table}' doesn't exist`);

export const activeLocks = (): SqlError =>
  general(1192, "Can't execute the given command because you have active locked tables or an active transaction");

export const unknownVariable = (name: string): SqlError => general(1193, `Unknown system variable '${name}'`);

export const lockWaitTimeout = (): SqlError => general(1205, 'Lock wait timeout exceeded; try restarting transaction');

export const incorrectArguments = (name: string): SqlError => general(1210, `Incorrect arguments to ${name}.`);

export const outOfRange = (expression: string): SqlError =>
  sqlError(1690, '22003', `DOUBLE value is out of range in '${expression}'`);

export const noSuchChannel = (name: string): SqlError => general(3074, `Replica channel '${name}' does not exist.`);

/** `privileges` in the words of the family. */
export const needsPrivilege = (privileges: string): SqlError =>
  sqlError(
    1227,
    '42000',
    `Access denied; you need (at least one of) the ${privileges} privilege(s) for this operation`,
  );

export const globalVariable = (name: string): SqlError =>
  general(1229, `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`);

export const wrongValue = (name: string, value: string): SqlError =>
  sqlError(1231, '42000', `Variable '${name}' can't be set to the value of '${value}'`);

export const wrongType = (name: string): SqlError =>
  sqlError(1232, '42000', `Incorrect argument type to variable '${name}'`);

export const readOnlyVariable = (name: string): SqlError => general(1238, `Variable '${name}' is a read only variable`);

export const sessionVariable = (name: string): SqlError => general(1238, `Variable '${name}' is a SESSION variable`);

export const noSuchFunction = (name: string): SqlError => sqlError(1305, '42000', `FUNCTION ${name} does not exist`);

export const queryInterrupted = (): SqlError => sqlError(1317, '70100', 'Query execution was interrupted');
