import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactInteger, type Json, writeJson } from './json.ts';

describe('writeJson', () => {
  it('escapes what would be markup in a page, and stays the same value', () => {
    expect(writeJson('<b>&\u2028\u2029')).toBe('"\\u003cb\\u003e\\u0026\\u2028\\u2029"');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = writeJson(value as Json);
        expect(written).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes every digit of a 64-bit integer', () => {
    expect(writeJson({ SemiSyncMasterTimeout: exactInteger(18446744073709551615n) })).toBe(
      '{"SemiSyncMasterTimeout":18446744073709551615}',
    );
    expect(writeJson(exactInteger(-9223372036854775808n))).toBe('-9223372036854775808');
  });

  it('writes an integer within 2^53 as the number it is', () => {
    expect(exactInteger(10000n)).toBe(10000);
  });
});
