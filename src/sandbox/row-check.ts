// Whether the rows that a writer was told are safe are still there after a failover.

import { applicationSchema } from './accounts.ts';
import type { ReceivedTransactions } from './received-transactions.ts';
import type { RunningServer } from './server.ts';
import { trickleTable } from './writer.ts';
import type { AcknowledgedRow } from './writer-log.ts';

export interface RowCheck {
  /** How many rows were looked for. */
  readonly checked: number;
  /** Acknowledged, and not on the server. */
  readonly missing: readonly AcknowledgedRow[];
}

/** Looks for acknowledged rows on a server. */
export async function checkRows(
  server: Pick<RunningServer, 'query'>,
  acknowledged: readonly AcknowledgedRow[],
): Promise<RowCheck> {
  const [first, last] = [acknowledged[0], acknowledged.at(-1)];
  if (first === undefined || last === undefined) return { checked: 0, missing: [] };
  const rows = await server.query(
    `SELECT sequence FROM ${applicationSchema}.${trickleTable} WHERE sequence BETWEEN ${first.sequence} AND ${last.sequence}`,
  );
  const present = new Set(rows.map((row) => Number(row['sequence'])));
  return { checked: acknowledged.length, missing: acknowledged.filter((row) => !present.has(row.sequence)) };
}

/**
 * Of the missing rows those that some replica had received: a failover that loses them has thrown them away. With asynchronous
 * replication the others died with their server, and nobody could have saved them.
 */
export function thrownAway(missing: readonly AcknowledgedRow[], received: ReceivedTransactions): AcknowledgedRow[] {
  return missing.filter((row) => row.gtid !== '' && received.includes(row.gtid));
}
