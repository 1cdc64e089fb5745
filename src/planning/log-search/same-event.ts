/**
 * Whether two events of two logs are the same one (spec/topology-operations.md 4.5 step 5).
 *
 * Servers write the same event with small differences: numbers that a table has for the moment, comments with a transaction's number. These are taken out before texts
 * are compared, by rules in a fixed order. Texts are whatever clients have sent, of any length: every rule runs in time proportional to the text.
 */
import type { BinlogEvent } from '../../model/binlog-event.ts';

/** Beside the text, the type and the server that wrote it first: rows of one table all have the same text, and a local write is told from them by that alone. */
export function isSameEvent(one: BinlogEvent, other: BinlogEvent): boolean {
  if (one.serverId !== other.serverId) return false;
  if (comparedType(one.type) !== comparedType(other.type)) return false;
  return one.info === other.info || comparedText(one) === comparedText(other);
}

/** `Write_rows`, `Write_rows_v1` and `Write_rows_compressed_v1` are ways of writing the same. */
const comparedType = (type: string): string => type.replace(/(?:_compressed)?(?:_v1)?$/, '');

/** The text without what differs from server to server. */
export function comparedText({ type, info }: BinlogEvent): string {
  let text = withoutComments(info);
  // The number of a transaction behind it is the server's own.
  if (text.startsWith('COMMIT')) text = 'COMMIT';
  // Not in statements, whose texts are those of clients.
  if (type !== 'Query') text = text.replace(/\btable_id: \d+/g, 'table_id: ###');
  text = text.replace(/ X'([0-9A-Fa-f]+)' COLLATE/g, ' 0x$1 COLLATE');
  // Which transactions were committed in one group differs.
  if (type === 'Gtid') text = text.replace(/ cid=\d+$/, '');
  return text.trimEnd();
}

/**
 * By hand: an expression that looks for each end anew would take a day for a megabyte of beginnings. Comments that are executed stay: they are all that some statements
 * consist of.
 */
function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  for (;;) {
    const begin = text.indexOf('/*', from);
    const end = begin < 0 ? -1 : text.indexOf('*/', begin + 2);
    if (end < 0) return kept + text.slice(from);
    const isExecuted = text.startsWith('!', begin + 2) || text.startsWith('M!', begin + 2);
    kept += text.slice(from, isExecuted ? end + 2 : begin);
    from = end + 2;
  }
}
