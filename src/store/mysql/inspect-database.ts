/**
 * Whether a database of the server is a backend, or may become one.
 */
import { isBackend } from '../is-backend.ts';
import type { MysqlSchema } from './introspect.ts';

export type DatabaseInspection =
  /** Nothing is in it yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'ours' }
  /** Goes on from the name of the database. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Nothing is added to a database of somebody else: who mistypes its name must not find our tables in it. */
export function inspectDatabase({ tables }: MysqlSchema): DatabaseInspection {
  const [first] = tables.keys();
  if (first === undefined) return { kind: 'new' };
  if (isBackend((table) => tables.get(table)?.columns ?? [])) return { kind: 'ours' };
  return { kind: 'refused', reason: `belongs to another program (it has a table ${first})` };
}
