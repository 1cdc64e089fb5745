/**
 * SQL text as tokens (MySQL manual 11, "Language Structure"). Comments are left out, those of the form that servers execute too. Text literals are read
 * with backslash escapes, whatever the session's `sql_mode` says.
 */

export interface Token {
  readonly kind: 'word' | 'quoted-name' | 'text' | 'number' | 'symbol';
  /** A word as it was written, a text without its quotes. */
  readonly text: string;
  /** Of words, for comparing. */
  readonly upper: string;
  /** Where it is in the packet. */
  readonly from: number;
  readonly to: number;
}

const BLANK_OR_COMMENT = /(?:\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /@@|:=|<>|<=|>=|!=|[@.,;()=<>*+\-/]/y;

const QUOTES: ReadonlyMap<string, Token['kind']> = new Map([
  ["'", 'text'],
  ['"', 'text'],
  ['`', 'quoted-name'],
]);

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Where something begins that is no token, such as a text without an end; the length of the text if nothing does. */
  readonly readTo: number;
}

export function tokensOf(sql: string): Tokens {
  const tokens: Token[] = [];
  let at = skipBlank(sql, 0);
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    if (token === null) break;
    tokens.push(token);
    at = skipBlank(sql, token.to);
  }
  return { tokens, readTo: at };
}

function skipBlank(sql: string, at: number): number {
  BLANK_OR_COMMENT.lastIndex = at;
  return BLANK_OR_COMMENT.test(sql) ? BLANK_OR_COMMENT.lastIndex : at;
}

function tokenAt(sql: string, at: number): Token | null {
  const quoted = QUOTES.get(sql[at] ?? '');
  if (quoted !== undefined) return quotedAt(sql, at, quoted);
  return matched(sql, at, WORD, 'word') ?? matched(sql, at, NUMBER, 'number') ?? matched(sql, at, SYMBOL, 'symbol');
}

function matched(sql: string, at: number, pattern: RegExp, kind: Token['kind']): Token | null {
  pattern.lastIndex = at;
  const text = pattern.exec(sql)?.[0];
  if (text === undefined) return null;
  return { kind, text, upper: kind === 'word' ? text.toUpperCase() : text, from: at, to: at + text.length };
}

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['0', '\0'],
  ['b', '\b'],
  ['Z', '\x1a'],
]);

/** Null: it has no end. */
function quotedAt(sql: string, from: number, kind: Token['kind']): Token | null {
  const quote = sql[from];
  let text = '';
  for (let at = from + 1; at < sql.length; at++) {
    const character = sql[at] ?? '';
    if (character === quote) {
      if (sql[at + 1] !== quote) return { kind, text, upper: text, from, to: at + 1 };
      at += 1;
      text += quote;
    } else if (character === '\\' && kind === 'text') {
      at += 1;
      const escaped = sql[at] ?? '';
      text += ESCAPED.get(escaped) ?? escaped;
    } else {
      text += character;
    }
  }
  return null;
}
