/**
 * Writes a marker of pseudo-GTID into a primary's binary log (spec/topology-operations.md 4.2).
 *
 * A server that hangs reads later what it was sent, and would execute it when somebody else is primary by then: a transaction that exists nowhere else, by our
 * doing. So the server is asked for its time first, and the marker is behind a question that fails once that is over, or where the server takes no writes any more
 * (D12, G1: read-only does not stop an account like ours).
 */
import type { ServerFailure } from '../model/server-failure.ts';
import type { StatementFact } from './dialect.ts';
import { PSEUDO_GTID_SCHEMA, pseudoGtidStatement } from './pseudo-gtid-statement.ts';
import { nullableNumberOf } from './row-values.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';
import { integer } from './sql-text.ts';

export type InjectionResult =
  | { readonly kind: 'injected' }
  /** Its time was over, or the server has become read-only. */
  | { readonly kind: 'called-off' }
  /** The account may not. */
  | { readonly kind: 'not-allowed'; readonly failure: ServerFailure }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** A marker that begins later than this by the server's clock is not written. Its seconds are whole ones. */
const VALID_SECONDS = 2;

const CLOCK_SQL = 'SELECT UNIX_TIMESTAMP() AS now';

/** The largest power of e that a number can be is the 709th: the question fails, and with it what follows in the packet. */
const guardedSql = (marker: string, until: string): string =>
  `SELECT EXP(710 * (UNIX_TIMESTAMP() >= ${until} OR CONCAT(@@global.read_only) NOT IN ('0', 'OFF'))) AS valid; ${pseudoGtidStatement(marker)}`;

const SHOWN_UNTIL = '…';

/** As the list of statements has it. The privilege is none that an account needs: without it there are no markers. */
export const MARKER_STATEMENTS: readonly StatementFact[] = [
  {
    name: 'pseudo-gtid-marker',
    sql: `${CLOCK_SQL}; ${guardedSql('…', SHOWN_UNTIL)}`,
    purpose: `markers of pseudo-GTID on primaries; only with AutoPseudoGTID, and where DROP on ${PSEUDO_GTID_SCHEMA}.* is granted`,
    privileges: [],
    changes: true,
  },
];

const OUT_OF_RANGE = 1690;

/** Denied for the schema, the table, or for want of a privilege. */
const DENIED: readonly number[] = [1044, 1142, 1227];

export async function injectMarker(
  link: Pick<ServerLink, 'query'>,
  marker: string,
  timeouts: LinkTimeouts,
): Promise<InjectionResult> {
  const clock = await link.query(CLOCK_SQL, timeouts);
  if (clock.kind === 'failed') return clock;
  const now = nullableNumberOf(clock.rows[0], 'now');
  if (now === null) return { kind: 'called-off' };
  const answer = await link.query(guardedSql(marker, integer(now + VALID_SECONDS)), timeouts);
  if (answer.kind === 'rows') return { kind: 'injected' };
  const { failure } = answer;
  if (failure.kind !== 'server-error') return answer;
  if (failure.number === OUT_OF_RANGE) return { kind: 'called-off' };
  return DENIED.includes(failure.number) ? { kind: 'not-allowed', failure } : answer;
}
