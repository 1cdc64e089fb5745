// What a statement came to, as packets.

import type { SqlOutcome, SqlValue } from '../../sim/sql-session.ts';
import { columnDefinitions } from './column-definitions.ts';
import { emptyQuery, packetTooLarge } from './door-errors.ts';
import { status } from './numbers.ts';
import type { PacketWriter } from './packet-writer.ts';
import { writeEndOfRows, writeError, writeOk } from './status-packets.ts';

const nullMark = 0xfb;

/**
 * The answer to one command packet: every outcome, each but the last announcing that more results follow. Ends at the first error.
 * Throws when a row has not as many values as there are columns: a client would read them under wrong names.
 */
export function writeOutcomes(writer: PacketWriter, outcomes: readonly SqlOutcome[]): void {
  // A client that gets no packet at all waits for ever.
  if (outcomes.length === 0) writeError(writer, emptyQuery);
  for (const [index, outcome] of outcomes.entries()) {
    const mark = writer.mark();
    const isLast = index === outcomes.length - 1;
    if (!writeOutcome(writer, outcome, isLast ? status.autocommit : status.autocommit | status.moreResultsExist)) {
      writer.rewind(mark);
      writeError(writer, packetTooLarge);
      return;
    }
    if (outcome.kind === 'error') return;
  }
}

/** False: a row is longer than a packet may be. */
function writeOutcome(writer: PacketWriter, outcome: SqlOutcome, statusFlags: number): boolean {
  switch (outcome.kind) {
    case 'rows':
      return writeRows(writer, outcome, statusFlags);
    case 'ok':
      writeOk(writer, outcome.affectedRows, statusFlags);
      return true;
    case 'error':
      writeError(writer, outcome);
      return true;
  }
}

function writeRows(
  writer: PacketWriter,
  { columns, rows }: Extract<SqlOutcome, { kind: 'rows' }>,
  statusFlags: number,
): boolean {
  writer.packets(columnDefinitions(columns));
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new Error(`a row has ${row.length} values for ${columns.length} columns`);
    }
    writer.startPacket();
    for (const value of row) writeValue(writer, value);
    if (!writer.endPacket()) return false;
  }
  writeEndOfRows(writer, statusFlags);
  return true;
}

function writeValue(writer: PacketWriter, value: SqlValue): void {
  if (value === null) writer.byte(nullMark);
  else writer.lengthEncodedText(typeof value === 'string' ? value : String(value));
}
