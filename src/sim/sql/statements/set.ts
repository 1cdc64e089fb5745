/**
 * `SET`: variables of the session, of the server, of the user (MySQL manual 15.7.6.1). One after another; the first that fails ends it.
 */
import type { SqlOutcome } from '../../sql-session.ts';
import { globalVariable, needsPrivilege, readOnlyVariable, unknownVariable } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import { type Expression, parseExpression } from '../parse/expression.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { type Bound, NO_ROW } from '../select/bind-expression.ts';
import { bindAlone } from '../select/run-select.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import { type Execution, OK, type Statement } from '../statement.ts';
import { assignedValue, type SystemVariable } from '../system-variable.ts';

type Done = (error: SqlOutcome | null) => void;

/** Calls `done` with null when it is so, now or later. */
type Assign = (on: Execution, done: Done) => void;

type Scope = 'global' | 'session';

export function readSet(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('SET');
  if (reader.words('NAMES') || reader.words('CHARACTER', 'SET')) {
    reader.next();
    return (on) => on.done(OK);
  }
  // One that names no scope has that of the one before.
  let scope: Scope = 'session';
  const assigns = reader.list(() => {
    if (reader.symbol('@')) return readUserVariable(reader, family);
    scope = readScope(reader) ?? scope;
    return readSystemVariable(reader, scope, family);
  });
  return (on) => assignAll(assigns, on);
}

function assignAll([first, ...rest]: readonly Assign[], on: Execution): void {
  if (first === undefined) {
    on.done(OK);
    return;
  }
  first(on, (error) => {
    if (error === null) assignAll(rest, on);
    else on.done(error);
  });
}

const SCOPES: ReadonlyMap<string, Scope> = new Map([
  ['GLOBAL', 'global'],
  ['PERSIST', 'global'],
  ['SESSION', 'session'],
  ['LOCAL', 'session'],
]);

/** `GLOBAL`, `@@GLOBAL.`, `@@`; null: it names none. */
function readScope(reader: TokenReader): Scope | null {
  const isMarked = reader.symbol('@@');
  for (const [word, scope] of SCOPES) {
    if (isMarked && !reader.peekSymbol('.', 1)) return 'session';
    if (!reader.words(word)) continue;
    if (isMarked) reader.expectSymbol('.');
    return scope;
  }
  return isMarked ? 'session' : null;
}

function readValue(reader: TokenReader, family: FamilySql): Bound {
  if (!reader.symbol(':=')) reader.expectSymbol('=');
  return bindAlone(wordAsText(reader), family);
}

/** `ON`, `ROW`: a word alone is a text here. */
function wordAsText(reader: TokenReader): Expression {
  const expression = parseExpression(reader);
  const isWord = expression.kind === 'column' && expression.table === null;
  return isWord ? { kind: 'value', value: expression.name } : expression;
}

function readUserVariable(reader: TokenReader, family: FamilySql): Assign {
  const name = reader.name().toLowerCase();
  const { calculate } = readValue(reader, family);
  return (on, done) => {
    on.session.userVariables.set(name, calculate(NO_ROW, on));
    done(null);
  };
}

function readSystemVariable(reader: TokenReader, scope: Scope, family: FamilySql): Assign {
  const name = reader.name().toLowerCase();
  const found = family.variables.get(name);
  if (found === undefined) throw new SqlRefusal(unknownVariable(name));
  const { calculate } = readValue(reader, family);
  return (on, done) => {
    const refusal = refusalOf(found, scope, on);
    if (refusal !== null) done(refusal);
    else assign(found, scope, calculate(NO_ROW, on), on, done);
  };
}

function refusalOf({ name, scope: has, write }: SystemVariable, scope: Scope, on: Execution): SqlOutcome | null {
  const { session, family } = on;
  if (scope === 'session' && has === 'global')
    return write === undefined ? readOnlyVariable(name) : globalVariable(name);
  if (scope === 'global' && write === undefined && has !== 'both') return readOnlyVariable(name);
  if (session.privilege === 'privileged') return null;
  if (scope === 'global') return needsPrivilege(family.privileges.setGlobal(name));
  return name === 'sql_log_bin' ? needsPrivilege(family.privileges.sqlLogBin) : null;
}

function assign(
  found: SystemVariable,
  scope: Scope,
  given: Parameters<typeof assignedValue>[1],
  on: Execution,
  done: Done,
): void {
  const isDefault = typeof given === 'string' && given.toUpperCase() === 'DEFAULT';
  const value = isDefault ? found.read(on) : assignedValue(found, given);
  const refusal = found.refuses?.(value, on) ?? null;
  if (refusal !== null) {
    done(refusal);
    return;
  }
  if (scope === 'global') {
    if (found.write !== undefined) {
      found.write(value, on, done);
      return;
    }
    on.globals.set(found.name, value);
  } else {
    on.session.variables.set(found.name, value);
  }
  done(null);
}
