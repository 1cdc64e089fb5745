/**
 * What the driver hands out for a packet of statements, as one answer a statement: rows, or what a write came to.
 */

export type Row = Record<string, unknown>;

export interface StatementAnswer {
  /** None of a statement that gives none. */
  readonly rows: readonly Row[];
  /** Found by an update, whether it changed them or not. */
  readonly affectedRows: bigint;
  /** Null: nothing was numbered. */
  readonly insertId: bigint | null;
}

/** The protocol's number of 64-bit integer columns. */
const LONGLONG = 8;

interface Field {
  readonly name: string;
  readonly columnType: number;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isField = (value: unknown): value is Field =>
  isObject(value) && 'name' in value && typeof value.name === 'string' && 'columnType' in value;

const fieldsOf = (value: unknown): readonly Field[] => (Array.isArray(value) ? value.filter(isField) : []);

/** Of one statement the driver gives the fields as they are, or nothing; of several a list with one entry each. */
const isOfSeveral = (fields: unknown): fields is unknown[] => Array.isArray(fields) && !fields.every(isField);

const bigintOf = (value: unknown): bigint =>
  typeof value === 'number' || typeof value === 'string' ? BigInt(value) : 0n;

function writeAnswer(header: object): StatementAnswer {
  const insertId = 'insertId' in header ? bigintOf(header.insertId) : 0n;
  return {
    rows: [],
    affectedRows: 'affectedRows' in header ? bigintOf(header.affectedRows) : 0n,
    insertId: insertId === 0n ? null : insertId,
  };
}

const isRow = (value: unknown): value is Row => isObject(value);

/** Numbers where exact, bigints beyond 2^53, which the driver gives as texts. */
function rowsAnswer(rows: readonly unknown[], fields: readonly Field[]): StatementAnswer {
  const found = rows.filter(isRow);
  for (const { name, columnType } of fields) {
    if (columnType !== LONGLONG) continue;
    for (const row of found) {
      const value = row[name];
      if (typeof value === 'string') row[name] = BigInt(value);
    }
  }
  return { rows: found, affectedRows: 0n, insertId: null };
}

function answerOf(result: unknown, fields: unknown): StatementAnswer {
  if (Array.isArray(result)) return rowsAnswer(result, fieldsOf(fields));
  return writeAnswer(isObject(result) ? result : {});
}

export function answersOf(results: unknown, fields: unknown): readonly StatementAnswer[] {
  if (!isOfSeveral(fields) || !Array.isArray(results)) return [answerOf(results, fields)];
  return results.map((result, index) => answerOf(result, fields[index]));
}
