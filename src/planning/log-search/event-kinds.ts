/**
 * Which events of a log belong to the stream that replicates, and where transactions begin and end in it. Types as MySQL 5.6 to 9.7 and MariaDB name them in
 * `SHOW BINLOG EVENTS`.
 */
import type { BinlogEvent } from '../../model/binlog-event.ts';

/**
 * Every server writes these for itself, at places of its own: a file that begins or ends, what was logged before it, and what says nothing of the data. The row
 * events' statements are logged by some servers and not by others (`binlog_rows_query_log_events`; MariaDB's receivers ask for them or do not), and GTIDs that name no
 * transaction are not written by MySQL 5.6 (spec/topology-operations.md 4.5).
 */
const OWN_TYPES: ReadonlySet<string> = new Set([
  'Format_desc',
  'Start_v3',
  'Stop',
  'Rotate',
  'Previous_gtids',
  'Gtid_list',
  'Binlog_checkpoint',
  'Start_encryption',
  'Heartbeat',
  'Heartbeat_v2',
  'Ignorable',
  'Rows_query',
  'Annotate_rows',
  'Anonymous_Gtid',
  // What is in it is told behind it, and a server that does not compress tells the same.
  'Transaction_payload',
]);

/** Whether the event is to be found in every log that the stream has come to. `skipped`: texts by which local events are known (`SkipBinlogEventsContaining`). */
export function isStreamEvent({ type, info }: BinlogEvent, skipped: readonly string[]): boolean {
  return !OWN_TYPES.has(type) && !skipped.some((text) => text !== '' && info.includes(text));
}

/** `announced`: a GTID was read, and nothing of its transaction yet. */
export type TransactionState = 'outside' | 'announced' | 'inside';

const GTID_TYPES: ReadonlySet<string> = new Set(['Gtid', 'Anonymous_Gtid', 'Gtid_tagged_log_event']);

const BEGINS = /^(?:BEGIN|XA START)\b/;

/** A replica that begins in the middle of a transaction applies half of it, or breaks. */
export function transactionStateAfter(before: TransactionState, event: BinlogEvent): TransactionState {
  if (GTID_TYPES.has(event.type)) return BEGINS.test(event.info) ? 'inside' : 'announced';
  if (event.type === 'Xid' || event.type === 'XA_prepare') return 'outside';
  if (event.type !== 'Query') return before;
  const statement = withoutSchema(event.info);
  if (BEGINS.test(statement)) return 'inside';
  if (/^(?:COMMIT|ROLLBACK)\b(?! TO)/.test(statement)) return 'outside';
  return before === 'announced' ? 'outside' : before;
}

const withoutSchema = (info: string): string => info.replace(/^use `(?:[^`]|``)*`; /, '');
