/** What a server has, in the terms of its family: a set of GTIDs, or the last one of each domain. */
import { contains, EMPTY_GTID_SET, type GtidSet, gtidSetOf, union } from '../../model/gtid-set.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import {
  EMPTY_MARIADB_POSITION,
  furthestPosition,
  type MariadbGtid,
  type MariadbPosition,
  mariadbPositionText,
  parseMariadbPosition,
} from '../../model/mariadb-gtid.ts';
import type { Gtid } from '../transaction.ts';
import type { Family } from './server-options.ts';

/** What a replica tells its source that it has. */
export type Position =
  | { readonly family: 'oracle'; readonly set: GtidSet }
  | { readonly family: 'mariadb'; readonly position: MariadbPosition };

export function positionHas(position: Position, gtid: Gtid): boolean {
  if (position.family === 'oracle') return gtid.family === 'oracle' && contains(position.set, setOf(gtid));
  if (gtid.family !== 'mariadb') return false;
  const reached = position.position.gtids.find(({ domain }) => domain === gtid.domain);
  return reached !== undefined && reached.sequence >= gtid.sequence;
}

export function withGtid(position: Position, gtid: Gtid): Position {
  if (position.family === 'oracle') {
    return gtid.family === 'oracle' ? { ...position, set: union(position.set, setOf(gtid)) } : position;
  }
  if (gtid.family !== 'mariadb') return position;
  return { ...position, position: furthestPosition(position.position, positionOf([gtid])) };
}

/** What either has. */
export function withPosition(one: Position, other: Position): Position {
  if (one.family === 'oracle' && other.family === 'oracle') return { ...one, set: union(one.set, other.set) };
  if (one.family !== 'mariadb' || other.family !== 'mariadb') return one;
  return { ...one, position: furthestPosition(one.position, other.position) };
}

export function positionText(position: Position): string {
  return position.family === 'oracle' ? gtidSetText(position.set) : mariadbPositionText(position.position);
}

export const emptyPosition = (family: Family): Position =>
  family === 'mysql'
    ? { family: 'oracle', set: EMPTY_GTID_SET }
    : { family: 'mariadb', position: EMPTY_MARIADB_POSITION };

export const setOf = ({ uuid, tag = '', number }: Extract<Gtid, { family: 'oracle' }>): GtidSet =>
  gtidSetOf([{ uuid, tag, bounds: [number, number] }]);

export function positionOf(gtids: readonly MariadbGtid[]): MariadbPosition {
  const text = gtids.map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`).join(',');
  const parsed = parseMariadbPosition(text);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return parsed.position;
}
