/**
 * Reads words of a command line the way Go programs do (spec/cli.md 1.1): scripts mix `-name`, `--name`, `-name=value` and
 * `-name value`, and rely on parsing to stop at the first word that is no flag.
 */

export interface FlagDeclaration {
  readonly type: 'bool' | 'string';
  readonly default: boolean | string;
  readonly meaning: string;
}

export type FlagTable = Readonly<Record<string, FlagDeclaration>>;

export type FlagParse =
  /** `values`: what was given, last one wins. `words`: from the first word on that is no flag. */
  | {
      readonly kind: 'parsed';
      readonly values: ReadonlyMap<string, boolean | string>;
      readonly words: readonly string[];
    }
  | { readonly kind: 'help' }
  /** `reason`: the line that comes before the listing. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What a boolean may be attached to, and what it then means. */
const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

const HELP_NAMES: ReadonlySet<string> = new Set(['h', 'help']);

/** Parses the words after the program's name. Flags that stand behind the first other word are not looked at. */
export function parseFlags(words: readonly string[], table: FlagTable): FlagParse {
  const values = new Map<string, boolean | string>();
  let next = 0;
  for (;;) {
    const word = words[next];
    if (word === undefined || !isFlag(word)) return { kind: 'parsed', values, words: words.slice(next) };
    next += 1;
    if (word === '--') return { kind: 'parsed', values, words: words.slice(next) };
    const flag = readFlag(word, words[next], table);
    if (flag.kind !== 'flag') return flag;
    values.set(flag.name, flag.value);
    if (flag.tookNextWord) next += 1;
  }
}

/** A lone `-` is a word like any other. */
function isFlag(word: string): boolean {
  return word.length >= 2 && word.startsWith('-');
}

type OneFlag =
  | { readonly kind: 'flag'; readonly name: string; readonly value: boolean | string; readonly tookNextWord: boolean }
  | Exclude<FlagParse, { kind: 'parsed' }>;

function readFlag(word: string, nextWord: string | undefined, table: FlagTable): OneFlag {
  const body = word.slice(word.startsWith('--') ? 2 : 1);
  if (body.startsWith('-') || body.startsWith('=')) return refused(`bad flag syntax: ${word}`);
  const equals = body.indexOf('=');
  const name = equals < 0 ? body : body.slice(0, equals);
  const attached = equals < 0 ? undefined : body.slice(equals + 1);

  const declaration = Object.hasOwn(table, name) ? table[name] : undefined;
  if (declaration === undefined) {
    return HELP_NAMES.has(name) ? { kind: 'help' } : refused(`flag provided but not defined: -${name}`);
  }
  if (declaration.type === 'bool') return readBoolean(name, attached);
  if (attached !== undefined) return { kind: 'flag', name, value: attached, tookNextWord: false };
  if (nextWord === undefined) return refused(`flag needs an argument: -${name}`);
  return { kind: 'flag', name, value: nextWord, tookNextWord: true };
}

/** The next word is never a boolean's value: in `-noop false` the word `false` stands alone. */
function readBoolean(name: string, attached: string | undefined): OneFlag {
  const value = attached === undefined ? true : BOOLEAN_WORDS.get(attached);
  if (value === undefined)
    return refused(`invalid boolean value ${JSON.stringify(attached)} for -${name}: parse error`);
  return { kind: 'flag', name, value, tookNextWord: false };
}

function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}

/** Every flag with type, meaning and default, by name; each line ends with LF. */
export function flagListing(table: FlagTable): string {
  const names = Object.keys(table).sort();
  return names.map((name) => flagEntry(name, table[name])).join('');
}

function flagEntry(name: string, declaration: FlagDeclaration | undefined): string {
  if (declaration === undefined) return '';
  const type = declaration.type === 'string' ? ' string' : '';
  return `  -${name}${type}\n    \t${declaration.meaning}${defaultText(declaration.default)}\n`;
}

/** Nothing for the defaults that everybody expects. */
function defaultText(value: boolean | string): string {
  if (value === '' || value === false) return '';
  return ` (default ${JSON.stringify(value)})`;
}
