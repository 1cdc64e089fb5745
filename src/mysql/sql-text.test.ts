import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, literal } from './sql-text.ts';
import { readLiterals } from './testing.ts';

const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom("'", '\\', '"', '`', ';', '-', '\n', '\0', 'é', 'x') }),
);

describe('a literal', () => {
  it('cannot be left by any value, in a session of either mode', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (value, backslashEscapes) => {
        expect(readLiterals(`${literal(value)} AND 1`, backslashEscapes).outside).toBe("' AND 1");
      }),
    );
  });

  it('means exactly the value where backslashes escape', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(readLiterals(literal(value), true).inside).toEqual([value]);
      }),
    );
  });

  it('is readable for what is usual', () => {
    expect(literal('db1.example')).toBe("'db1.example'");
    expect(literal("o'neil\\")).toBe("'o''neil\\\\'");
  });
});

describe('an integer', () => {
  it('goes in as it is, and nothing else does', () => {
    expect(integer(3306)).toBe('3306');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1.5, 2 ** 60]) expect(() => integer(value)).toThrow();
  });
});
