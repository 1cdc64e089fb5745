/**
 * Reads the first JSON value of a text and remembers where every part stands, so that errors can name line and column.
 * Strict as the reference's decoder (spec 1.2): no comments, no trailing commas, no byte-order mark; text after the
 * value is not looked at; duplicate names are kept in order. Pure.
 */

/** Nesting beyond this is refused rather than running out of stack. */
const MAX_DEPTH_LEVELS = 1000;

export interface JsonMember {
  readonly name: string;
  readonly nameOffset: number;
  readonly value: JsonValue;
}

/** `offset` counts UTF-16 units from the start of the text. Numbers keep their spelling: 64-bit integers stay exact. */
export type JsonValue =
  | { readonly kind: 'null'; readonly offset: number }
  | { readonly kind: 'boolean'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly offset: number; readonly spelling: string }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string }
  | { readonly kind: 'array'; readonly offset: number; readonly items: readonly JsonValue[] }
  | { readonly kind: 'object'; readonly offset: number; readonly members: readonly JsonMember[] };

export type JsonReading =
  /** `end` is where the value ends; what follows is nobody's business here. */
  | { readonly kind: 'read'; readonly value: JsonValue; readonly end: number }
  | { readonly kind: 'malformed'; readonly reason: string; readonly offset: number };

/** Reads the first value of `text`. Malformed text is an answer with the place, never an exception. */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    return { kind: 'read', value, end: reader.end };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', reason: error.reason, offset: error.offset };
    throw error;
  }
}

/** `line L, column C` (both from 1) of an offset. */
export function describePosition(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

class Malformed extends Error {
  readonly reason: string;
  readonly offset: number;
  constructor(reason: string, offset: number) {
    super(reason);
    this.reason = reason;
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Any text without quotes, backslashes and control characters, which are all below the blank. */
const PLAIN_STRING_PART = /[ !#-[\]-\uffff]*/y;
const BLANKS = /[ \t\r\n]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get end(): number {
    return this.#at;
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH_LEVELS) throw new Malformed(`nested deeper than ${MAX_DEPTH_LEVELS} levels`, this.#at);
    this.#skipBlanks();
    const offset = this.#at;
    const char = this.#text[offset];
    if (char === '{') return { kind: 'object', offset, members: this.#members(depth) };
    if (char === '[') return { kind: 'array', offset, items: this.#items(depth) };
    if (char === '"') return { kind: 'string', offset, value: this.#string() };
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) {
      return { kind: 'number', offset, spelling: this.#number() };
    }
    if (this.#word('true')) return { kind: 'boolean', offset, value: true };
    if (this.#word('false')) return { kind: 'boolean', offset, value: false };
    if (this.#word('null')) return { kind: 'null', offset };
    throw this.#unexpected('a value');
  }

  #members(depth: number): JsonMember[] {
    const members: JsonMember[] = [];
    this.#at++;
    this.#skipBlanks();
    if (this.#take('}')) return members;
    for (;;) {
      this.#skipBlanks();
      const nameOffset = this.#at;
      if (this.#text[nameOffset] !== '"') throw this.#unexpected('a name in double quotes');
      const name = this.#string();
      this.#skipBlanks();
      if (!this.#take(':')) throw this.#unexpected(`a colon after "${name}"`);
      members.push({ name, nameOffset, value: this.value(depth + 1) });
      this.#skipBlanks();
      if (this.#take('}')) return members;
      if (!this.#take(',')) throw this.#unexpected('a comma or a closing brace');
    }
  }

  #items(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    this.#skipBlanks();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      this.#skipBlanks();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('a comma or a closing bracket');
    }
  }

  #number(): string {
    NUMBER.lastIndex = this.#at;
    const spelling = NUMBER.exec(this.#text)?.[0];
    if (spelling === undefined) throw new Malformed('a number is incomplete', this.#at);
    this.#at += spelling.length;
    // `01` or `1.` would otherwise be read as a number followed by ignored text when it is the whole file.
    if (/[0-9.eE+-]/.test(this.#text[this.#at] ?? '')) throw new Malformed('a number is misspelled', this.#at);
    return spelling;
  }

  #string(): string {
    const start = this.#at++;
    let value = '';
    for (;;) {
      PLAIN_STRING_PART.lastIndex = this.#at;
      const part = PLAIN_STRING_PART.exec(this.#text)?.[0] ?? '';
      value += part;
      this.#at += part.length;
      const char = this.#text[this.#at];
      if (char === undefined) throw new Malformed('a string has no closing quote', start);
      // A lone surrogate escape becomes U+FFFD, as in the reference (spec 1.2 item 8).
      if (this.#take('"')) return value.toWellFormed();
      if (char !== '\\') throw new Malformed('a string contains a raw control character', this.#at);
      value += this.#escape();
    }
  }

  #escape(): string {
    const offset = this.#at++;
    const char = this.#text[this.#at++] ?? '';
    const simple = ESCAPES[char];
    if (simple !== undefined) return simple;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw new Malformed('a string contains an unknown escape', offset);
    }
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    BLANKS.lastIndex = this.#at;
    this.#at += BLANKS.exec(this.#text)?.[0].length ?? 0;
  }

  #unexpected(wanted: string): Malformed {
    const codePoint = this.#text.codePointAt(this.#at);
    if (codePoint === undefined) return new Malformed(`the text ends where ${wanted} is expected`, this.#at);
    const found = codePoint === 0xfeff ? 'a byte-order mark' : JSON.stringify(String.fromCodePoint(codePoint));
    return new Malformed(`${found} found where ${wanted} is expected`, this.#at);
  }
}
