/**
 * Whether our account may write markers of pseudo-GTID (spec/topology-operations.md 4.2), by its grants.
 */
import type { Grant } from '../model/server-settings.ts';
import type { Rows } from '../ports/server-wire.ts';
import { readGrants } from './preflight-rows.ts';
import { PSEUDO_GTID_SCHEMA } from './pseudo-gtid-statement.ts';
import { textOf } from './row-values.ts';
import type { LinkTimeouts, ServerLink } from './server-link.ts';

/** Of the session's own account: those of its active roles are among them, and a role that is not active does not help (seen on 9.7 and 10.11). */
const OWN_GRANTS_SQL = 'SHOW GRANTS';

/** Null: it cannot be told, since the server does not answer. */
export async function mayInjectOn(link: Pick<ServerLink, 'query'>, timeouts: LinkTimeouts): Promise<boolean | null> {
  const answer = await link.query(OWN_GRANTS_SQL, timeouts);
  return answer.kind === 'rows' ? mayInjectMarkers(answer.rows) : null;
}

/** By whole privileges, never by words in a line: DROP ROLE is another one. */
export function mayInjectMarkers(rows: Rows): boolean {
  const lines = rows.map((row) => textOf(row, Object.keys(row)[0] ?? ''));
  const allowing = readGrants(lines).filter(allowsDrop);
  if (allowing.some(({ on }) => isOfOurSchema(on))) return true;
  const isRevoked = readRevokes(lines).some((revoke) => allowsDrop(revoke) && isOfOurSchema(revoke.on));
  return !isRevoked && allowing.some(({ on }) => on === EVERYWHERE);
}

const EVERYWHERE = '*.*';
const ANY_TABLE = '.*';

const allowsDrop = ({ privileges }: Grant): boolean =>
  privileges.some((name) => name === 'DROP' || name === 'ALL PRIVILEGES' || name === 'ALL');

/** MySQL from 8.0.16 on, where privileges are granted everywhere but in some schemas. */
const readRevokes = (lines: readonly string[]): readonly Grant[] =>
  readGrants(
    lines
      .filter((line) => line.startsWith('REVOKE '))
      .map((line) => line.replace(/^REVOKE /, 'GRANT ').replace(/ FROM /, ' TO ')),
  );

const isOfOurSchema = (on: string): boolean =>
  on !== EVERYWHERE && on.endsWith(ANY_TABLE) && isLike(PSEUDO_GTID_SCHEMA, on.slice(0, -ANY_TABLE.length));

/** Names of schemas in grants are patterns: `_` is any character and `%` any number of them, unless a backslash comes before. */
function isLike(name: string, pattern: string): boolean {
  const tokens = pattern.match(/\\?[\s\S]/g) ?? [];
  // Which beginnings of the name the tokens so far match: steps are tokens times characters, whatever the pattern.
  let lengths = new Set([0]);
  for (const token of tokens) {
    if (token === '%') {
      const least = Math.min(...lengths);
      lengths = new Set(Array.from({ length: Math.max(0, name.length + 1 - least) }, (_unused, more) => least + more));
    } else {
      const fits = (length: number): boolean =>
        length < name.length && (token === '_' || token.slice(-1) === name[length]);
      lengths = new Set([...lengths].filter(fits).map((length) => length + 1));
    }
  }
  return lengths.has(name.length);
}
