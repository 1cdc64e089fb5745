/**
 * Reading binary and relay logs through SQL: one function a statement, and what its rows say (MySQL manual, SHOW BINARY LOGS, SHOW BINLOG EVENTS, SHOW RELAYLOG
 * EVENTS; MariaDB knowledge base, the pages of the same names).
 */
import type { LogType } from '../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../model/binlog-event.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { EventPage } from '../ports/binary-logs.ts';
import type { Row, Rows } from '../ports/server-wire.ts';
import type { Dialect } from './dialect.ts';
import { numberOf, textOf } from './row-values.ts';
import { integer, literal } from './sql-text.ts';

/** Before it there is nothing but the mark of the file. */
export const FIRST_EVENT_POS = 4;

export const BINARY_LOGS_SQL = 'SHOW BINARY LOGS';

export function binlogEventsSql({ file, fromPos, skip, limit }: EventPage): string {
  const rows = skip === 0 ? integer(limit) : `${integer(skip)},${integer(limit)}`;
  return `SHOW BINLOG EVENTS IN ${literal(file)} FROM ${offset(fromPos)} LIMIT ${rows}`;
}

/** `channel` null: the server has one alone, which has no name, and some releases know no channels. */
export function relaylogEventsSql(page: EventPage, family: Dialect['family'], channel: string | null): string {
  const place = `IN ${literal(page.file)} FROM ${offset(page.fromPos)} LIMIT ${integer(page.skip)},${integer(page.limit)}`;
  if (channel === null) return `SHOW RELAYLOG EVENTS ${place}`;
  if (family === 'mariadb') return `SHOW RELAYLOG ${literal(channel)} EVENTS ${place}`;
  return `SHOW RELAYLOG EVENTS ${place} FOR CHANNEL ${literal(channel)}`;
}

const offset = (pos: number): string => integer(Math.max(FIRST_EVENT_POS, pos));

/** Names, as `SHOW BINARY LOGS` lists them: the oldest first. */
export const logFilesIn = (rows: Rows): readonly string[] =>
  rows.map((row) => textOf(row, 'Log_name')).filter((name) => name !== '');

export const eventsIn = (rows: Rows, type: LogType): readonly BinlogEvent[] => rows.map((row) => eventIn(row, type));

const eventIn = (row: Row, type: LogType): BinlogEvent => ({
  coordinates: { file: textOf(row, 'Log_name'), pos: numberOf(row, 'Pos'), type },
  endPos: numberOf(row, 'End_log_pos'),
  type: textOf(row, 'Event_type'),
  serverId: numberOf(row, 'Server_id'),
  info: textOf(row, 'Info'),
});

/** ER_ERROR_WHEN_EXECUTING_COMMAND: there is no such file, or the offset is none of an event, and MariaDB alone minds the latter (seen on 9.7 and 10.11). */
const CANNOT_READ_LOG = 1220;

/** ER_NO_BINARY_LOGGING: it writes no binary log. */
const NO_BINARY_LOG = 1381;

/** ER_REPLICA_CHANNEL_DOES_NOT_EXIST, ER_REPLICA_MULTIPLE_CHANNELS_CMD; WARN_NO_MASTER_INFO (MariaDB's word for the former). */
const OTHER_CHANNELS: readonly number[] = [3074, 3079, 1617];

const hasNumber = (failure: ServerFailure, numbers: readonly number[]): boolean =>
  failure.kind === 'server-error' && numbers.includes(failure.number);

export const cannotReadLog = (failure: ServerFailure): boolean => hasNumber(failure, [CANNOT_READ_LOG]);

export const hasNoBinaryLog = (failure: ServerFailure): boolean => hasNumber(failure, [NO_BINARY_LOG]);

/** What was known of its channels is not true any more. */
export const hasOtherChannels = (failure: ServerFailure): boolean => hasNumber(failure, OTHER_CHANNELS);

/** Everything of a log file's name but its number: what the files of one channel have in common, and no other's. */
export const logBaseOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('.')));

/** Whose relay log a file is, by the rows of a replication status. Null: there is one channel alone, and it has no name; or it is nobody's. */
export function channelOfRelayLog(rows: Rows, file: string): string | null {
  const nameOf = (row: Row): string => textOf(row, 'Channel_Name') || textOf(row, 'Connection_name');
  const base = logBaseOf(file);
  const row = rows.find((candidate) => logBaseOf(textOf(candidate, 'Relay_Log_File')) === base);
  if (row === undefined) return null;
  const name = nameOf(row);
  return name === '' && rows.length === 1 ? null : name;
}
