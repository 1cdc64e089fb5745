/**
 * Which of its source's binary logs the events of a relay log come from: the source says so each time it begins to send one.
 */
import type { BinlogEvent } from '../../model/binlog-event.ts';

const baseOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('.')));

/** Null: it has not been said yet in this file. */
export function sourceFileAfter(before: string | null, { type, info, coordinates }: BinlogEvent): string | null {
  if (type !== 'Rotate') return before;
  const [file = ''] = info.split(';');
  // The relay log's own end names the relay log that follows.
  return file === '' || baseOf(file) === baseOf(coordinates.file) ? before : file;
}
