/**
 * What the aggregates share: ids, pages and orders as the SQL backends have them.
 */
import { compareKeys, type InstanceKey } from '../../model/instance-key.ts';

/** Rows a page of every listing (spec/recovery.md 9.3). */
const PAGE_SIZE = 20;

interface Numbered {
  readonly id: number;
}

/** One above the greatest there is. As in SQLite, the id of a deleted last row is given again: who remembers ids must live with it. */
export const nextId = (rows: readonly Numbered[]): number => (rows.at(-1)?.id ?? 0) + 1;

export const replaced = <Row extends Numbered>(rows: readonly Row[], row: Row): readonly Row[] =>
  rows.map((old) => (old.id === row.id ? row : old));

/** Newest first by id, not by time: several rows may have been written within one second. */
export const newestFirst = <Row>(rows: readonly Row[]): readonly Row[] => rows.toReversed();

export function pageOf<Row>(rows: readonly Row[], page = 0): readonly Row[] {
  const start = Math.max(page, 0) * PAGE_SIZE;
  return newestFirst(rows).slice(start, start + PAGE_SIZE);
}

/** The rows of a table that has one row a server, by host and port. */
export const inKeyOrder = <Row extends { readonly key: InstanceKey }>(rows: ReadonlyMap<unknown, Row>): Row[] =>
  [...rows.values()].sort((one, other) => compareKeys(one.key, other.key));

export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Deletes what is meant; tells how many. */
export function deleteWhere<Id, Row>(rows: Map<Id, Row>, isMeant: (row: Row) => boolean): number {
  const meant = [...rows].filter(([, row]) => isMeant(row));
  for (const [id] of meant) rows.delete(id);
  return meant.length;
}
