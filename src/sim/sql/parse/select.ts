/**
 * `SELECT` as a tree: columns, tables joined by columns of equal names, a condition, an order, a limit.
 */
import { type Expression, parseExpression } from './expression.ts';
import type { TokenReader } from './token-reader.ts';

export interface SelectItem {
  /** Null: `*`, or `t.*` with the table's name. */
  readonly expression: Expression | null;
  readonly table: string | null;
  /** What the column of the answer is called. */
  readonly name: string;
}

export interface SelectedTable {
  readonly schema: string | null;
  readonly name: string;
  /** By which the statement refers to it, lower case. */
  readonly alias: string;
  /** Columns that are equal in this and the tables before it, lower case. */
  readonly using: readonly string[];
}

export interface Select {
  readonly isDistinct: boolean;
  readonly items: readonly SelectItem[];
  readonly tables: readonly SelectedTable[];
  readonly where: Expression | null;
  readonly order: readonly { readonly by: Expression; readonly isDescending: boolean }[];
  readonly limit: number | null;
}

/** Begins at `SELECT`. */
export function parseSelect(reader: TokenReader): Select {
  reader.expectWords('SELECT');
  const isDistinct = reader.words('DISTINCT');
  const items = reader.list(() => parseItem(reader));
  const tables = reader.words('FROM') && !reader.words('DUAL') ? parseTables(reader) : [];
  const where = reader.words('WHERE') ? parseExpression(reader) : null;
  const order = reader.words('ORDER', 'BY') ? reader.list(() => parseOrder(reader)) : [];
  const limit = reader.words('LIMIT') ? parseLimit(reader) : null;
  return { isDistinct, items, tables, where, order, limit };
}

function parseItem(reader: TokenReader): SelectItem {
  if (reader.symbol('*')) return { expression: null, table: null, name: '*' };
  if (reader.peekSymbol('.', 1) && reader.peekSymbol('*', 2)) {
    const table = reader.name().toLowerCase();
    reader.expectSymbol('.');
    reader.expectSymbol('*');
    return { expression: null, table, name: '*' };
  }
  const { from } = reader;
  const expression = parseExpression(reader);
  return {
    expression,
    table: null,
    name: parseAlias(reader) ?? usualName(expression, reader.sql.slice(from, reader.to)),
  };
}

/** As servers call a column without an alias: by its own name, else by the text as it was written. */
function usualName(expression: Expression, text: string): string {
  if (expression.kind === 'column') return expression.name;
  return expression.kind === 'value' && typeof expression.value === 'string' ? expression.value : text;
}

/** Words that go on with the statement; anything else behind an expression is an alias. */
const NO_ALIAS: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'ORDER',
  'LIMIT',
  'JOIN',
  'INNER',
  'USING',
  'ON',
  'UNION',
]);

function parseAlias(reader: TokenReader): string | null {
  const isMarked = reader.words('AS');
  const token = reader.peek();
  if (token === null || token.kind === 'symbol' || token.kind === 'number') {
    if (isMarked) throw reader.failure();
    return null;
  }
  if (!isMarked && token.kind === 'word' && NO_ALIAS.has(token.upper)) return null;
  reader.next();
  return token.text;
}

function parseTables(reader: TokenReader): readonly SelectedTable[] {
  const tables = [parseTable(reader)];
  while (reader.words('JOIN') || reader.words('INNER', 'JOIN')) {
    const table = parseTable(reader);
    reader.expectWords('USING');
    reader.expectSymbol('(');
    const using = reader.list(() => reader.name().toLowerCase());
    reader.expectSymbol(')');
    tables.push({ ...table, using });
  }
  return tables;
}

function parseTable(reader: TokenReader): SelectedTable {
  const { schema, name } = parseTableName(reader);
  const alias = parseAlias(reader) ?? name;
  return { schema, name, alias: alias.toLowerCase(), using: [] };
}

export function parseTableName(reader: TokenReader): { readonly schema: string | null; readonly name: string } {
  const first = reader.name();
  return reader.symbol('.') ? { schema: first, name: reader.name() } : { schema: null, name: first };
}

function parseOrder(reader: TokenReader): { readonly by: Expression; readonly isDescending: boolean } {
  const by = parseExpression(reader);
  const isDescending = reader.words('DESC');
  if (!isDescending) reader.words('ASC');
  return { by, isDescending };
}

function parseLimit(reader: TokenReader): number {
  const token = reader.next();
  if (token.kind !== 'number') throw reader.failure(-1);
  return Number(token.text);
}
