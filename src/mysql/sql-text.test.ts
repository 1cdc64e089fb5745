import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, literal, setGlobalVariable } from './sql-text.ts';
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

describe('E4: setting a global variable', () => {
  it.each([
    ['sync_binlog', '1', 'SET GLOBAL sync_binlog = 1'],
    ['long_query_time', '0.5', 'SET GLOBAL long_query_time = 0.5'],
    ['optimizer_search_depth', '-1', 'SET GLOBAL optimizer_search_depth = -1'],
    ['event_scheduler', 'ON', "SET GLOBAL event_scheduler = 'ON'"],
    ['init_connect', '', "SET GLOBAL init_connect = ''"],
    ['init_connect', '1; SELECT 2', "SET GLOBAL init_connect = '1; SELECT 2'"],
    ['init_connect', '1\n', "SET GLOBAL init_connect = '1\n'"],
    ['validate_password.policy', 'STRONG', "SET GLOBAL validate_password.policy = 'STRONG'"],
  ])('%s to %j is %j', (name, value, statement) => {
    expect(setGlobalVariable(name, value)).toBe(statement);
  });

  it.each(['', 'a b', 'a = 1, GLOBAL read_only', 'a.b.c', '.a', 'a.', '1a', "a'", 'a\n', 'a-b', '@@a', 'é'])(
    'sends nothing under the name %j',
    (name) => {
      expect(() => setGlobalVariable(name, '1')).toThrow('not the name of a variable');
    },
  );

  it('keeps any value within its quotes, or within a number', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (value, backslashEscapes) => {
        const { outside } = readLiterals(setGlobalVariable('a', value), backslashEscapes);
        expect(outside).toMatch(/^SET GLOBAL a = (?:'|-?[0-9.]+)$/);
      }),
    );
  });
});
