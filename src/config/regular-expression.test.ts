import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translateRe2 } from './re2-translation.ts';
import { compileRegularExpression, findsMatch } from './regular-expression.ts';

describe('patterns in RE2 syntax', () => {
  it.each([
    ['db', 'my-db-1', true],
    ['^db$', 'my-db', false],
    ['(?i)^DB', 'db1', true],
    ['a(?i)B', 'ab', true],
    ['a(?i)B', 'Ab', false],
    ['(?i:A)b', 'ab', true],
    ['(?i:A)b', 'aB', false],
    ['(a(?i)b)C', 'aBC', true],
    ['(a(?i)b)C', 'aBc', false],
    ['(?i)[a-c]+$', 'ABC', true],
    ['(?i)[^a]$', 'A', false],
    ['(?i-i)A', 'a', false],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['a.b', 'a\rb', true],
    ['^.$', '😀', true],
    ['^[^a]$', '😀', true],
    ['[😀-😂]', '😁', true],
    ['[😀-😂]', '😃', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['^b$', 'a\nb', false],
    ['a$', 'a\n', false],
    ['\\Aa\\z', 'a', true],
    ['\\Qa.b*\\E+', 'xa.b**', true],
    ['\\Qa.b\\E', 'axb', false],
    ['[[:alpha:]]+[[:^digit:]]', 'ab', true],
    ['[[:digit:]-]+x', '1-2x', true],
    ['[]a]', ']', true],
    ['[^]a]', ']', false],
    ['[a-]', '-', true],
    ['(?P<dc>a)(?<host>b)', 'ab', true],
    ['^\\d{1,3}\\.\\d+$', '10.3', true],
    ['\\s', '\v', false],
    ['\\w', 'é', false],
    ['\\bdb\\b', 'a db-1', true],
    ['\\p{Greek}', 'α', true],
    ['\\pL', '1', false],
    ['\\P{Lu}', 'A', false],
    ['\\x{1F600}', '😀', true],
    ['\\x41\\101', 'AA', true],
    ['a{,3}', 'a{,3}', true],
    ['{', '{', true],
    ['x]', 'x]', true],
    ['a|b|', '', true],
    ['(|a)b', 'b', true],
    ['^*a', 'ba', true],
    ['\\_\\-\\/', '_-/', true],
    ['(?i)straße', 'STRAßE', true],
    ['(?i)k', '\u212a', true],
    ['(?i)i', 'ı', false],
  ])('%s on %j is %s', (pattern, text, result) => {
    expect(compileRegularExpression(pattern)).toMatchObject({ kind: 'compiled' });
    expect(findsMatch(pattern, text)).toBe(result);
  });

  it.each([
    '*',
    '+a',
    'a**',
    'a{2}{3}',
    '(',
    ')',
    '(a',
    'a)',
    '[a',
    '[]',
    '[b-a]',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(a)\\1',
    '\\',
    '\\k',
    '\\Z',
    '\\C',
    '(?P<n>a)(?P<n>b)',
    '(?P<>a)',
    '(?P=n)',
    '(?x)a',
    'a{1001}',
    '(a{100}){100}',
    'a{3,2}',
    '{2}',
    '(?i)*',
    '\\p{Nonsense}',
    '[[:nonsense:]]',
    '\\x{110000}',
    '(?i-)a',
  ])('%s is no RE2 pattern: it is refused and matches nothing', (pattern) => {
    expect(compileRegularExpression(pattern)).toMatchObject({ kind: 'refused' });
    expect(findsMatch(pattern, pattern)).toBe(false);
  });

  it('gives the groups of the first match', () => {
    const compiled = compileRegularExpression('[.]([a-z]+)[.](x)?');
    const groups = compiled.kind === 'compiled' ? compiled.expression.groups : () => null;
    expect(groups('db1.east.example.com')).toEqual(['east', '']);
    expect(groups('db1')).toBeNull();
  });

  it('never throws, and an escaped text always finds itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const wellFormed = text.toWellFormed();
        findsMatch(wellFormed, wellFormed);
        expect(findsMatch(wellFormed.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'), wellFormed)).toBe(true);
      }),
    );
  });

  it('answers as plain JavaScript where the two syntaxes agree', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'A',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '^',
      '$',
      '\\b',
      '(a|b)',
      '(?:ab|)',
      'a*',
      'b+?',
      'a{1,2}',
    );
    const pattern = fc.array(atom, { maxLength: 6 }).map((atoms) => atoms.join(''));
    const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', '-', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, subject, fc.boolean(), (source, text, ignoreCase) => {
        const dotNeutral = text.replaceAll('\r', '');
        const expected = new RegExp(source, ignoreCase ? 'i' : '').test(dotNeutral);
        expect(findsMatch(ignoreCase ? `(?i)${source}` : source, dotNeutral)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('runs in linear time, also with (?i)', () => {
    const compiled = compileRegularExpression('(?i)^(x+x+)+y');
    expect(compiled).toMatchObject({ expression: { engine: 'linear' } });
    expect(findsMatch('(?i)^(x+x+)+y', 'X'.repeat(5000))).toBe(false);
  });

  it('falls back to the ordinary engine for repetitions the linear one cannot count', () => {
    expect(compileRegularExpression('^a{999}$')).toMatchObject({ expression: { engine: 'backtracking' } });
    expect(findsMatch('^a{999}$', 'a'.repeat(999))).toBe(true);
    expect(findsMatch('^a{999}$', 'a'.repeat(998))).toBe(false);
  });
});

it('translates to source without syntax from the pattern', () => {
  expect(translateRe2('/a.b\n/')).toMatchObject({ kind: 'translated' });
});
