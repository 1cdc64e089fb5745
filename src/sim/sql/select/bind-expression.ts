/**
 * Expressions with their names looked up, ready to be calculated for a row. Throws a refusal for names that nobody knows.
 */
import type { SqlColumn, SqlValue } from '../../sql-session.ts';
import { noSuchFunction, sessionVariable, unknownVariable } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { Comparison, Expression } from '../parse/expression.ts';
import type { Select } from '../parse/select.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import type { Asking } from '../statement.ts';
import { variableValue } from '../system-variable.ts';
import { compareValues, isTrue, numberOf } from './compare-values.ts';
import { AGGREGATES, FUNCTIONS } from './functions.ts';
import { likePattern } from './like-pattern.ts';

export interface RowContext {
  readonly row: readonly SqlValue[];
  /** All that fulfil the condition; for aggregates. */
  readonly rows: readonly (readonly SqlValue[])[];
}

export type Calculate = (context: RowContext, on: Asking) => SqlValue;

export interface Bound {
  readonly type: SqlColumn['type'];
  /** It is one value of all rows. */
  readonly isAggregate: boolean;
  readonly calculate: Calculate;
}

/** What names mean. */
export interface Scope {
  readonly family: FamilySql;
  /** Throws a refusal when there is none. */
  column(table: string | null, name: string): { readonly index: number; readonly type: SqlColumn['type'] };
  /** First value of the first row. */
  subquery(select: Select): (on: Asking) => SqlValue;
}

export const NO_ROW: RowContext = { row: [], rows: [] };

const flag = (is: boolean | null): SqlValue => (is === null ? null : Number(is));

const bound = (type: SqlColumn['type'], calculate: Calculate, ...of: readonly Bound[]): Bound => ({
  type,
  isAggregate: of.some(({ isAggregate }) => isAggregate),
  calculate,
});

export function bindExpression(expression: Expression, scope: Scope): Bound {
  switch (expression.kind) {
    case 'value': {
      const { value } = expression;
      return bound(typeof value === 'string' ? 'text' : 'integer', () => value);
    }
    case 'column': {
      const { index, type } = scope.column(expression.table, expression.name);
      return bound(type, ({ row }) => row[index] ?? null);
    }
    case 'variable':
      return bindVariable(expression, scope);
    case 'user-variable': {
      const { name } = expression;
      return bound('text', (_, { session }) => session.userVariables.get(name) ?? null);
    }
    case 'call':
      return bindCall(expression, scope);
    case 'select': {
      const subquery = scope.subquery(expression.select);
      return bound('text', (_, on) => subquery(on));
    }
    case 'negative':
    case 'not':
    case 'is-null':
      return bindUnary(expression.kind, bindExpression(expression.operand, scope));
    default:
      return bindOperator(expression, scope);
  }
}

function bindUnary(kind: 'negative' | 'not' | 'is-null', operand: Bound): Bound {
  const calculate = operand.calculate;
  switch (kind) {
    case 'negative':
      return bound('integer', (context, on) => negative(calculate(context, on)), operand);
    case 'not':
      return bound('integer', (context, on) => notOf(calculate(context, on)), operand);
    case 'is-null':
      return bound('integer', (context, on) => flag(calculate(context, on) === null), operand);
  }
}

const negative = (value: SqlValue): SqlValue => (value === null ? null : -numberOf(value));

const notOf = (value: SqlValue): SqlValue => (value === null ? null : flag(!isTrue(value)));

type Operator = Extract<Expression, { kind: 'compare' | 'and' | 'or' | 'calculate' | 'in' | 'like' }>;

function bindOperator(expression: Operator, scope: Scope): Bound {
  const bind = (part: Expression): Bound => bindExpression(part, scope);
  switch (expression.kind) {
    case 'compare': {
      const [left, right] = [bind(expression.left), bind(expression.right)];
      const holds = COMPARE[expression.operator];
      return bound(
        'integer',
        (context, on) => {
          const order = compareValues(left.calculate(context, on), right.calculate(context, on));
          return flag(order === null ? null : holds(order));
        },
        left,
        right,
      );
    }
    case 'and':
    case 'or': {
      const [left, right] = [bind(expression.left), bind(expression.right)];
      const deciding = expression.kind === 'or';
      return bound(
        'integer',
        (context, on) => {
          const first = left.calculate(context, on);
          if (first !== null && isTrue(first) === deciding) return flag(deciding);
          const second = right.calculate(context, on);
          if (second !== null && isTrue(second) === deciding) return flag(deciding);
          return first === null || second === null ? null : flag(!deciding);
        },
        left,
        right,
      );
    }
    case 'calculate': {
      const [left, right] = [bind(expression.left), bind(expression.right)];
      const work = CALCULATE[expression.operator];
      return bound(
        'integer',
        (context, on) => {
          const [one, other] = [left.calculate(context, on), right.calculate(context, on)];
          return one === null || other === null ? null : work(numberOf(one), numberOf(other));
        },
        left,
        right,
      );
    }
    case 'in':
      return bindIn(bind(expression.operand), expression.list.map(bind));
    case 'like': {
      const [operand, pattern] = [bind(expression.operand), bind(expression.pattern)];
      return bound(
        'integer',
        (context, on) => {
          const [text, like] = [operand.calculate(context, on), pattern.calculate(context, on)];
          return text === null || like === null ? null : flag(likePattern(String(like)).test(String(text)));
        },
        operand,
        pattern,
      );
    }
  }
}

const COMPARE: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const CALCULATE: Readonly<Record<'+' | '-' | '*', (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
};

function bindIn(operand: Bound, list: readonly Bound[]): Bound {
  return bound(
    'integer',
    (context, on) => {
      const value = operand.calculate(context, on);
      if (value === null) return null;
      return flag(list.some((item) => compareValues(value, item.calculate(context, on)) === 0));
    },
    operand,
    ...list,
  );
}

function bindVariable({ name, scope }: Extract<Expression, { kind: 'variable' }>, { family }: Scope): Bound {
  const found = family.variables.get(name);
  if (found === undefined) throw new SqlRefusal(unknownVariable(name));
  if (scope === 'global' && found.scope === 'session') throw new SqlRefusal(sessionVariable(name));
  return bound(found.kind === 'text' ? 'text' : 'integer', (_, on) => variableValue(found, scope, on));
}

/** Functions whose type is that of their arguments. */
const AS_ARGUMENTS: ReadonlySet<string> = new Set(['COALESCE', 'IFNULL']);

function bindCall({ name, args, ofAll }: Extract<Expression, { kind: 'call' }>, scope: Scope): Bound {
  const bounds = args.map((arg) => bindExpression(arg, scope));
  const aggregate = AGGREGATES.get(name);
  if (aggregate !== undefined) {
    const [of] = bounds;
    const each: Calculate = ofAll || of === undefined ? () => 1 : of.calculate;
    const calculate: Calculate = ({ rows }, on) => aggregate(rows.map((row) => each({ row, rows }, on)));
    return { type: 'integer', isAggregate: true, calculate };
  }
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw new SqlRefusal(noSuchFunction(name));
  const type = AS_ARGUMENTS.has(name) ? (bounds[0]?.type ?? 'text') : found.type;
  return bound(
    type,
    (context, on) =>
      found.call(
        bounds.map(({ calculate }) => calculate(context, on)),
        on,
      ),
    ...bounds,
  );
}
