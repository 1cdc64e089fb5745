/**
 * Statements that write and of which this world keeps nothing but that they happened: `REPLACE`, `UPDATE`, `DELETE`, and changes of schemas and accounts.
 * Of tables it keeps which there are, and their columns' names.
 */
import type { TableChange } from '../../transaction.ts';
import { tableExists, unknownTableToDrop } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import { type Expression, parseExpression } from '../parse/expression.ts';
import { parseTableName } from '../parse/select.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { NO_ROW } from '../select/bind-expression.ts';
import { isTrue } from '../select/compare-values.ts';
import { bindAlone, columnsOf, qualifiedTable } from '../select/run-select.ts';
import type { SqlError } from '../sql-refusal.ts';
import { type Asking, affected, type Execution, type Statement } from '../statement.ts';
import { runWrite, writableTable, writeRefusal } from './write-statement.ts';

type TableName = ReturnType<typeof parseTableName>;

/** `REPLACE [INTO] t …`, `UPDATE t SET …`, `DELETE FROM t …`. */
export function readChangeOfRows(reader: TokenReader, family: FamilySql): Statement {
  const { from } = reader;
  const word = reader.oneOf('REPLACE', 'UPDATE', 'DELETE');
  if (word === 'DELETE') reader.expectWords('FROM');
  if (word === 'REPLACE') reader.words('INTO');
  const { schema, name } = parseTableName(reader);
  if (word === 'UPDATE' && !reader.peekWords('SET')) throw reader.failure();
  const condition = word === 'REPLACE' ? null : readCondition(reader, family);
  const sql = restOf(reader, from);
  return (on) => {
    writableTable(schema, name, on);
    if (condition?.(on) === false) on.done(affected(0));
    else runWrite(on, { kind: 'statement', sql }, 1);
  };
}

/** Of what is joined by `AND` behind `WHERE`, that which asks nothing of the rows: of those nothing is kept, and any is taken to be there. */
function readCondition(reader: TokenReader, family: FamilySql): ((on: Asking) => boolean) | null {
  while (!reader.isStatementEnd && !reader.peekWords('WHERE')) reader.next();
  if (!reader.words('WHERE')) return null;
  const parts = conjuncts(parseExpression(reader)).filter((part) => !namesAColumn(part));
  const bound = parts.map((part) => bindAlone(part, family).calculate);
  return (on) => bound.every((calculate) => isTrue(calculate(NO_ROW, on)));
}

const conjuncts = (condition: Expression): readonly Expression[] =>
  condition.kind === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];

function namesAColumn(part: Expression): boolean {
  switch (part.kind) {
    case 'column':
      return true;
    case 'call':
      return part.args.some(namesAColumn);
    case 'not':
    case 'negative':
    case 'is-null':
      return namesAColumn(part.operand);
    case 'in':
      return [part.operand, ...part.list].some(namesAColumn);
    case 'like':
      return namesAColumn(part.operand) || namesAColumn(part.pattern);
    case 'compare':
    case 'and':
    case 'or':
    case 'calculate':
      return namesAColumn(part.left) || namesAColumn(part.right);
    case 'value':
    case 'variable':
    case 'user-variable':
    case 'select':
      return false;
  }
}

/** `CREATE TABLE`; anything else that is created, altered or granted. */
export function readChangeOfSchema(reader: TokenReader): Statement {
  const { from } = reader;
  if (reader.words('CREATE', 'TABLE')) return readCreateTable(reader, from);
  if (reader.words('DROP', 'TABLE')) return readDropTable(reader, from);
  if (reader.words('TRUNCATE')) return readTruncate(reader, from);
  reader.next();
  // Alone, the first word says nothing.
  if (reader.isStatementEnd) throw reader.failure();
  const sql = restOf(reader, from);
  return (on) => change(on, sql, null, null);
}

function restOf(reader: TokenReader, from: number): string {
  reader.skipStatement();
  return reader.sql.slice(from, reader.to);
}

function readCreateTable(reader: TokenReader, from: number): Statement {
  const isTolerant = reader.words('IF', 'NOT', 'EXISTS');
  const { schema, name } = parseTableName(reader);
  const columns = reader.peekSymbol('(') ? readColumnNames(reader) : [];
  const sql = restOf(reader, from);
  return (on) => {
    const table = qualifiedTable(schema, name, on);
    const isThere = on.server.history.columnsOf(table) !== null;
    const wanted: TableChange = { kind: 'create', table, columns: columns.length === 0 ? USUAL_COLUMNS : columns };
    // MariaDB does not log what has changed nothing (seen on 10.11); MySQL does.
    if (isThere && isTolerant && on.family.family === 'mariadb') on.done(writeRefusal(null, on) ?? affected(0));
    else change(on, sql, wanted, isThere && !isTolerant ? tableExists(table) : null);
  };
}

/** Of a table that is made of another. */
const USUAL_COLUMNS: readonly string[] = ['n'];

/** What stands in the place of a column and is none. */
const NO_COLUMN: ReadonlySet<string> = new Set([
  ...['PRIMARY', 'KEY', 'INDEX', 'UNIQUE', 'CONSTRAINT', 'FOREIGN', 'CHECK', 'FULLTEXT', 'LIKE', 'SELECT'],
]);

function readColumnNames(reader: TokenReader): readonly string[] {
  reader.expectSymbol('(');
  const names = reader.list(() => {
    const { kind, text, upper } = reader.next();
    const isName = kind === 'quoted-name' || (kind === 'word' && !NO_COLUMN.has(upper));
    skipItem(reader);
    return isName ? [text] : [];
  });
  reader.expectSymbol(')');
  return names.flat();
}

/** To the comma behind it, or to the end of the list. */
function skipItem(reader: TokenReader): void {
  for (let depth = 0; depth > 0 || !(reader.peekSymbol(',') || reader.peekSymbol(')')); ) {
    if (reader.peekSymbol(';')) throw reader.failure();
    const { kind, text } = reader.next();
    if (kind === 'symbol') depth += Number(text === '(') - Number(text === ')');
  }
}

function readDropTable(reader: TokenReader, from: number): Statement {
  const isTolerant = reader.words('IF', 'EXISTS');
  const names = reader.list(() => parseTableName(reader));
  const sql = restOf(reader, from);
  return (on) => {
    const tables = qualified(names, on);
    const missing = tables.filter((table) => on.server.history.columnsOf(table) === null);
    const error = missing.length > 0 && !isTolerant ? unknownTableToDrop(missing.join(',')) : null;
    change(on, sql, { kind: 'drop', tables }, error);
  };
}

function readTruncate(reader: TokenReader, from: number): Statement {
  reader.words('TABLE');
  const name = parseTableName(reader);
  const sql = restOf(reader, from);
  return (on) => {
    const tables = qualified([name], on);
    for (const table of tables) columnsOf(table, on);
    change(on, sql, { kind: 'empty', tables }, null);
  };
}

const qualified = (names: readonly TableName[], on: Asking): readonly string[] =>
  names.map(({ schema, name }) => qualifiedTable(schema, name, on));

function change(on: Execution, sql: string, wanted: TableChange | null, error: SqlError | null): void {
  const refusal = writeRefusal(null, on) ?? error;
  if (refusal !== null) on.done(refusal);
  else runWrite(on, wanted === null ? { kind: 'statement', sql } : { kind: 'statement', sql, change: wanted }, 0);
}
