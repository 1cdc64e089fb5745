/**
 * Expressions as trees. Only what clients of a topology manager write: literals, variables, columns, comparisons, a few functions, one-value subqueries.
 */
import type { SqlValue } from '../../sql-session.ts';
import { parseSelect, type Select } from './select.ts';
import type { TokenReader } from './token-reader.ts';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'value'; readonly value: SqlValue }
  /** `@@name`; scope null: the session's, or the global one where sessions have none. */
  | { readonly kind: 'variable'; readonly scope: 'global' | 'session' | null; readonly name: string }
  | { readonly kind: 'user-variable'; readonly name: string }
  | { readonly kind: 'column'; readonly table: string | null; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly ofAll: boolean }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not' | 'negative' | 'is-null'; readonly operand: Expression }
  | {
      readonly kind: 'calculate';
      readonly operator: '+' | '-' | '*';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'like'; readonly operand: Expression; readonly pattern: Expression }
  | { readonly kind: 'select'; readonly select: Select };

export function parseExpression(reader: TokenReader): Expression {
  let left = parseAnd(reader);
  while (reader.words('OR')) left = { kind: 'or', left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: TokenReader): Expression {
  let left = parseNot(reader);
  while (reader.words('AND')) left = { kind: 'and', left, right: parseNot(reader) };
  return left;
}

function parseNot(reader: TokenReader): Expression {
  return reader.words('NOT') ? { kind: 'not', operand: parseNot(reader) } : parsePredicate(reader);
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

function parsePredicate(reader: TokenReader): Expression {
  const operand = parseSum(reader);
  const token = reader.peek();
  const operator = token?.kind === 'symbol' ? COMPARISONS.get(token.text) : undefined;
  if (operator !== undefined) {
    reader.next();
    return { kind: 'compare', operator, left: operand, right: parseSum(reader) };
  }
  if (reader.words('IS')) {
    const isNegated = reader.words('NOT');
    reader.expectWords('NULL');
    return negated(isNegated, { kind: 'is-null', operand });
  }
  const isNegated = reader.words('NOT');
  if (reader.words('LIKE')) return negated(isNegated, { kind: 'like', operand, pattern: parseSum(reader) });
  if (reader.words('IN')) {
    reader.expectSymbol('(');
    const list = reader.list(() => parseExpression(reader));
    reader.expectSymbol(')');
    return negated(isNegated, { kind: 'in', operand, list });
  }
  if (isNegated) throw reader.failure();
  return operand;
}

const negated = (isNegated: boolean, operand: Expression): Expression =>
  isNegated ? { kind: 'not', operand } : operand;

const CALCULATIONS = ['+', '-', '*'] as const;

function parseSum(reader: TokenReader): Expression {
  let left = parsePrimary(reader);
  for (;;) {
    const operator = CALCULATIONS.find((symbol) => reader.symbol(symbol));
    if (operator === undefined) return left;
    left = { kind: 'calculate', operator, left, right: parsePrimary(reader) };
  }
}

function parsePrimary(reader: TokenReader): Expression {
  if (reader.symbol('(')) return parseParenthesised(reader);
  if (reader.symbol('-')) return { kind: 'negative', operand: parsePrimary(reader) };
  if (reader.symbol('@@')) return parseSystemVariable(reader);
  if (reader.symbol('@')) return { kind: 'user-variable', name: reader.name().toLowerCase() };
  const token = reader.next();
  switch (token.kind) {
    case 'text':
      return { kind: 'value', value: token.text };
    case 'number':
      return { kind: 'value', value: Number(token.text) };
    case 'word':
    case 'quoted-name':
      return parseNamed(reader, token.text, token.kind === 'word' ? token.upper : '');
    case 'symbol':
      throw reader.failure(-1);
  }
}

function parseParenthesised(reader: TokenReader): Expression {
  const inner: Expression = reader.peekWords('SELECT')
    ? { kind: 'select', select: parseSelect(reader) }
    : parseExpression(reader);
  reader.expectSymbol(')');
  return inner;
}

const SCOPES: ReadonlyMap<string, 'global' | 'session'> = new Map([
  ['GLOBAL', 'global'],
  ['SESSION', 'session'],
  ['LOCAL', 'session'],
]);

function parseSystemVariable(reader: TokenReader): Expression {
  const first = reader.name();
  const scope = SCOPES.get(first.toUpperCase());
  if (scope === undefined || !reader.symbol('.')) return { kind: 'variable', scope: null, name: first.toLowerCase() };
  return { kind: 'variable', scope, name: reader.name().toLowerCase() };
}

const CONSTANTS: ReadonlyMap<string, SqlValue> = new Map([
  ['NULL', null],
  ['TRUE', 1],
  ['FALSE', 0],
]);

/** Words that end an expression; a column of such a name has to be quoted. */
const RESERVED: ReadonlySet<string> = new Set(['FROM', 'WHERE', 'AND', 'OR', 'AS', 'ORDER', 'LIMIT', 'JOIN', 'SELECT']);

function parseNamed(reader: TokenReader, text: string, upper: string): Expression {
  const constant = CONSTANTS.get(upper);
  if (constant !== undefined) return { kind: 'value', value: constant };
  if (RESERVED.has(upper)) throw reader.failure(-1);
  if (reader.symbol('(')) return parseCall(reader, upper);
  if (reader.symbol('.')) return { kind: 'column', table: text.toLowerCase(), name: reader.name() };
  return { kind: 'column', table: null, name: text };
}

function parseCall(reader: TokenReader, name: string): Expression {
  if (reader.symbol('*')) {
    reader.expectSymbol(')');
    return { kind: 'call', name, args: [], ofAll: true };
  }
  const args = reader.peekSymbol(')') ? [] : reader.list(() => parseExpression(reader));
  reader.expectSymbol(')');
  return { kind: 'call', name, args, ofAll: false };
}
