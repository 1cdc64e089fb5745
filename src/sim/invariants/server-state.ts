/** What a pretended server is and has, as nobody but an observer of the world can see it. */
import type { PretendServer } from '../server/pretend-server.ts';
import { TABLE } from '../writer.ts';

export const takesWrites = (server: PretendServer): boolean =>
  server.state === 'runs' && server.settings === null && server.running.gate.level === 'off';

/** A source that waits for acknowledgements which nobody can give takes writes and commits none; so does one whose disk stalls. */
export function canCommit(server: PretendServer): boolean {
  if (!takesWrites(server) || server.storage.fault !== null) return false;
  const { semiSync } = server.running;
  return !semiSync.isOn || semiSync.clients >= semiSync.settings.waitCount;
}

/** In its binary log and not visible yet, or received and not applied yet. */
const unseen = (server: PretendServer) => [
  ...server.history.log.slice(server.history.committedCount),
  ...server.relayLog.waiting,
];

/** Applied, or received. */
export function rowsOf(server: PretendServer): Set<number> {
  const rows = new Set(server.history.rowsOf(TABLE));
  for (const { write } of unseen(server)) if (write.kind === 'rows') for (const row of write.rows) rows.add(row);
  return rows;
}

export function hasRow(server: PretendServer, row: number): boolean {
  if (server.history.rowsOf(TABLE).has(row)) return true;
  return unseen(server).some(({ write }) => write.kind === 'rows' && write.rows.includes(row));
}
