/** What a pretended server is and has, as nobody but an observer of the world can see it. */
import type { PretendServer } from '../server/pretend-server.ts';
import type { Transaction } from '../transaction.ts';
import { TABLE } from '../writer.ts';

export const takesWrites = (server: PretendServer): boolean =>
  server.state === 'runs' && server.running.gate.level === 'off';

/** A source that waits for acknowledgements which nobody can give takes writes and commits none; so does one whose disk stalls. */
export function canCommit(server: PretendServer): boolean {
  if (!takesWrites(server) || server.storage.fault !== null) return false;
  const { semiSync } = server.running;
  return !semiSync.isOn || semiSync.clients >= semiSync.settings.waitCount;
}

/** In its binary log, and not visible yet. */
const uncommitted = ({ history }: PretendServer): readonly Transaction[] => history.log.slice(history.committedCount);

/** Applied, or received. */
export function rowsOf(server: PretendServer): Set<number> {
  const rows = new Set(server.history.rowsOf(TABLE));
  for (const { write } of [...uncommitted(server), ...server.relayLog.waiting]) {
    if (write.kind === 'rows') for (const row of write.rows) rows.add(row);
  }
  return rows;
}

export function hasRow(server: PretendServer, row: number): boolean {
  if (server.history.rowsOf(TABLE).has(row)) return true;
  const holds = ({ write }: Transaction): boolean => write.kind === 'rows' && write.rows.includes(row);
  // Asked of rows that were written just now: they are the last, if they are there.
  return server.relayLog.waiting.findLast(holds) !== undefined || uncommitted(server).some(holds);
}
