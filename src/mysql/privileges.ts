/**
 * Privileges of the statements we send, and the grants that give an account exactly these.
 */
import type { ServerCommand } from '../model/server-command.ts';
import type { NeededPrivilege, PrivilegeUse } from '../model/server-settings.ts';
import type { Privilege, StatementFact } from './dialect.ts';

export const onServer = (...names: readonly string[]): readonly Privilege[] =>
  names.map((name) => ({ name, on: '*.*' }));

export const selectOn = (...tables: readonly string[]): readonly Privilege[] =>
  tables.map((on) => ({ name: 'SELECT', on }));

/** `GRANT` statements for `account`, quoted as it has to be: one for the server, then one a table. */
export function minimalGrants(statements: readonly StatementFact[], account: string): readonly string[] {
  return grantStatements(
    statements.filter(({ grantedApart }) => grantedApart !== true).flatMap(({ privileges }) => privileges),
    account,
  );
}

/** As `minimalGrants`, of privileges. */
export function grantStatements(privileges: readonly Privilege[], account: string): readonly string[] {
  const namesByTarget = new Map<string, Set<string>>([['*.*', new Set()]]);
  for (const { name, on } of privileges) {
    const names = namesByTarget.get(on) ?? new Set();
    namesByTarget.set(on, names.add(name));
  }
  return [...namesByTarget]
    .filter(([, names]) => names.size > 0)
    .map(([on, names]) => `GRANT ${[...names].sort().join(', ')} ON ${on} TO ${account}`);
}

/** Everything that recoveries need of the statements, each privilege once, with what needs it. */
export function neededPrivileges(statements: readonly StatementFact[]): readonly NeededPrivilege[] {
  const needed = new Map<string, NeededPrivilege>();
  const sent = statements.filter(
    ({ forOperations, whenConfigured }) => forOperations !== true && whenConfigured !== true,
  );
  for (const fact of sent) {
    for (const { name, on } of fact.privileges) {
      const before = needed.get(`${name} ${on}`)?.neededBy ?? [];
      const use = { statement: fact.name, use: purposeOf(fact) };
      needed.set(`${name} ${on}`, { name, on, neededBy: [...before, use] });
    }
  }
  return [...needed.values()];
}

/** Without these what a recovery is for succeeds all the same, later or less thoroughly. */
const HELPING: readonly string[] = [
  'end-half-transaction',
  'end-sessions',
  'set-semi-sync-source',
] satisfies readonly ServerCommand['kind'][];

const purposeOf = ({ name, changes }: StatementFact): PrivilegeUse['use'] => {
  if (!changes) return 'read';
  return HELPING.includes(name) ? 'help' : 'change';
};

/** For a table of a document: `RELOAD`, `SELECT on mysql.slave_master_info`, `none`. */
export function privilegesText(privileges: readonly Privilege[]): string {
  if (privileges.length === 0) return 'none';
  return privileges.map(({ name, on }) => (on === '*.*' ? name : `${name} on ${on}`)).join(', ');
}
