/**
 * System variables: how a server reads them, and what setting them does.
 */
import type { SqlOutcome, SqlValue } from '../sql-session.ts';
import { wrongType, wrongValue } from './errors.ts';
import { SqlRefusal } from './sql-refusal.ts';
import type { Asking, Execution } from './statement.ts';

export interface SystemVariable {
  readonly name: string;
  readonly kind: 'flag' | 'number' | 'text';
  /** `session`: it has no global value. `both`: sessions have values of their own, which begin with the global one. */
  readonly scope: 'global' | 'both' | 'session';
  /** The global value, or what a new session has. Flags are 0 and 1. */
  read(on: Asking): SqlValue;
  /** Why it does not take this value; null: it does. */
  readonly refuses?: (value: SqlValue, on: Execution) => SqlOutcome | null;
  /** Sets the global value; calls `done` with null, or an error, now or later. Absent: it cannot be changed. */
  readonly write?: (value: SqlValue, on: Execution, done: (error: SqlOutcome | null) => void) => void;
}

type Reader = (on: Asking) => SqlValue;

const variable = (
  kind: SystemVariable['kind'],
  scope: SystemVariable['scope'],
  name: string,
  value: SqlValue | Reader,
): SystemVariable => ({ name, kind, scope, read: typeof value === 'function' ? value : () => value });

export const textVariable = (name: string, value: string | Reader): SystemVariable =>
  variable('text', 'global', name, value);
export const numberVariable = (name: string, value: number | Reader): SystemVariable =>
  variable('number', 'global', name, value);
export const flagVariable = (name: string, value: 0 | 1 | Reader): SystemVariable =>
  variable('flag', 'global', name, value);

/** Sessions have a value of their own. */
export const ofSessions = (base: SystemVariable, scope: 'both' | 'session' = 'both'): SystemVariable => ({
  ...base,
  scope,
});

export const writable = (base: SystemVariable, write: NonNullable<SystemVariable['write']>): SystemVariable => ({
  ...base,
  write,
});

/** What takes effect at once and cannot fail. */
export const writableAtOnce = (base: SystemVariable, write: (value: SqlValue, on: Execution) => void): SystemVariable =>
  writable(base, (value, on, done) => {
    write(value, on);
    done(null);
  });

/** Kept until the server restarts; nothing else comes of it. */
export const settable = (base: SystemVariable): SystemVariable =>
  writableAtOnce(base, (value, { globals }) => globals.set(base.name, value));

/** On or off, and read as these words, unlike a flag. */
export const switchVariable = (name: string, initial: 'ON' | 'OFF'): SystemVariable => ({
  ...writableAtOnce(textVariable(name, initial), (value, { globals }) =>
    globals.set(name, flagOf(value) === 1 ? 'ON' : 'OFF'),
  ),
  refuses: (value) => (flagOf(value) === undefined ? wrongValue(name, String(value)) : null),
});

export const byName = (variables: readonly SystemVariable[]): ReadonlyMap<string, SystemVariable> =>
  new Map(variables.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map((one) => [one.name, one]));

/** `scope` null: as `@@name` reads it. What is set with an effect on the server is read from there. */
export function variableValue(found: SystemVariable, scope: 'global' | 'session' | null, on: Asking): SqlValue {
  if (found.scope === 'global') return on.globals.get(found.name) ?? found.read(on);
  const values = scope === 'global' ? on.globals : on.session.variables;
  return values.get(found.name) ?? found.read(on);
}

/** As `SHOW VARIABLES` prints it. */
export function shownValue(found: SystemVariable, value: SqlValue): string {
  if (found.kind === 'flag') return value === 1 ? 'ON' : 'OFF';
  return String(value ?? '');
}

const FLAG_WORDS: ReadonlyMap<string, number> = new Map([
  ['ON', 1],
  ['TRUE', 1],
  ['1', 1],
  ['OFF', 0],
  ['FALSE', 0],
  ['0', 0],
]);

const flagOf = (value: SqlValue): number | undefined => FLAG_WORDS.get(String(value ?? 'NULL').toUpperCase());

/** What a statement assigns, as the variable takes it. Throws a refusal for what it does not take. */
export function assignedValue({ name, kind }: SystemVariable, value: SqlValue): SqlValue {
  const text = String(value ?? 'NULL');
  switch (kind) {
    case 'flag': {
      const flag = flagOf(value);
      if (flag === undefined) throw new SqlRefusal(wrongValue(name, text));
      return flag;
    }
    case 'number':
      if (typeof value === 'string') throw new SqlRefusal(wrongType(name));
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw new SqlRefusal(wrongValue(name, text));
      return Number(text);
    case 'text':
      return value;
  }
}
