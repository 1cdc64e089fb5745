/** Sets of Unicode code points as sorted ranges, and how to write them for a regular expression without flags. Pure. */

/** Inclusive on both ends. */
export type Range = readonly [first: number, last: number];

/** Sorted, without overlaps or neighbours. */
export type CharacterSet = readonly Range[];

const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const FIRST_ASTRAL = 0x10000;
/** Letters with case end far below; looking further for them would only cost time. */
const LAST_CASED = 0x1e943;
/** Its upper case is `I`, but it is not the same letter as `i`: not in RE2, nor in Turkish. */
const DOTLESS_I = 0x131;

export function characterSet(ranges: readonly Range[]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(set: CharacterSet): CharacterSet {
  const gaps: Range[] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST_CODE_POINT) gaps.push([next, LAST_CODE_POINT]);
  return gaps;
}

/** The set with, for each letter, all letters that differ from it only by case (`k`, `K` and the Kelvin sign). */
export function foldCase(set: CharacterSet): CharacterSet {
  const added: Range[] = [];
  for (const [first, last] of set) {
    for (let code = first; code <= Math.min(last, LAST_CASED); code++) {
      for (const variant of caseVariants().get(code) ?? []) added.push([variant, variant]);
    }
  }
  return characterSet([...set, ...added]);
}

let variantsByCode: ReadonlyMap<number, readonly number[]> | null = null;

/** Built on first use, once: groups of letters with the same upper case of the lower case. */
function caseVariants(): ReadonlyMap<number, readonly number[]> {
  if (variantsByCode !== null) return variantsByCode;
  const groups = new Map<string, number[]>();
  for (let code = 0; code <= LAST_CASED; code++) {
    const char = String.fromCodePoint(code);
    const lower = char.toLowerCase();
    const upper = char.toUpperCase();
    if ((lower === char && upper === char) || code === DOTLESS_I) continue;
    const folded = lower.toUpperCase();
    // Letters whose other case is several letters have no simple counterpart.
    if ([...folded].length !== 1 || [...lower].length !== 1) continue;
    groups.set(folded, [...(groups.get(folded) ?? []), code]);
  }
  const variants = new Map<number, readonly number[]>();
  for (const codes of groups.values()) for (const code of codes) variants.set(code, codes);
  variantsByCode = variants;
  return variants;
}

/** Code points with a Unicode property as JavaScript names it (`Lu`, `Script=Greek`), or null when there is none. */
export function unicodeSet(property: string): CharacterSet | null {
  let test: RegExp;
  try {
    test = new RegExp(`^\\p{${property}}$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const ranges: [number, number][] = [];
  for (let code = 0; code <= LAST_CODE_POINT; code++) {
    if (!test.test(String.fromCodePoint(code))) continue;
    const previous = ranges.at(-1);
    if (previous !== undefined && previous[1] === code - 1) previous[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/**
 * One atom that matches exactly one code point of the set. Written for UTF-16 without the flags `u` and `i`, which the
 * linear engine does not know: code points above U+FFFF become pairs of surrogates.
 */
export function atomFor(set: CharacterSet): string {
  const single = set.length === 1 && set[0] !== undefined && set[0][0] === set[0][1] ? set[0][0] : null;
  if (single !== null && single < FIRST_ASTRAL) return unit(single);
  const basic: string[] = [];
  const pairs: string[] = [];
  for (const [first, last] of set) {
    for (const [from, to] of withoutSurrogates(first, Math.min(last, FIRST_ASTRAL - 1)))
      basic.push(unitRange(from, to));
    if (last >= FIRST_ASTRAL) pairs.push(...surrogatePairs(Math.max(first, FIRST_ASTRAL), last));
  }
  const basicClass = `[${basic.join('')}]`;
  if (pairs.length === 0) return basicClass;
  return `(?:${[...(basic.length > 0 ? [basicClass] : []), ...pairs].join('|')})`;
}

function withoutSurrogates(first: number, last: number): Range[] {
  const parts: Range[] = [
    [first, Math.min(last, FIRST_SURROGATE - 1)],
    [Math.max(first, LAST_SURROGATE + 1), last],
  ];
  return parts.filter(([from, to]) => from <= to);
}

/** Splits a range above U+FFFF where its high surrogate changes: first part, whole blocks, last part. */
function surrogatePairs(first: number, last: number): string[] {
  const high = (code: number): number => 0xd800 + ((code - FIRST_ASTRAL) >> 10);
  const low = (code: number): number => 0xdc00 + ((code - FIRST_ASTRAL) & 0x3ff);
  const pair = (highs: Range, lows: Range): string => `[${unitRange(...highs)}][${unitRange(...lows)}]`;
  const [firstHigh, lastHigh] = [high(first), high(last)];
  if (firstHigh === lastHigh) return [pair([firstHigh, lastHigh], [low(first), low(last)])];
  const wholeFrom = low(first) === 0xdc00 ? firstHigh : firstHigh + 1;
  const wholeTo = low(last) === 0xdfff ? lastHigh : lastHigh - 1;
  return [
    ...(wholeFrom > firstHigh ? [pair([firstHigh, firstHigh], [low(first), 0xdfff])] : []),
    ...(wholeFrom <= wholeTo ? [pair([wholeFrom, wholeTo], [0xdc00, 0xdfff])] : []),
    ...(wholeTo < lastHigh ? [pair([lastHigh, lastHigh], [0xdc00, low(last)])] : []),
  ];
}

function unitRange(first: number, last: number): string {
  return first === last ? unit(first) : `${unit(first)}-${unit(last)}`;
}

/** Everything but letters and digits is written as an escape, so that nothing is read as syntax. */
function unit(code: number): string {
  const char = String.fromCharCode(code);
  return /[0-9A-Za-z]/.test(char) ? char : `\\u${code.toString(16).padStart(4, '0')}`;
}
