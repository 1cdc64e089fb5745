/**
 * Makes a value fit its column. SQLite takes everything; here a text one character too long, or an error message with a letter that the reference's
 * ASCII columns do not know, would refuse the whole statement, and with it the record of a recovery or the observations of a whole fleet. Pure.
 */
import { NEVER_TEXT } from '../schema/column.ts';
import type { SqlValue } from '../sql-values.ts';
import type { ColumnFact, TextLimit } from './column-facts.ts';

/** What a TIMESTAMP column can hold. MariaDB goes further from 11.5 on; whoever reads it elsewhere does not. */
const FIRST_TIMESTAMP = '1970-01-01 00:00:01';
const LAST_TIMESTAMP = '2038-01-19 03:14:07';

const UNKNOWN_CHARACTER = '?';

/** Characters that a character set lacks; those that are not listed can hold everything, or are nobody's. */
const LACKING: Readonly<Record<string, RegExp>> = {
  ascii: /[^\0-\x7f]/gu,
  latin1: /[^\0-\xff]/gu,
  utf8: /[\u{10000}-\u{10ffff}]/gu,
  utf8mb3: /[\u{10000}-\u{10ffff}]/gu,
};

function fitInteger(value: number | bigint, least: bigint, greatest: bigint): number | bigint {
  if (typeof value === 'number' && !Number.isFinite(value)) return 0;
  if (value < least) return least;
  return value > greatest ? greatest : value;
}

/** Between characters: half of one would be refused. */
function cut(text: string, { unit, count }: TextLimit): string {
  // No character takes more than four bytes, so nothing of this length need be counted.
  if (text.length * (unit === 'bytes' ? 4 : 1) <= count) return text;
  let length = 0;
  let left = count;
  for (const character of text) {
    left -= unit === 'bytes' ? Buffer.byteLength(character) : 1;
    if (left < 0) break;
    length += character.length;
  }
  return text.slice(0, length);
}

function fitText(text: string, charset: string, limit: TextLimit): string {
  const lacking = LACKING[charset];
  return cut(lacking === undefined ? text : text.replace(lacking, UNKNOWN_CHARACTER), limit);
}

function fitTimestamp(text: string): string {
  if (text === '') return NEVER_TEXT;
  if (text < FIRST_TIMESTAMP) return FIRST_TIMESTAMP;
  return text > LAST_TIMESTAMP ? LAST_TIMESTAMP : text;
}

/** What is of another kind than its column stays: it is a slip in our code, and the server says so. */
export function fitValue(value: SqlValue, fact: ColumnFact): SqlValue {
  switch (fact.kind) {
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint'
        ? fitInteger(value, fact.least, fact.greatest)
        : value;
    case 'text':
      return typeof value === 'string' ? fitText(value, fact.charset, fact.limit) : value;
    case 'timestamp':
      return typeof value === 'string' ? fitTimestamp(value) : value;
    case 'other':
      return value;
  }
}
