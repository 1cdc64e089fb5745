/**
 * The first words with a server: which version it is, and which of the wanted variables it has.
 *
 * A binlog server understands no greeting, so every server is first asked whether it is one, unless SkipMaxScaleCheck
 * (spec/discovery.md 9.2 step 2).
 */
import type { ServerFailure } from '../model/server-failure.ts';
import { parseServerVersion, type ServerVersion } from '../model/server-version.ts';
import type { Rows, ServerWire } from '../ports/server-wire.ts';
import { wantedVariables } from './dialect-for-version.ts';
import { maxScaleVersion } from './maxscale/read-probe.ts';
import { CHECK_SQL, VERSION_VARIABLE } from './maxscale/statements.ts';
import { textOf } from './row-values.ts';

export type Greeted =
  /** `variables`: the names, lower case. */
  | { readonly kind: 'greeted'; readonly variables: ReadonlySet<string>; readonly version: ServerVersion }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** The names of all dialects, since the version is in the answer. */
const GREETING_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${wantedVariables()
  .map((name) => `'${name}'`)
  .join(', ')})`;

const ACCESS_DENIED = 1045;

export async function greet(connection: ServerWire, checksMaxScale: boolean, deadlineMillis: number): Promise<Greeted> {
  if (checksMaxScale) {
    const checked = await checkMaxScale(connection, deadlineMillis);
    if (checked !== null) return checked;
  }
  const answer = await connection.ask(GREETING_SQL, deadlineMillis);
  if (answer.kind === 'failed') return answer;
  const values = variableValues(answer.results[0]);
  const version = parseServerVersion(values.get('version') ?? '', values.get('version_comment') ?? '');
  return { kind: 'greeted', variables: new Set(values.keys()), version };
}

/** Null: it is another kind of server, and to be greeted. So is one that answers with an error, except that it does not know the account. */
async function checkMaxScale(connection: ServerWire, deadlineMillis: number): Promise<Greeted | null> {
  const answer = await connection.ask(CHECK_SQL, deadlineMillis);
  if (answer.kind === 'failed') {
    const { failure } = answer;
    return failure.kind === 'server-error' && failure.number !== ACCESS_DENIED ? null : answer;
  }
  const values = variableValues(answer.results[0]);
  if (!values.has(VERSION_VARIABLE)) return null;
  const version = parseServerVersion(maxScaleVersion(answer.results[0]));
  return { kind: 'greeted', variables: new Set(values.keys()), version };
}

const variableValues = (rows: Rows | undefined): ReadonlyMap<string, string> =>
  new Map((rows ?? []).map((row) => [textOf(row, 'Variable_name').toLowerCase(), textOf(row, 'Value')]));
