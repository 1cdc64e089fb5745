/** Every operation of the contract has a test that is named after it (spec/topology-operations.md 3). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PANIC_STOP } from './operations-document/numbers.ts';

const ROOT = new URL('..', import.meta.url).pathname;

const OPERATIONS = Array.from({ length: PANIC_STOP - 1 }, (_, index) => `O${index + 1}`);

/** Titles of tests and of what they are gathered under: the first argument, a text, after `it`, `test` or `describe` in any form. What is never run proves nothing. */
const TITLE =
  /\b(?:it|test|describe)(?:\.(?!skip\b|todo\b)\w+(?:\([^)]*\))?)*\(\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`)/g;

const titlesOf = (source: string): readonly string[] =>
  [...source.matchAll(TITLE)].map(([, single = '', double = '', template = '']) => single || double || template);

/** The numbers in front of the colon: `O1: …`, `O23, O24: …`, `2.6, O51: …`; a letter behind the number is a part of it (`O3a`). */
function numbersOf(title: string): readonly string[] {
  const front = title.slice(0, Math.max(0, title.indexOf(':')));
  return front.split(/[,\s]+/).flatMap((word) => /^(O\d+)[a-z]?$/.exec(word)?.[1] ?? []);
}

function testFiles(): readonly string[] {
  return ['src', 'test', 'script'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => join(ROOT, folder, path)),
  );
}

describe('tests named after operations', () => {
  const named = new Set(testFiles().flatMap((path) => titlesOf(readFileSync(path, 'utf8')).flatMap(numbersOf)));

  it('there is one for every number of the contract', () => {
    expect(OPERATIONS.filter((number) => !named.has(number))).toEqual([]);
  });

  it('those that are never run do not count', () => {
    expect(titlesOf("it.skip('O1: one', …); it.todo('O2: two'); describe.skip('O3: three', …)")).toEqual([]);
  });

  it('numbers are read in front of the colon alone', () => {
    expect(titlesOf('it(\'O1: one\', …); it.each(things)(`O2, O3a: two`, …); describe("none", …)')).toEqual([
      'O1: one',
      'O2, O3a: two',
      'none',
    ]);
    expect(numbersOf('O23, O24: moves up')).toEqual(['O23', 'O24']);
    expect(numbersOf('2.6, O51: as O52 does')).toEqual(['O51']);
    expect(numbersOf('as O52 does')).toEqual([]);
  });
});
