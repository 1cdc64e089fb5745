/**
 * Empty transactions with given GTIDs (MySQL manual 19.1.7.3, "Skipping Transactions"). One session carries them all, and ends as it began: a session that
 * is left with a GTID of its own fails at whatever is sent next.
 */
import { literal } from '../sql-text.ts';

export function injectEmpty(gtids: readonly string[]): readonly string[] {
  if (gtids.length === 0) return [];
  const each = gtids.flatMap((gtid) => [`SET GTID_NEXT = ${literal(gtid)}`, 'BEGIN', 'COMMIT']);
  return [...each, "SET GTID_NEXT = 'AUTOMATIC'"];
}
