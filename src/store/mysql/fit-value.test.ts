import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnFact, columnFact } from './column-facts.ts';
import { fitValue } from './fit-value.ts';

const described = (columnType: string, charset: string | null = null, characters = 0, bytes = 0): ColumnFact =>
  columnFact({ dataType: columnType.split(/[ (]/, 1)[0] ?? '', columnType, charset, characters, bytes });

const varchar = (characters: number, charset = 'utf8mb4') =>
  described(`varchar(${characters})`, charset, characters, characters * 4);
const text = (bytes: number, charset = 'utf8mb4') => described('text', charset, bytes, bytes);

describe('numbers', () => {
  it.each([
    ['tinyint', -128, 127],
    ['tinyint(3) unsigned', 0, 255],
    ['smallint(5) unsigned', 0, 65_535],
    ['mediumint', -(2 ** 23), 2 ** 23 - 1],
    ['int unsigned', 0, 2 ** 32 - 1],
    ['INT', -(2 ** 31), 2 ** 31 - 1],
  ])('of %s stay between its bounds', (type, least, greatest) => {
    const fact = described(type);
    for (const inside of [least, 0, greatest]) expect(fitValue(inside, fact)).toBe(inside);
    expect(Number(fitValue(least - 1, fact))).toBe(least);
    expect(Number(fitValue(greatest + 1, fact))).toBe(greatest);
  });

  it('of 64 bits keep every bit', () => {
    const unsigned = described('bigint(20) unsigned');
    expect(fitValue(2n ** 64n - 1n, unsigned)).toBe(2n ** 64n - 1n);
    expect(fitValue(2n ** 64n, unsigned)).toBe(2n ** 64n - 1n);
    expect(fitValue(1e25, unsigned)).toBe(2n ** 64n - 1n);
    expect(fitValue(-1, unsigned)).toBe(0n);
    expect(fitValue(-(2n ** 63n), described('bigint'))).toBe(-(2n ** 63n));
  });

  it('that are none become 0', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(fitValue(odd, described('int'))).toBe(0);
    }
  });
});

describe('texts', () => {
  it('are cut to the characters of a short column and to the bytes of a long one, never within a character', () => {
    expect(fitValue('😀😀😀', varchar(2))).toBe('😀😀');
    expect(fitValue('aé😀', text(7))).toBe('aé😀');
    expect(fitValue('aé😀', text(6))).toBe('aé');
    expect(fitValue('abc', varchar(3))).toBe('abc');
  });

  it('of any kind fit afterwards, and stay as they are where they fitted', () => {
    const column = fc.record({ isLong: fc.boolean(), count: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), column, (value, { isLong, count }) => {
        const fitted = String(fitValue(value, isLong ? text(count) : varchar(count)));
        const sizeOf = (some: string) => (isLong ? Buffer.byteLength(some) : [...some].length);
        expect(sizeOf(fitted)).toBeLessThanOrEqual(count);
        expect(value.startsWith(fitted)).toBe(true);
        if (sizeOf(value) <= count) expect(fitted).toBe(value);
      }),
    );
  });

  it('have a question mark for what the character set of the column lacks', () => {
    const hostile = 'a é 雪 😀';
    expect(fitValue(hostile, text(100, 'ascii'))).toBe('a ? ? ?');
    expect(fitValue(hostile, text(100, 'latin1'))).toBe('a é ? ?');
    expect(fitValue(hostile, text(100, 'utf8mb3'))).toBe('a é 雪 ?');
    expect(fitValue(hostile, text(100, 'utf8mb4'))).toBe(hostile);
  });
});

describe('times', () => {
  const timestamp = described('timestamp');

  it('stay within what a TIMESTAMP can hold', () => {
    expect(fitValue('2026-03-01 12:00:00', timestamp)).toBe('2026-03-01 12:00:00');
    expect(fitValue('9999-12-31 23:59:59', timestamp)).toBe('2038-01-19 03:14:07');
    expect(fitValue('0001-01-01 00:00:00', timestamp)).toBe('1970-01-01 00:00:01');
    expect(fitValue('', timestamp)).toBe('1971-01-01 00:00:00');
  });

  it('in columns that somebody has made wider stay as they are', () => {
    expect(fitValue('2099-01-01 00:00:00', described('datetime'))).toBe('2099-01-01 00:00:00');
  });
});

it('nothing is what it was in every column', () => {
  for (const fact of [described('int'), varchar(1), text(1), described('timestamp'), described('blob')]) {
    expect(fitValue(null, fact)).toBeNull();
  }
});
