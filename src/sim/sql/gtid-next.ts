/**
 * `gtid_next` of a session of MySQL (manual 19.1.6.5): the GTID of its next transaction. What it was used for once it has to be set anew.
 */
import { serverUuid } from '../../model/brand.ts';
import type { SqlOutcome, SqlValue } from '../sql-session.ts';
import type { Gtid } from '../transaction.ts';
import { sqlError } from './errors.ts';
import type { SqlError } from './sql-refusal.ts';
import type { Asking, Execution } from './statement.ts';

export const AUTOMATIC = 'AUTOMATIC';
const ANONYMOUS = 'ANONYMOUS';

const ONE_GTID = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}):(?:([a-z_][a-z0-9_]{0,31}):)?([1-9]\d*)$/i;

const NAME = 'gtid_next';

/** Null: servers number their transactions themselves. */
export function ownGtid({ session }: Asking): Gtid | null {
  return parse(String(session.variables.get(NAME) ?? AUTOMATIC));
}

function parse(text: string): Gtid | null {
  const [, uuid, tag, number] = ONE_GTID.exec(text.trim()) ?? [];
  if (uuid === undefined || number === undefined) return null;
  const own = { family: 'oracle', uuid: serverUuid(uuid.toLowerCase()), number: Number(number) } as const;
  return tag === undefined ? own : { ...own, tag: tag.toLowerCase() };
}

export function setGtidUsed({ session }: Asking): void {
  session.isGtidUsed = true;
}

/** What a session hears that has used its GTID and writes on; null: it may write. */
export function gtidRefusal(on: Asking): SqlError | null {
  const { session } = on;
  if (!session.isGtidUsed || ownGtid(on) === null) return null;
  const now = String(session.variables.get(NAME));
  const text = `When @@SESSION.GTID_NEXT is set to a GTID, you must explicitly set it to a different value after a COMMIT or ROLLBACK. Please check GTID_NEXT variable manual page for detailed explanation. Current @@SESSION.GTID_NEXT is '${now}'.`;
  return sqlError(1837, 'HY000', text);
}

/** Null: it is set. */
export function setGtidNext(value: SqlValue, { session, server }: Execution): SqlOutcome | null {
  const text = String(value ?? '');
  const gtid = parse(text);
  const isWord = text.toUpperCase() === AUTOMATIC || text.toUpperCase() === ANONYMOUS;
  if (gtid === null && !isWord) return sqlError(1774, 'HY000', `Malformed GTID specification '${text}'.`);
  if (session.isInTransaction) {
    return sqlError(1766, 'HY000', 'The system variable gtid_next cannot be set when there is an ongoing transaction.');
  }
  if (gtid !== null && server.options.gtidMode === 'OFF') return withoutGtids(gtid);
  session.isGtidUsed = false;
  return null;
}

function withoutGtids(gtid: Gtid): SqlError {
  const isTagged = gtid.family === 'oracle' && gtid.tag !== undefined;
  const form = isTagged ? 'UUID:TAG:NUMBER' : 'UUID:NUMBER';
  const text = `@@SESSION.GTID_NEXT cannot be set to ${form} when @@GLOBAL.GTID_MODE = OFF.`;
  return sqlError(isTagged ? 6040 : 1781, 'HY000', text);
}
