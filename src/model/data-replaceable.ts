/**
 * The witness without which no command that replaces all the data of a server can be made.
 *
 * First law: what a server alone has may have been acknowledged to a client. So a clone carries a value of this type, and only the checks below make one: either nothing is
 * lost, or a person has ordered this very loss.
 */
import type { GtidContainment } from './relay-log-safe.ts';

declare const witness: unique symbol;

export interface DataReplaceable {
  readonly [witness]: true;
  readonly because: 'held-elsewhere' | 'discarded-by-order';
  /** What nobody will have afterwards; '' for nothing. */
  readonly discarded: string;
}

const make = (because: DataReplaceable['because'], discarded: string): DataReplaceable =>
  ({ because, discarded }) as DataReplaceable;

/** `lost`: what the server has received or executed and the primary of its cluster has not. Null: there is something. */
export const heldElsewhere = (lost: string): DataReplaceable | null =>
  lost === '' ? make('held-elsewhere', '') : null;

/** All of it was named when a person ordered it to be lost. Null: something was not. */
export function discardedByOrder(gtid: GtidContainment, lost: string, ordered: string): DataReplaceable | null {
  return ordered !== '' && gtid.contains(ordered, lost) === true ? make('discarded-by-order', lost) : null;
}
