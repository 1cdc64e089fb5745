/**
 * Privileges of the statements we send, and the grants that give an account exactly these.
 */
import type { Privilege, StatementFact } from './dialect.ts';

export const onServer = (...names: readonly string[]): readonly Privilege[] =>
  names.map((name) => ({ name, on: '*.*' }));

export const selectOn = (...tables: readonly string[]): readonly Privilege[] =>
  tables.map((on) => ({ name: 'SELECT', on }));

/** `GRANT` statements for `account`, quoted as it has to be: one for the server, then one a table. */
export function minimalGrants(statements: readonly StatementFact[], account: string): readonly string[] {
  const namesByTarget = new Map<string, Set<string>>([['*.*', new Set()]]);
  for (const { name, on } of statements.flatMap((statement) => statement.privileges)) {
    const names = namesByTarget.get(on) ?? new Set();
    namesByTarget.set(on, names.add(name));
  }
  return [...namesByTarget].map(([on, names]) => `GRANT ${[...names].sort().join(', ')} ON ${on} TO ${account}`);
}

/** For a table of a document: `RELOAD`, `SELECT on mysql.slave_master_info`, `none`. */
export function privilegesText(privileges: readonly Privilege[]): string {
  if (privileges.length === 0) return 'none';
  return privileges.map(({ name, on }) => (on === '*.*' ? name : `${name} on ${on}`)).join(', ');
}
