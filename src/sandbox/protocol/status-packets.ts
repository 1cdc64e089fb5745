// The three packets that end something: OK, EOF and error.

import type { SqlError } from './door-errors.ts';
import { status } from './numbers.ts';
import type { PacketWriter } from './packet-writer.ts';

/** As in a real server: longer messages are cut off. */
const messageUnitsMax = 512;

const okMark = 0x00;
const endOfRowsMark = 0xfe;
const errorMark = 0xff;

/** An SQL state that the protocol can carry: five characters. */
const sqlStatePattern = /^[0-9A-Z]{5}$/;
const generalSqlState = 'HY000';

export function writeOk(writer: PacketWriter, affectedRows = 0, statusFlags: number = status.autocommit): void {
  writer.startPacket();
  writer.byte(okMark);
  writer.lengthEncodedInteger(affectedRows);
  // Last inserted id.
  writer.byte(0);
  writer.integer(statusFlags, 2);
  // Warnings.
  writer.integer(0, 2);
  writer.endPacket();
}

export function writeEndOfRows(writer: PacketWriter, statusFlags: number): void {
  writer.startPacket();
  writer.byte(endOfRowsMark);
  // Warnings.
  writer.integer(0, 2);
  writer.integer(statusFlags, 2);
  writer.endPacket();
}

export function writeError(writer: PacketWriter, error: SqlError): void {
  writer.startPacket();
  writer.byte(errorMark);
  writer.integer(error.number, 2);
  writer.text('#');
  writer.text(sqlStatePattern.test(error.sqlState) ? error.sqlState : generalSqlState);
  writer.text(error.message.slice(0, messageUnitsMax));
  writer.endPacket();
}
