/**
 * Translates a regular expression from RE2 syntax, in which the configuration is written (spec 1.9), to JavaScript source
 * without flags. RE2 has inline flags, `\z`, `\Q...\E`, `[[:alpha:]]`, `(?P<name>...)`; it has no look-around and no
 * back-references, and refuses what it does not know where JavaScript takes it literally. Pure.
 *
 * Known difference: a group inside a repetition that took part in an earlier round only is empty, not remembered.
 */
import { atomFor, type CharacterSet, characterSet, complement, foldCase, type Range } from './character-set.ts';
import { EVERYTHING, NOT_NEWLINE, PERL_CLASSES, POSIX_CLASSES, unicodeProperty } from './re2-classes.ts';

export type Translation =
  | { readonly kind: 'translated'; readonly source: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** RE2's own limit on `{n,m}`, also for the product of nested ones. */
const REPEATS_MAX = 1000;
const NESTING_MAX_LEVELS = 1000;
/** A `{n,m}` longer than this counts beyond any limit anyway. */
const COUNTS_MAX_CHARS = 24;
const FLAGS_MAX_CHARS = 24;

export function translateRe2(pattern: string): Translation {
  try {
    return { kind: 'translated', source: new Translator(pattern).whole() };
  } catch (error) {
    if (error instanceof NotRe2) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

class NotRe2 extends Error {}

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

/** A piece of JavaScript source; `repeats` is the product of counted repetitions inside. */
interface Piece {
  readonly source: string;
  readonly repeats: number;
}

const ASSERTIONS: Readonly<Record<string, string>> = { A: '^', z: '$', b: '\\b', B: '\\B' };
const CONTROL_ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

class Translator {
  readonly #chars: readonly string[];
  readonly #groupNames = new Set<string>();
  #at = 0;
  #depth = 0;
  #flags: Flags = { ignoreCase: false, multiLine: false, dotAll: false, ungreedy: false };

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  whole(): string {
    const { source } = this.#alternatives();
    if (this.#at < this.#chars.length) throw new NotRe2('unexpected )');
    return source;
  }

  #alternatives(): Piece {
    const branches: Piece[] = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return { source: branches.map(({ source }) => source).join('|'), repeats: mostRepeats(branches) };
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    for (;;) {
      const char = this.#peek();
      if (char === undefined || char === '|' || char === ')') break;
      const quoted = this.#quotedText();
      if (quoted !== null) {
        pieces.push(...quoted.slice(0, -1));
        const last = quoted.at(-1);
        if (last !== undefined) pieces.push(this.#repetition(last));
        continue;
      }
      const atom = this.#atom();
      if (atom !== null) pieces.push(this.#repetition(atom));
    }
    return { source: pieces.map(({ source }) => source).join(''), repeats: mostRepeats(pieces) };
  }

  /** One atom, or null for a bare flag group such as `(?i)`, which nothing can repeat. */
  #atom(): Piece | null {
    if (this.#counts() !== null) throw new NotRe2('missing argument to repetition operator: {');
    const char = this.#next();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return piece(atomFor(this.#bracket()));
      case '.':
        return piece(atomFor(this.#flags.dotAll ? EVERYTHING : NOT_NEWLINE));
      case '^':
        return piece(this.#flags.multiLine ? '(?<![^\\n])' : '^');
      case '$':
        return piece(this.#flags.multiLine ? '(?![^\\n])' : '$');
      case '*':
      case '+':
      case '?':
        throw new NotRe2(`missing argument to repetition operator: ${char}`);
      case '\\':
        return this.#escapedAtom();
      default:
        return this.#literal(char);
    }
  }

  #group(): Piece | null {
    if (++this.#depth > NESTING_MAX_LEVELS) throw new NotRe2('nested too deeply');
    const outerFlags = this.#flags;
    let opening = '(';
    if (this.#take('?')) {
      if (this.#take('P')) {
        if (this.#peek() !== '<') throw new NotRe2('invalid group syntax');
      }
      if (this.#take('<')) {
        this.#groupName();
      } else {
        opening = '(?:';
        if (this.#flagGroup() === 'to-the-end') {
          this.#depth--;
          return null;
        }
      }
    }
    const inner = this.#alternatives();
    if (!this.#take(')')) throw new NotRe2('missing closing )');
    this.#flags = outerFlags;
    this.#depth--;
    return { source: `${opening}${inner.source})`, repeats: inner.repeats };
  }

  /** Names only have to be valid and different; nobody asks for groups by name. */
  #groupName(): void {
    let name = '';
    for (let char = this.#next(); char !== '>'; char = this.#next()) name += char;
    if (!/^[0-9A-Za-z_]+$/.test(name)) throw new NotRe2('invalid group name');
    if (this.#groupNames.has(name)) throw new NotRe2(`duplicate group name: ${name}`);
    this.#groupNames.add(name);
  }

  /** `(?flags)` changes the flags up to the end of the enclosing group, `(?flags:...)` inside itself. */
  #flagGroup(): 'to-the-end' | 'inside' {
    const found = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(
      this.#chars.slice(this.#at, this.#at + FLAGS_MAX_CHARS).join(''),
    );
    if (found === null) throw new NotRe2('invalid or unsupported group syntax (look-around does not exist)');
    const [whole, on = '', off = '', closing] = found;
    if (on === '' && off === '' && closing === ')') throw new NotRe2('missing argument to repetition operator: ?');
    this.#at += whole.length;
    const { ignoreCase, multiLine, dotAll, ungreedy } = this.#flags;
    const switched = (letter: string, before: boolean): boolean =>
      (before || on.includes(letter)) && !off.includes(letter);
    this.#flags = {
      ignoreCase: switched('i', ignoreCase),
      multiLine: switched('m', multiLine),
      dotAll: switched('s', dotAll),
      ungreedy: switched('U', ungreedy),
    };
    return closing === ')' ? 'to-the-end' : 'inside';
  }

  #repetition(atom: Piece): Piece {
    const counts = this.#counts();
    const operator = counts?.source ?? this.#simpleOperator();
    if (operator === null) return atom;
    const most = counts?.most ?? 1;
    const repeats = atom.repeats * Math.max(1, most);
    if (repeats > REPEATS_MAX) throw new NotRe2('invalid repeat count');
    if (counts !== null) this.#at += counts.length;
    const lazy = this.#take('?') !== this.#flags.ungreedy;
    const next = this.#peek();
    if (next === '*' || next === '+' || next === '?' || this.#counts() !== null) {
      throw new NotRe2('invalid nested repetition operator');
    }
    return { source: `(?:${atom.source})${operator}${lazy ? '?' : ''}`, repeats };
  }

  #simpleOperator(): string | null {
    const char = this.#peek();
    if (char !== '*' && char !== '+' && char !== '?') return null;
    this.#at++;
    return char;
  }

  /** The `{n}`, `{n,}` or `{n,m}` at the current place, not consumed; null when the brace is a plain character. */
  #counts(): { source: string; length: number; most: number } | null {
    if (this.#peek() !== '{') return null;
    const ahead = this.#chars.slice(this.#at, this.#at + COUNTS_MAX_CHARS).join('');
    const found = /^\{([0-9]+)(,([0-9]*))?\}/.exec(ahead);
    if (found === null) return null;
    const least = Number(found[1]);
    const most = found[3] === undefined || found[3] === '' ? least : Number(found[3]);
    if (least > most) throw new NotRe2('invalid repeat count');
    return { source: found[0], length: found[0].length, most };
  }

  #quotedText(): Piece[] | null {
    if (this.#peek() !== '\\' || this.#chars[this.#at + 1] !== 'Q') return null;
    this.#at += 2;
    const pieces: Piece[] = [];
    while (this.#at < this.#chars.length) {
      if (this.#peek() === '\\' && this.#chars[this.#at + 1] === 'E') {
        this.#at += 2;
        break;
      }
      pieces.push(this.#literal(this.#next()));
    }
    return pieces;
  }

  #escapedAtom(): Piece {
    const char = this.#peek();
    const assertion = ASSERTIONS[char ?? ''];
    if (assertion !== undefined) {
      this.#at++;
      return piece(assertion);
    }
    const shared = this.#sharedClass();
    if (shared !== null) return piece(atomFor(shared));
    return this.#codePiece(this.#escapedCode());
  }

  /** `\d \D \s \S \w \W \pN \p{Name} \P{Name}` after the backslash, or null, nothing consumed, when it is none. */
  #sharedClass(): CharacterSet | null {
    const char = this.#peek() ?? '';
    const perl = PERL_CLASSES[char.toLowerCase()];
    if (perl !== undefined) {
      this.#at++;
      const set = characterSet(perl);
      const folded = this.#flags.ignoreCase ? foldCase(set) : set;
      return char === char.toLowerCase() ? folded : complement(folded);
    }
    if (char !== 'p' && char !== 'P') return null;
    this.#at++;
    let name = this.#next();
    if (name === '{') {
      name = '';
      for (let part = this.#next(); part !== '}'; part = this.#next()) name += part;
    }
    const negated = name.startsWith('^');
    const bare = negated ? name.slice(1) : name;
    const set = unicodeProperty(bare);
    if (set === null) throw new NotRe2(`unknown character class: ${bare}`);
    const folded = this.#flags.ignoreCase ? foldCase(set) : set;
    return negated !== (char === 'P') ? complement(folded) : folded;
  }

  /** The code point of an escape, after the backslash. */
  #escapedCode(): number {
    const char = this.#next();
    const control = CONTROL_ESCAPES[char];
    if (control !== undefined) return control;
    if (char === 'x') return this.#hexCode();
    // A single digit other than 0 would be a back-reference, which RE2 does not have.
    if (char === '0' || (/[1-7]/.test(char) && /[0-7]/.test(this.#peek() ?? ''))) {
      let digits = char;
      while (digits.length < 3 && /[0-7]/.test(this.#peek() ?? '')) digits += this.#next();
      return Number.parseInt(digits, 8);
    }
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80 && !/[0-9A-Za-z]/.test(char)) return code;
    throw new NotRe2(`invalid escape sequence: \\${char}`);
  }

  #hexCode(): number {
    let digits = '';
    if (this.#take('{')) {
      for (let char = this.#next(); char !== '}'; char = this.#next()) digits += char;
    } else {
      digits = this.#next() + this.#next();
    }
    const code = /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
    if (!(code <= 0x10ffff)) throw new NotRe2('invalid escape sequence: \\x');
    return code;
  }

  /** The set of `[...]`, after the opening bracket. A bracket directly after it stands for itself. */
  #bracket(): CharacterSet {
    const negated = this.#take('^');
    const ranges: Range[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const shared = this.#classInBracket();
      if (shared !== null) {
        ranges.push(...shared);
        continue;
      }
      const from = this.#codeInBracket();
      let to = from;
      if (this.#peek() === '-' && this.#chars[this.#at + 1] !== ']') {
        this.#at++;
        to = this.#codeInBracket();
        if (to < from) throw new NotRe2('invalid character class range');
      }
      ranges.push([from, to]);
    }
    this.#at++;
    const set = characterSet(ranges);
    const folded = this.#flags.ignoreCase ? foldCase(set) : set;
    return negated ? complement(folded) : folded;
  }

  #classInBracket(): CharacterSet | null {
    if (this.#peek() === '[' && this.#chars[this.#at + 1] === ':') {
      const found = /^\[:(\^?)([a-z]+):\]/.exec(this.#chars.slice(this.#at, this.#at + 16).join(''));
      const ranges = POSIX_CLASSES[found?.[2] ?? ''];
      if (found === null && !this.#chars.slice(this.#at).join('').includes(':]')) return null;
      if (found === null || ranges === undefined) throw new NotRe2('invalid character class range');
      this.#at += found[0].length;
      const set = this.#flags.ignoreCase ? foldCase(characterSet(ranges)) : characterSet(ranges);
      return found[1] === '^' ? complement(set) : set;
    }
    if (this.#peek() !== '\\') return null;
    this.#at++;
    const shared = this.#sharedClass();
    if (shared === null) this.#at--;
    return shared;
  }

  #codeInBracket(): number {
    const char = this.#next();
    return char === '\\' ? this.#escapedCode() : (char.codePointAt(0) ?? 0);
  }

  #literal(char: string): Piece {
    return this.#codePiece(char.codePointAt(0) ?? 0);
  }

  #codePiece(code: number): Piece {
    const set: CharacterSet = [[code, code]];
    return piece(atomFor(this.#flags.ignoreCase ? foldCase(set) : set));
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new NotRe2('unexpected end');
    return char;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

function piece(source: string): Piece {
  return { source, repeats: 1 };
}

function mostRepeats(pieces: readonly Piece[]): number {
  return Math.max(1, ...pieces.map(({ repeats }) => repeats));
}
