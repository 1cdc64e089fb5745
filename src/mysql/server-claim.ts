/**
 * Two orchestrators that know nothing of each other must not change the same server at once (J5): whoever is about to takes a named lock on it, and the other one sees
 * who has it. It needs no privilege, changes nothing, and is in no log; it is gone with the session that has it.
 */
import type { ServerFailure } from '../model/server-failure.ts';
import type { Rows, ServerWire } from '../ports/server-wire.ts';
import type { ClaimResult } from '../ports/topology-servers.ts';
import { integer, literal } from './sql-text.ts';

const LOCK = literal('orchestrator-recovery');

/**
 * The host of whoever has it may lose its power: nobody tells the server that the session is over, and it would keep the lock for hours. The session is used more often by far, by
 * probes. Seconds.
 */
const IDLE_SECONDS = 30;

export const CLAIM_SQL = `SET SESSION wait_timeout = ${IDLE_SECONDS}; SELECT GET_LOCK(${LOCK}, 0) AS got, IS_USED_LOCK(${LOCK}) AS holder, @@global.read_only AS read_only`;

export const RELEASE_SQL = `SELECT RELEASE_LOCK(${LOCK}); SET SESSION wait_timeout = @@GLOBAL.wait_timeout`;

/** Who it is, as far as the account may see sessions of others. */
const holderSql = (session: number): string =>
  `SELECT USER, HOST FROM information_schema.processlist WHERE ID = ${integer(session)}`;

/** As the list of statements shows it. */
export const HOLDER_STATEMENT = 'SELECT USER, HOST FROM information_schema.processlist WHERE ID = …';

export type Claim =
  | Exclude<ClaimResult, { kind: 'claimed' }>
  | { readonly kind: 'claimed'; readonly isReadOnly: boolean };

/** `answerMillis`: for each of two packets; past it the connection is lost, and the lock with it. */
export async function claimOn(connection: ServerWire, answerMillis: number): Promise<Claim> {
  const answer = await connection.ask(CLAIM_SQL, answerMillis);
  if (answer.kind === 'failed') return answer;
  const [row] = answer.results.at(-1) ?? [];
  if (Number(row?.['got']) === 1) return { kind: 'claimed', isReadOnly: isReadOnlyValue(row?.['read_only']) };
  const holder = Number(row?.['holder'] ?? 0);
  // It was given back between the two calls, or could not be had at all.
  if (holder === 0) return { kind: 'taken', by: 'a session that is gone' };
  const asked = await connection.ask(holderSql(holder), answerMillis);
  return { kind: 'taken', by: sessionText(holder, asked.kind === 'failed' ? [] : (asked.results[0] ?? [])) };
}

/** Whatever comes of it: a lock that is not given back is gone with its session. */
export async function releaseOn(connection: ServerWire, answerMillis: number): Promise<void> {
  if (connection.usable) await connection.ask(RELEASE_SQL, answerMillis);
}

/** MariaDB from 12.0 on says OFF, ON, NO_LOCK or NO_LOCK_NO_ADMIN. */
const isReadOnlyValue = (value: unknown): boolean => !['0', 'OFF'].includes(String(value));

function sessionText(id: number, [row]: Rows): string {
  return row === undefined ? `session ${id}` : `session ${id} of ${row['USER']}@${row['HOST']}`;
}

export const NOT_CONNECTED: ServerFailure = {
  kind: 'network',
  phase: 'connect',
  code: 'NOT_CONNECTED',
  text: 'there is no connection to it',
};
