/**
 * The witness without which no command that throws a relay log away can be made.
 *
 * First law (D4): `CHANGE SOURCE`, `RESET REPLICA ALL` and a MariaDB receiver restart discard transactions that were received and not
 * applied. Such a transaction may have been acknowledged to a client and exist nowhere else. So a repoint or reset carries a value
 * of this type, and only the checks below make one.
 */
import { type BinlogCoordinates, coordinatesText, hasNoFile, isBeforeOrAt } from './binlog-coordinates.ts';

declare const witness: unique symbol;

export interface RelayLogSafe {
  readonly [witness]: true;
  readonly because: 'drained' | 'held-by-new-source' | 'nothing-received' | 'discarded-by-order';
  /** For the journal: what was compared. */
  readonly detail: string;
}

const make = (because: RelayLogSafe['because'], detail: string): RelayLogSafe => ({ because, detail }) as RelayLogSafe;

/** What a check needs to know of sets or positions of either family. */
export interface GtidContainment {
  /** Does the first hold all of the second? Null when one of the two cannot be read as GTIDs. */
  contains(outer: string, inner: string): boolean | null;
}

/** All that was received is applied here. Null when it is not, or cannot be told. */
export function relayLogDrained(gtid: GtidContainment, received: string, executed: string): RelayLogSafe | null {
  if (received === '') return make('nothing-received', 'the relay log is empty');
  return gtid.contains(executed, received) === true ? make('drained', `received ${received} within executed`) : null;
}

/** All that was received is applied on the server that becomes the source, which will send it again. Null when not. */
export function heldByNewSource(
  gtid: GtidContainment,
  received: string,
  newSourceExecuted: string,
): RelayLogSafe | null {
  if (received === '') return make('nothing-received', 'the relay log is empty');
  return gtid.contains(newSourceExecuted, received) === true
    ? make('held-by-new-source', `received ${received} within the new source's executed`)
    : null;
}

/** All that was received is had by the primary, or was named when a person ordered it to be lost. Null when not. */
export function relayLogDiscarded(gtid: GtidContainment, received: string, heldOrOrdered: string): RelayLogSafe | null {
  return gtid.contains(heldOrOrdered, received) === true
    ? make('discarded-by-order', `received ${received}, held by the primary or ordered to be lost: ${heldOrOrdered}`)
    : null;
}

/** All that was received, up to a place in a source's binary log, is had by whoever has come to `held` in the very same log. Null when not, or not known. */
export function relayLogHeldByPosition(received: BinlogCoordinates, held: BinlogCoordinates): RelayLogSafe | null {
  if (hasNoFile(received)) return make('nothing-received', 'nothing was received');
  if (hasNoFile(held) || !isBeforeOrAt(received, held)) return null;
  return make('held-by-new-source', `received up to ${coordinatesText(received)}, held up to ${coordinatesText(held)}`);
}
