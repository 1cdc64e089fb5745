/**
 * Transactions of the pretended world: who wrote what, under which GTID.
 */
import type { ServerUuid } from '../model/brand.ts';
import type { MariadbGtid } from '../model/mariadb-gtid.ts';

export interface OracleGtid {
  readonly uuid: ServerUuid;
  /** Absent: none, as with all that servers give themselves. */
  readonly tag?: string;
  readonly number: number;
}

export type Gtid = ({ readonly family: 'oracle' } & OracleGtid) | ({ readonly family: 'mariadb' } & MariadbGtid);

/** What a statement does to tables, as far as this world knows tables: by their names, `schema.table`. */
export type TableChange =
  | { readonly kind: 'create'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'drop' | 'empty'; readonly tables: readonly string[] };

/** `rows`: primary keys that are inserted into a table. `statement`: anything else, which always succeeds. `empty`: a GTID, and nothing with it. */
export type Write =
  | { readonly kind: 'rows'; readonly table: string; readonly rows: readonly number[] }
  | { readonly kind: 'statement'; readonly sql: string; readonly change?: TableChange }
  | { readonly kind: 'empty' };

export interface Transaction {
  /** Where servers have none (`gtid_mode=OFF`), those who watch the world tell transactions apart by it all the same. */
  readonly gtid: Gtid;
  readonly write: Write;
  /** Of the server that committed it first. */
  readonly serverId: number;
  /** When it was committed there, milliseconds of the world; lag is counted from it. */
  readonly committedAt: number;
  /** Sent in two pieces, so that a source can die, or a receiver be stopped, between them (D15). */
  readonly isLarge: boolean;
}

export function gtidText(gtid: Gtid): string {
  if (gtid.family === 'mariadb') return `${gtid.domain}-${gtid.server}-${gtid.sequence}`;
  const tag = gtid.tag ?? '';
  return tag === '' ? `${gtid.uuid}:${gtid.number}` : `${gtid.uuid}:${tag}:${gtid.number}`;
}

export function sameGtid(one: Gtid, other: Gtid): boolean {
  if (one.family === 'oracle') {
    if (other.family !== 'oracle' || one.number !== other.number || one.uuid !== other.uuid) return false;
    return (one.tag ?? '') === (other.tag ?? '');
  }
  if (other.family !== 'mariadb') return false;
  return one.sequence === other.sequence && one.server === other.server && one.domain === other.domain;
}
