/** `SHOW …`: what a family has of its own, and variables. */
import { needsPrivilege } from '../errors.ts';
import type { FamilySql, Show, VirtualTable } from '../family-sql.ts';
import { type Expression, parseExpression } from '../parse/expression.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { bindExpression, NO_ROW } from '../select/bind-expression.ts';
import { isTrue } from '../select/compare-values.ts';
import { JoinedTables } from '../select/joined-tables.ts';
import { scopeOf } from '../select/run-select.ts';
import { rowsOutcome, type Statement, textColumn } from '../statement.ts';
import { shownValue, variableValue } from '../system-variable.ts';
import { readShowEvents } from './show-events.ts';
import { readShowGrants } from './show-grants.ts';

export function readShow(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('SHOW');
  const special = readShowEvents(reader, family) ?? readShowGrants(reader);
  if (special !== null) return special;
  const show = family.shows.find(({ words }) => reader.words(...words));
  if (show !== undefined) return showStatement(show);
  const scope = reader.oneOf('GLOBAL', 'SESSION', 'LOCAL') === 'GLOBAL' ? 'global' : 'session';
  if (reader.words('VARIABLES')) return readFiltered(reader, variablesTable(scope), family);
  reader.expectWords('STATUS');
  return readFiltered(reader, family.statusVariables, family);
}

function showStatement({ privileges, columns, rows }: Show): Statement {
  return (on) => {
    const isAllowed = privileges === null || on.session.privilege === 'privileged';
    on.done(isAllowed ? rowsOutcome(columns, rows(on)) : needsPrivilege(privileges));
  };
}

const VARIABLE_COLUMNS = [textColumn('Variable_name'), textColumn('Value')] as const;

const variablesTable = (scope: 'global' | 'session'): VirtualTable => ({
  columns: VARIABLE_COLUMNS,
  rows: (on) =>
    [...on.family.variables.values()]
      .filter((found) => scope === 'session' || found.scope !== 'session')
      .map((found) => [found.name, shownValue(found, variableValue(found, scope, on))]),
});

/** All, `LIKE 'pattern'`, or `WHERE condition`. */
function readFiltered(reader: TokenReader, table: VirtualTable, family: FamilySql): Statement {
  const condition = readCondition(reader, table);
  const { columns } = table;
  if (condition === null) return (on) => on.done(rowsOutcome(columns, table.rows(on)));
  const scope = scopeOf(new JoinedTables(family, [{ table, alias: '', using: [] }]), family);
  const { calculate } = bindExpression(condition, scope);
  return (on) => {
    const rows = table.rows(on).filter((row) => isTrue(calculate({ ...NO_ROW, row }, on)));
    on.done(rowsOutcome(columns, rows));
  };
}

function readCondition(reader: TokenReader, { columns }: VirtualTable): Expression | null {
  if (reader.words('WHERE')) return parseExpression(reader);
  if (!reader.words('LIKE')) return null;
  const operand: Expression = { kind: 'column', table: null, name: columns[0]?.name ?? '' };
  return { kind: 'like', operand, pattern: parseExpression(reader) };
}
