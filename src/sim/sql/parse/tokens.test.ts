import { describe, expect, it } from 'vitest';
import { tokensOf } from './tokens.ts';

const textsOf = (sql: string) => tokensOf(sql).tokens.map(({ text }) => text);

describe('tokens of SQL', () => {
  it('are words, numbers, texts, names and symbols', () => {
    expect(tokensOf("SELECT n, 'a' FROM `t` WHERE x>=1.5").tokens.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'word SELECT',
      'word n',
      'symbol ,',
      'text a',
      'word FROM',
      'quoted-name t',
      'word WHERE',
      'word x',
      'symbol >=',
      'number 1.5',
    ]);
  });

  it('leave comments out, of every kind', () => {
    expect(textsOf('/* a; */ 1 -- b;\n, 2 # c;\n, 3 --')).toEqual(['1', ',', '2', ',', '3']);
    expect(textsOf('1--2')).toEqual(['1', '-', '-', '2']);
  });

  it('read quotes that are doubled or escaped', () => {
    expect(textsOf(`'it''s' 'a\\'b\\\\' "x""y" '\\n'`)).toEqual(["it's", "a'b\\", 'x"y', '\n']);
  });

  it('end where a text has no end', () => {
    expect(tokensOf("SELECT 'a")).toMatchObject({ tokens: [{ text: 'SELECT' }], readTo: 7 });
    expect(tokensOf('SELECT 1  ')).toMatchObject({ readTo: 10 });
  });
});
