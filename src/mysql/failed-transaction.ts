/** At which transaction the applier of a MySQL server has stopped, read from the server (spec/topology-operations.md 3.4, O11). */
import { textOf } from './row-values.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';

/**
 * A GTID; '' where none is told, or several: of workers that have failed beside each other nobody knows whose transaction comes first. Where it cannot be read, it is not
 * told either: what was received and not executed shows it in most cases.
 */
export async function readFailedTransaction(
  link: Pick<ServerLink, 'dialect' | 'query'>,
  timeouts: LinkTimeouts,
): Promise<string> {
  const sql = link.dialect?.failedTransactionSql ?? null;
  if (sql === null) return '';
  const answer = await link.query(sql, timeouts);
  if (answer.kind === 'failed') return '';
  const [row, ...others] = answer.rows;
  return row === undefined || others.length > 0 ? '' : textOf(row, 'failed');
}
