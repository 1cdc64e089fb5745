/**
 * `INSERT … VALUES`: the first value of each row is its primary key; the others are not kept. Where it is no whole number, nobody looks at the rows.
 */
import type { Write } from '../../transaction.ts';
import { columnCountMismatch } from '../errors.ts';
import { parseTableName } from '../parse/select.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import type { Statement } from '../statement.ts';
import { runWrite, writableTable } from './write-statement.ts';

/** A transaction with such a text goes over the network in two pieces. */
const LARGE_STATEMENT_CHARS = 65_536;

interface InsertedRow {
  /** Null: no whole number. */
  readonly key: number | null;
  readonly valueCount: number;
}

export function readInsert(reader: TokenReader): Statement {
  const { from } = reader;
  reader.expectWords('INSERT');
  reader.words('INTO');
  const { schema, name } = parseTableName(reader);
  const columnCount = reader.peekSymbol('(') ? readColumns(reader) : null;
  if (!reader.words('VALUES')) reader.expectWords('VALUE');
  const rows = reader.list(() => readRow(reader));
  const sql = reader.sql.slice(from, reader.to);
  const isLarge = sql.length >= LARGE_STATEMENT_CHARS || /\bREPEAT\s*\(/i.test(sql);
  const wrongRow = columnCount === null ? -1 : rows.findIndex(({ valueCount }) => valueCount !== columnCount);
  return (on) => {
    const table = writableTable(schema, name, on);
    if (wrongRow >= 0) on.done(columnCountMismatch(wrongRow + 1));
    else runWrite(on, writeOf(table, rows, sql), rows.length, { isLarge });
  };
}

function readColumns(reader: TokenReader): number {
  reader.expectSymbol('(');
  const names = reader.list(() => reader.name());
  reader.expectSymbol(')');
  return names.length;
}

function readRow(reader: TokenReader): InsertedRow {
  reader.expectSymbol('(');
  const key = readKey(reader);
  let valueCount = 1;
  for (let depth = 0; depth > 0 || !reader.peekSymbol(')'); ) {
    if (depth === 0 && reader.peekSymbol(',')) valueCount += 1;
    if (reader.peekSymbol(';')) throw reader.failure();
    const { kind, text } = reader.next();
    if (kind === 'symbol') depth += Number(text === '(') - Number(text === ')');
  }
  reader.expectSymbol(')');
  return { key, valueCount };
}

function readKey(reader: TokenReader): number | null {
  const sign = reader.symbol('-') ? -1 : 1;
  const token = reader.next();
  const isAlone = reader.peekSymbol(',') || reader.peekSymbol(')');
  const key = token.kind === 'number' || token.kind === 'text' ? Number(token.text) : Number.NaN;
  return isAlone && Number.isSafeInteger(key) ? sign * key : null;
}

function writeOf(table: string, rows: readonly InsertedRow[], sql: string): Write {
  const keys = rows.flatMap(({ key }) => key ?? []);
  return keys.length === rows.length ? { kind: 'rows', table, rows: keys } : { kind: 'statement', sql };
}
