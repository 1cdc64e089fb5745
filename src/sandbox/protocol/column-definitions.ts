// The part of a result set that says what its columns are.

import type { SqlColumn } from '../../sim/sql-session.ts';
import { characterSet, columnType, headerBytes, status } from './numbers.ts';
import { type PacketTemplate, PacketWriter } from './packet-writer.ts';
import { writeEndOfRows } from './status-packets.ts';

/** Length of the part of a definition that has a fixed length. */
const fixedPartBytes = 0x0c;

/** What a client may expect at most in a value; none of ours looks at it except to guess a width. */
const textDisplayBytes = 4 * 16_383;
const integerDisplayBytes = 20;

/**
 * A poll reads the same sixty columns for ever. Kept by the array, which a pretended server has as a constant; one that makes a new array each time
 * merely pays for the encoding.
 */
const known = new WeakMap<readonly SqlColumn[], PacketTemplate>();

const writer = new PacketWriter();

/** Column count, definitions and the EOF behind them. The columns must not be changed afterwards. Throws when there are none: that is no result set. */
export function columnDefinitions(columns: readonly SqlColumn[]): PacketTemplate {
  const found = known.get(columns);
  if (found !== undefined) return found;
  if (columns.length === 0) throw new Error('a result set has at least one column');
  const template = encode(columns);
  known.set(columns, template);
  return template;
}

function encode(columns: readonly SqlColumn[]): PacketTemplate {
  const sequenceOffsets: number[] = [];
  const packet = (write: () => void): void => {
    sequenceOffsets.push(writer.mark().end + headerBytes - 1);
    write();
  };
  writer.begin(0);
  packet(() => writeColumnCount(columns.length));
  for (const column of columns) packet(() => writeDefinition(column));
  packet(() => writeEndOfRows(writer, status.autocommit));
  return { bytes: writer.finish(), sequenceOffsets };
}

function writeColumnCount(count: number): void {
  writer.startPacket();
  writer.lengthEncodedInteger(count);
  writer.endPacket();
}

function writeDefinition(column: SqlColumn): void {
  const isText = column.type === 'text';
  writer.startPacket();
  writer.lengthEncodedText('def');
  // Schema, table, original table: rows of ours come out of no table.
  writer.zeros(3);
  writer.lengthEncodedText(column.name);
  writer.lengthEncodedText(column.name);
  writer.byte(fixedPartBytes);
  writer.integer(isText ? characterSet.utf8mb4 : characterSet.binary, 2);
  writer.integer(isText ? textDisplayBytes : integerDisplayBytes, 4);
  writer.byte(isText ? columnType.varString : columnType.longLong);
  // Flags, decimals, filler.
  writer.zeros(2 + 1 + 2);
  writer.endPacket();
}
