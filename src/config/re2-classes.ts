/** The named character classes of RE2: `\d`, `[[:alpha:]]`, `\p{Greek}`. All but the last are ASCII only. Pure. */
import { type CharacterSet, complement, type Range, unicodeSet } from './character-set.ts';

export const NOT_NEWLINE: CharacterSet = complement([[0x0a, 0x0a]]);
export const EVERYTHING: CharacterSet = complement([]);

const DIGIT: readonly Range[] = [[0x30, 0x39]];
const BLANK: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const UPPER: readonly Range[] = [[0x41, 0x5a]];
const LOWER: readonly Range[] = [[0x61, 0x7a]];
const WORD: readonly Range[] = [...DIGIT, ...UPPER, [0x5f, 0x5f], ...LOWER];

export const PERL_CLASSES: Readonly<Record<string, readonly Range[]>> = { d: DIGIT, s: BLANK, w: WORD };

export const POSIX_CLASSES: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...DIGIT, ...UPPER, ...LOWER],
  alpha: [...UPPER, ...LOWER],
  ascii: [[0x00, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGIT,
  graph: [[0x21, 0x7e]],
  lower: LOWER,
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: UPPER,
  word: WORD,
  xdigit: [...DIGIT, [0x41, 0x46], [0x61, 0x66]],
};

/** RE2 knows general categories (`L`, `Lu`), scripts (`Greek`) and `Any`; JavaScript's other properties it does not. */
export function unicodeProperty(name: string): CharacterSet | null {
  if (name === 'Any') return EVERYTHING;
  if (!/^[A-Za-z_]+$/.test(name)) return null;
  return unicodeSet(name.length <= 2 ? `General_Category=${name}` : `Script=${name}`);
}
