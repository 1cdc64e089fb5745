/** Ends a session of ours whose command got no answer, and may wait on the server and take effect later (D12). */
import { millis } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';
import type { Session } from '../ports/server-wire.ts';
import type { CommandConnections } from './command-connections.ts';
import { textOf } from './row-values.ts';
import { endSessionSql, findSessionSql } from './sql-text.ts';

export interface EndSessionParts {
  readonly connections: CommandConnections;
  readonly clock: Clock;
}

/** How long to try, and how often to ask whether it is gone. */
const END_SESSION_MILLIS = 2_000;
const END_SESSION_LOOK_MILLIS = millis(20);

/** True: the session is gone, and what it was doing has either taken effect by now or never will. */
export async function endSession(
  { connections, clock }: EndSessionParts,
  session: Session,
  connectMillis: number,
): Promise<boolean> {
  const acquired = await connections.acquire(connectMillis);
  // Also a refusal proves nothing: it may be a firewall's.
  if (acquired.kind === 'failed') return false;
  const { connection } = acquired;
  const endAt = clock.monotonic() + END_SESSION_MILLIS;
  try {
    while (clock.monotonic() < endAt) {
      const found = await connection.ask(findSessionSql(session.id), END_SESSION_MILLIS);
      if (found.kind === 'failed') return false;
      const [row] = found.results[0] ?? [];
      if (row === undefined) return true;
      // Somebody else's, of a server that was restarted; or ours, seen through something that translates addresses: not known.
      if (!textOf(row, 'HOST').endsWith(`:${session.clientPort}`)) return false;
      // Refused: it has ended since.
      await connection.ask(endSessionSql(session.id), END_SESSION_MILLIS);
      await clock.sleep(END_SESSION_LOOK_MILLIS);
    }
    return false;
  } finally {
    connections.release(connection);
  }
}
