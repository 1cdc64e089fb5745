import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePosition, type JsonValue, readJson } from './json-reader.ts';

function plain(value: JsonValue): unknown {
  if (value.kind === 'null') return null;
  if (value.kind === 'number') return Number(value.spelling);
  if (value.kind === 'array') return value.items.map(plain);
  if (value.kind === 'object')
    return Object.fromEntries(value.members.map((member) => [member.name, plain(member.value)]));
  return value.value;
}

function read(text: string): unknown {
  const reading = readJson(text);
  return reading.kind === 'read' ? plain(reading.value) : `malformed at ${reading.offset}`;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('readJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.boolean(), (value, indented) => {
        const text = JSON.stringify(value, null, indented ? 2 : 0);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('reads a text to its end exactly when JSON.parse accepts it', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '"a":',
      '\\',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
    );
    const mutated = fc.tuple(fc.jsonValue(), fc.nat(), fragment).map(([value, at, inserted]) => {
      const text = JSON.stringify(value);
      return text.slice(0, at % text.length) + inserted + text.slice(at % text.length);
    });
    const assembled = fc.array(fragment, { maxLength: 8 }).map((fragments) => fragments.join(''));
    fc.assert(
      fc.property(fc.oneof(mutated, assembled), (text) => {
        const reading = readJson(text);
        expect(reading.kind === 'read' && /^[ \t\r\n]*$/.test(text.slice(reading.end))).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps duplicates in order and numbers as spelled', () => {
    const reading = readJson('{"a": 18446744073709551615, "a": 1.50}');
    expect(reading).toMatchObject({
      value: { members: [{ name: 'a', value: { spelling: '18446744073709551615' } }, { value: { spelling: '1.50' } }] },
    });
  });

  it.each([
    ["{'a': 1}", 1],
    ['{"a": 1 // no\n}', 8],
    ['{"a" 1}', 5],
    ['[1,]', 3],
    ['["a\nb"]', 3],
    ['["\\x"]', 2],
    ['01', 1],
    ['1.', 1],
    ['-', 0],
    ['["abc', 1],
    ['', 0],
    ['\ufeff{}', 0],
  ])('refuses %j at offset %i', (text, offset) => {
    expect(readJson(text)).toMatchObject({ kind: 'malformed', offset });
  });

  it('refuses bottomless nesting instead of running out of stack', () => {
    expect(readJson('['.repeat(100_000))).toMatchObject({ kind: 'malformed' });
  });

  it('replaces lone surrogates and keeps pairs', () => {
    expect(read('["\\ud800", "\\ud83d\\ude00"]')).toEqual(['\ufffd', '😀']);
  });
});

it('positions count lines and columns from 1', () => {
  expect(describePosition('ab\ncd', 0)).toBe('line 1, column 1');
  expect(describePosition('ab\ncd', 4)).toBe('line 2, column 2');
});
