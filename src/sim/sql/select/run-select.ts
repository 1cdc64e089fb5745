/**
 * Runs a `SELECT`: over tables that the server makes up, over those of clients, or over none.
 */
import type { SqlColumn, SqlOutcome, SqlValue } from '../../sql-session.ts';
import { noDatabaseSelected, noSuchTable, notLocked } from '../errors.ts';
import type { FamilySql, VirtualTable } from '../family-sql.ts';
import type { Expression } from '../parse/expression.ts';
import type { Select, SelectedTable, SelectItem } from '../parse/select.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import type { Asking, Statement } from '../statement.ts';
import { integerColumn, rowsOutcome } from '../statement.ts';
import { type Bound, bindExpression, NO_ROW, type Scope } from './bind-expression.ts';
import { isTrue, orderOf } from './compare-values.ts';
import { JoinedTables, type NamedTable } from './joined-tables.ts';

type Row = readonly SqlValue[];
type RowsOutcome = Extract<SqlOutcome, { kind: 'rows' }>;

/** What is asked can be answered; throws a refusal otherwise. */
type Plan = (on: Asking) => RowsOutcome;

/** Tables of the server are known before it is run, those of clients only then. */
export function selectStatement(select: Select, family: FamilySql): Statement {
  const plan = planOf(select, family);
  return (on) => on.done(plan(on));
}

function planOf(select: Select, family: FamilySql): Plan {
  const system = select.tables.map((table) => systemTable(table, family));
  if (system.every((table) => table !== null)) {
    return bindSelect(select, new JoinedTables(family, system), family);
  }
  return (on) => {
    const tables = select.tables.map((table) => systemTable(table, family) ?? clientTable(table, on));
    return bindSelect(select, new JoinedTables(family, tables), family)(on);
  };
}

/** Null: it is none of the server's own. */
function systemTable({ schema, name, alias, using }: SelectedTable, family: FamilySql): NamedTable | null {
  if (schema === null) return null;
  const found = family.tables.get(`${schema}.${name}`.toLowerCase());
  if (found === undefined) return null;
  const { columns, isPublic } = found;
  const rows: VirtualTable['rows'] = (on) => {
    const { user, clientHost, privilege } = on.session;
    if (isPublic || privilege === 'privileged') return found.rows(on);
    throw new SqlRefusal(family.messages.selectDenied(user, clientHost, `${schema}.${name}`));
  };
  return { table: { columns, rows }, alias, using };
}

/** Columns besides the primary key are always NULL: nobody keeps them. */
function clientTable({ schema, name, alias, using }: SelectedTable, on: Asking): NamedTable {
  const table = qualifiedTable(schema, name, on);
  const columns = columnsOf(table, on);
  const locks = on.server.running.gate.locksOf(on.session.id);
  if (locks.length > 0 && !locks.some((lock) => lock.table === table)) throw new SqlRefusal(notLocked(name));
  const others = columns.slice(1).map(() => null);
  const rows = (): readonly Row[] =>
    [...on.server.history.rowsOf(table)].toSorted((a, b) => a - b).map((n) => [n, ...others]);
  return { table: { columns: columns.map(integerColumn), rows }, alias, using };
}

/** `schema.table`. Throws a refusal where no schema is named and none selected. */
export function qualifiedTable(schema: string | null, name: string, { session }: Asking): string {
  const chosen = schema ?? session.schema;
  if (chosen === null) throw new SqlRefusal(noDatabaseSelected());
  return `${chosen}.${name}`;
}

/** Throws a refusal where there is no such table. */
export function columnsOf(table: string, { server }: Asking): readonly string[] {
  const columns = server.history.columnsOf(table);
  if (columns === null) throw new SqlRefusal(noSuchTable(table));
  return columns;
}

/** Where names mean columns of these tables. */
export const scopeOf = (tables: JoinedTables, family: FamilySql): Scope => ({
  family,
  column: (table, name) => tables.column(table, name),
  subquery: (select) => {
    const plan = planOf(select, family);
    return (on) => plan(on).rows[0]?.[0] ?? null;
  },
});

/** For expressions outside of a `SELECT`. */
export const bindAlone = (expression: Expression, family: FamilySql): Bound =>
  bindExpression(expression, scopeOf(new JoinedTables(family, []), family));

function bindSelect(select: Select, tables: JoinedTables, family: FamilySql): Plan {
  const scope = scopeOf(tables, family);
  const items = select.items.flatMap((item) => bindItem(item, tables, scope));
  const columns: readonly SqlColumn[] = items.map(({ name, bound }) => ({ name, type: bound.type }));
  const where = select.where === null ? null : bindExpression(select.where, scope).calculate;
  const order = select.order.map(({ by, isDescending }) => ({
    calculate: bindExpression(by, scope).calculate,
    sign: isDescending ? -1 : 1,
  }));
  const isAggregate = items.some(({ bound }) => bound.isAggregate);
  const answer = (rows: readonly Row[], on: Asking): readonly Row[] => {
    const valuesOf = (row: Row): Row => items.map(({ bound }) => bound.calculate({ row, rows }, on));
    return isAggregate ? [valuesOf(rows[0] ?? [])] : rows.map(valuesOf);
  };
  const inOrder = (rows: readonly Row[], on: Asking): readonly Row[] =>
    rows.toSorted((one, other) => {
      for (const { calculate, sign } of order) {
        const by = orderOf(calculate({ ...NO_ROW, row: one }, on), calculate({ ...NO_ROW, row: other }, on));
        if (by !== 0) return by * sign;
      }
      return 0;
    });
  return (on) => {
    const all = tables.rows(on);
    const wanted = where === null ? all : all.filter((row) => isTrue(where({ ...NO_ROW, row }, on)));
    const sorted = order.length === 0 ? wanted : inOrder(wanted, on);
    const answered = answer(sorted, on);
    const rows = select.isDistinct ? distinct(answered) : answered;
    return rowsOutcome(columns, select.limit === null ? rows : rows.slice(0, select.limit));
  };
}

function distinct(rows: readonly Row[]): readonly Row[] {
  const isSame = (one: Row, other: Row): boolean =>
    one.every((value, index) => orderOf(value, other[index] ?? null) === 0);
  return rows.filter((row, index) => rows.findIndex((earlier) => isSame(earlier, row)) === index);
}

function bindItem(
  { expression, table, name }: SelectItem,
  tables: JoinedTables,
  scope: Scope,
): readonly { readonly name: string; readonly bound: Bound }[] {
  if (expression !== null) return [{ name, bound: bindExpression(expression, scope) }];
  return tables.columns.flatMap(({ column, alias }, index) => {
    if (table !== null && table !== alias) return [];
    const bound: Bound = { type: column.type, isAggregate: false, calculate: ({ row }) => row[index] ?? null };
    return [{ name: column.name, bound }];
  });
}
