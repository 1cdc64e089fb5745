import { describe, expect, it } from 'vitest';
import { flagListing, parseFlags } from './flag-parser.ts';

const TABLE = {
  alias: { type: 'string', default: '', meaning: 'cluster alias' },
  i: { type: 'string', default: '', meaning: 'instance' },
  noop: { type: 'bool', default: false, meaning: 'dry run' },
  discovery: { type: 'bool', default: true, meaning: 'discover' },
  rule: { type: 'string', default: 'prefer', meaning: 'promotion rule' },
} as const;

function parse(...words: string[]): unknown {
  const result = parseFlags(words, TABLE);
  return result.kind === 'parsed' ? { ...Object.fromEntries(result.values), words: result.words } : result;
}

describe('parseFlags', () => {
  it.each([
    ['one dash and two are the same', ['-alias', 'pay', '--i', 'db'], { alias: 'pay', i: 'db', words: [] }],
    ['a value may be attached', ['--alias=pay', '-i=db'], { alias: 'pay', i: 'db', words: [] }],
    ['an attached value may hold equals signs', ['--alias=a=b'], { alias: 'a=b', words: [] }],
    ['a value may look like a flag', ['-i', '-alias', 'x'], { i: '-alias', words: ['x'] }],
    ['an empty value is a value', ['-i', '', '-alias='], { i: '', alias: '', words: [] }],
    ['the last one wins', ['-i', 'a', '--i=b'], { i: 'b', words: [] }],
    ['a boolean takes no following word', ['-noop', 'false', '-i', 'x'], { noop: true, words: ['false', '-i', 'x'] }],
    ['parsing stops at the first other word', ['http', '--noop'], { words: ['http', '--noop'] }],
    ['a lone dash is another word', ['-noop', '-', '-i'], { noop: true, words: ['-', '-i'] }],
    ['an empty word is another word', ['', '-i'], { words: ['', '-i'] }],
    ['two dashes end the flags and vanish', ['--', '-i', 'x'], { words: ['-i', 'x'] }],
  ])('%s', (_rule, words, expected) => {
    expect(parse(...words)).toEqual(expected);
  });

  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('takes %s for yes', (word) => {
    expect(parse(`-noop=${word}`)).toEqual({ noop: true, words: [] });
  });

  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('takes %s for no', (word) => {
    expect(parse(`--discovery=${word}`)).toEqual({ discovery: false, words: [] });
  });

  it.each([
    ['an unknown flag', ['-nope=1'], 'flag provided but not defined: -nope'],
    ['a name that every object has', ['-constructor'], 'flag provided but not defined: -constructor'],
    ['an abbreviation', ['-al', 'x'], 'flag provided but not defined: -al'],
    ['a value missing at the end', ['-noop', '--alias'], 'flag needs an argument: -alias'],
    ['a bad boolean', ['--noop=yes'], 'invalid boolean value "yes" for -noop: parse error'],
    ['a boolean with nothing attached', ['--noop='], 'invalid boolean value "" for -noop: parse error'],
    ['three dashes', ['---i'], 'bad flag syntax: ---i'],
    ['no name', ['-=x'], 'bad flag syntax: -=x'],
  ])('refuses %s', (_what, words, reason) => {
    expect(parse(...words)).toEqual({ kind: 'refused', reason });
  });

  it.each(['-h', '-help', '--help', '--h', '-help=1'])('%s asks for help', (word) => {
    expect(parse('-noop', word)).toEqual({ kind: 'help' });
  });
});

describe('flagListing', () => {
  it('lists by name, with type and unusual default', () => {
    expect(flagListing(TABLE)).toBe(
      '  -alias string\n    \tcluster alias\n' +
        '  -discovery\n    \tdiscover (default true)\n' +
        '  -i string\n    \tinstance\n' +
        '  -noop\n    \tdry run\n' +
        '  -rule string\n    \tpromotion rule (default "prefer")\n',
    );
  });
});
