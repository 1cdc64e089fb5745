/**
 * What a log consists of, as `SHOW BINLOG EVENTS` lists it (seen on MySQL 9.7 and MariaDB 10.11). Nothing is kept as events: they are made of transactions
 * when somebody looks.
 */
import { gtidText, type Transaction, type Write } from '../transaction.ts';
import type { ServerOptions } from './server-options.ts';

export interface LogEvent {
  readonly type: string;
  readonly serverId: number;
  readonly bytes: number;
  readonly info: string;
}

/** How a log holds what was inserted: the rows, or the statement. */
export type LogFormat = 'rows' | 'statement';

/** A transaction as one log holds it. */
export interface LogEntry {
  readonly transaction: Transaction;
  readonly format: LogFormat;
  /** Without it, it took effect and is in no file: a replica that logs no replica updates. */
  readonly isLogged: boolean;
}

/** Whose log it is, as far as that shows in it. */
export type LogWriter = Pick<ServerOptions, 'family' | 'version' | 'serverId' | 'gtidMode' | 'binlogFillerBytes'>;

/** Of each transaction, whatever it is; a writer's filler comes on top. */
const TRANSACTION_BYTES = 274;

/** Where the first transaction of a file begins, likewise. */
const HEADER_BYTES = 158;

export const transactionBytes = ({ binlogFillerBytes }: LogWriter): number => TRANSACTION_BYTES + binlogFillerBytes;
export const headerEnd = ({ binlogFillerBytes }: LogWriter): number => HEADER_BYTES + binlogFillerBytes;

export const ROTATE_BYTES = 44;
const XID_BYTES = 31;
const GTID_BYTES = { mysql: 79, mariadb: 42 } as const;
const MYSQL_BEGIN_BYTES = 71;
const TABLE_MAP_BYTES = { mysql: 53, mariadb: 50 } as const;
const ROWS_BYTES = { mysql: 40, mariadb: 38 } as const;
const FORMAT_BYTES = { mysql: 123, mariadb: 85 } as const;
const PREVIOUS_BYTES = { mysql: 31, mariadb: 29 } as const;
const CHECKPOINT_BYTES = 40;

/** Numbers that servers count for themselves; they differ from log to log, and nobody may compare them. */
const FIRST_XID = 5;
const FIRST_TABLE_ID = { mysql: 125, mariadb: 19 } as const;

export function formatDescription({ family, version, serverId }: LogWriter): LogEvent {
  const info = `Server ver: ${version}, Binlog ver: 4`;
  return { type: 'Format_desc', serverId, bytes: FORMAT_BYTES[family], info };
}

/** What a binary log begins with. `previous`: the GTIDs of all files before it, in the family's words. `file`: its own name. */
export function headerOf(writer: LogWriter, previous: string, file: string): readonly LogEvent[] {
  const { family, serverId, binlogFillerBytes } = writer;
  const bytes = PREVIOUS_BYTES[family] + binlogFillerBytes;
  if (family === 'mysql')
    return [formatDescription(writer), { type: 'Previous_gtids', serverId, bytes, info: previous }];
  return [
    formatDescription(writer),
    { type: 'Gtid_list', serverId, bytes, info: `[${previous}]` },
    { type: 'Binlog_checkpoint', serverId, bytes: CHECKPOINT_BYTES, info: file },
  ];
}

export const rotateTo = (serverId: number, file: string, position: number): LogEvent => ({
  type: 'Rotate',
  serverId,
  bytes: ROTATE_BYTES,
  info: `${file};pos=${position}`,
});

/** Together `transactionBytes` long; none for what is not logged. `number`: its own in this log. */
export function eventsOf({ transaction, format, isLogged }: LogEntry, number: number, writer: LogWriter): LogEvent[] {
  if (!isLogged) return [];
  const bodies = bodyOf(transaction.write, format, number, writer);
  const events = [gtidEvent(transaction, isGroup(transaction.write), writer), ...bodies].map((event) => ({
    ...event,
    serverId: transaction.serverId,
  }));
  // What is not of a fixed size takes up the rest.
  const open = events.findLastIndex(({ type }) => type === 'Query' || type === 'Annotate_rows');
  const rest = transactionBytes(writer) - events.reduce((sum, { bytes }) => sum + bytes, 0);
  return events.map((event, index) => (index === open ? { ...event, bytes: event.bytes + rest } : event));
}

type BareEvent = Omit<LogEvent, 'serverId'>;

function gtidEvent({ gtid }: Transaction, begins: boolean, { family, gtidMode }: LogWriter): BareEvent {
  const bytes = GTID_BYTES[family];
  if (family === 'mariadb') return { type: 'Gtid', bytes, info: `${begins ? 'BEGIN ' : ''}GTID ${gtidText(gtid)}` };
  if (gtidMode === 'OFF') return { type: 'Anonymous_Gtid', bytes, info: "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'" };
  const isTagged = gtid.family === 'oracle' && (gtid.tag ?? '') !== '';
  const type = isTagged ? 'Gtid_tagged_log_event' : 'Gtid';
  return { type, bytes, info: `SET @@SESSION.GTID_NEXT= '${gtidText(gtid)}'` };
}

/** Between a beginning and an end, which changes of schemas do not have. */
const isGroup = (write: Write): boolean => write.kind !== 'statement' || DATA_CHANGE.test(write.sql);

const DATA_CHANGE = /^\s*(INSERT|REPLACE|UPDATE|DELETE)\b/i;

/** Changes of schemas are transactions of the engine, but for what drops nothing (seen on 9.7). */
const WITHOUT_XID = /^\s*DROP\s+VIEW\b/i;

function bodyOf(write: Write, format: LogFormat, number: number, { family }: LogWriter): readonly BareEvent[] {
  const xid = `xid=${FIRST_XID + number}`;
  const begin: readonly BareEvent[] = family === 'mysql' ? [query('BEGIN', MYSQL_BEGIN_BYTES)] : [];
  if (write.kind === 'empty') return [...begin, query('COMMIT')];
  if (!isGroup(write) && write.kind === 'statement') {
    const isPlain = family === 'mariadb' || WITHOUT_XID.test(write.sql);
    return [query(isPlain ? write.sql : `${write.sql} /* ${xid} */`)];
  }
  const commit: BareEvent = { type: 'Xid', bytes: XID_BYTES, info: `COMMIT /* ${xid} */` };
  const sql = write.kind === 'rows' ? insertOf(write) : write.sql;
  if (format === 'statement') return [...begin, query(sql), commit];
  return [...begin, ...rowEvents(sql, write.kind === 'rows' ? write.table : tableOf(write.sql), family), commit];
}

const query = (info: string, bytes = 0): BareEvent => ({ type: 'Query', bytes, info });

const insertOf = ({ table, rows }: Extract<Write, { kind: 'rows' }>): string =>
  `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row})`).join(',')}`;

const tableOf = (sql: string): string =>
  /^\s*(?:INSERT\s+(?:INTO\s+)?|REPLACE\s+(?:INTO\s+)?|UPDATE\s+|DELETE\s+FROM\s+)([\w.`]+)/i.exec(sql)?.[1] ?? '';

const ROW_EVENTS: ReadonlyMap<string, string> = new Map([
  ['UPDATE', 'Update_rows'],
  ['DELETE', 'Delete_rows'],
]);

function rowEvents(sql: string, table: string, family: LogWriter['family']): readonly BareEvent[] {
  const id = `table_id: ${FIRST_TABLE_ID[family]}`;
  const word = /\w+/.exec(sql)?.[0]?.toUpperCase() ?? '';
  const rows = ROW_EVENTS.get(word) ?? 'Write_rows';
  const map: BareEvent = { type: 'Table_map', bytes: TABLE_MAP_BYTES[family], info: `${id} (${table})` };
  const flags = 'flags: STMT_END_F';
  if (family === 'mysql') {
    return [map, { type: rows, bytes: ROWS_BYTES.mysql, info: `${id} ${flags} USE_SQL_FOREIGN_KEY_F` }];
  }
  return [
    { type: 'Annotate_rows', bytes: 0, info: sql },
    map,
    { type: `${rows}_v1`, bytes: ROWS_BYTES.mariadb, info: `${id} ${flags}` },
  ];
}
