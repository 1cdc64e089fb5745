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
  /** `variables`: the names, lower case. `adminPort`: where it lets administrators in who are turned away elsewhere; null: nowhere. */
  | {
      readonly kind: 'greeted';
      readonly variables: ReadonlySet<string>;
      readonly version: ServerVersion;
      readonly adminPort: number | null;
    }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** MySQL from 8.0.14 (manual 7.1.12.1): it has a port of its own for administrators where it has an address for it. MariaDB: `extra_port`. */
const ADMIN_VARIABLES = ['admin_address', 'admin_port', 'extra_port'] as const;

/** The names of all dialects, since the version is in the answer. */
const GREETING_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${[...wantedVariables(), ...ADMIN_VARIABLES]
  .map((name) => `'${name}'`)
  .join(', ')})`;

const ACCESS_DENIED = 1045;
const PORT_MAX = 65_535;

export async function greet(connection: ServerWire, checksMaxScale: boolean, deadlineMillis: number): Promise<Greeted> {
  if (checksMaxScale) {
    const checked = await checkMaxScale(connection, deadlineMillis);
    if (checked !== null) return checked;
  }
  const answer = await connection.ask(GREETING_SQL, deadlineMillis);
  if (answer.kind === 'failed') return answer;
  const values = variableValues(answer.results[0]);
  const version = parseServerVersion(values.get('version') ?? '', values.get('version_comment') ?? '');
  return { kind: 'greeted', variables: new Set(values.keys()), version, adminPort: adminPortOf(values) };
}

/** The port alone: to an address that a server tells, an account would go to whom the server likes. */
function adminPortOf(values: ReadonlyMap<string, string>): number | null {
  const hasAdminAddress = (values.get('admin_address') ?? '') !== '';
  const port = Number((hasAdminAddress ? values.get('admin_port') : values.get('extra_port')) ?? '');
  return Number.isInteger(port) && port > 0 && port <= PORT_MAX ? port : null;
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
  return { kind: 'greeted', variables: new Set(values.keys()), version, adminPort: null };
}

const variableValues = (rows: Rows | undefined): ReadonlyMap<string, string> =>
  new Map((rows ?? []).map((row) => [textOf(row, 'Variable_name').toLowerCase(), textOf(row, 'Value')]));
