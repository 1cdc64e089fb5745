/**
 * Turns the text of one configuration file into typed values per key, with the reference's rules (spec 1.2):
 * names compared without case, duplicates last wins, types enforced, `null` as "leave it" or "empty it". Pure.
 */
import { describePosition, type JsonMember, type JsonValue, readJson } from './json-reader.ts';
import { type KeyType, NO_LIST, NO_MAP, type SettingValue } from './key-declaration.ts';
import { declarationOf, KEY_NAMES, type KeyName } from './settings.ts';
import { type ConfigurationWarning, warnAboutClamp, warnAboutUnknownName } from './warnings.ts';

/** What to do with a key, in the order of the file. Map entries are added to what is there (spec 1.3). */
export type Assignment =
  | { readonly kind: 'set'; readonly key: KeyName; readonly value: SettingValue }
  | { readonly kind: 'add-entries'; readonly key: KeyName; readonly entries: ReadonlyMap<string, string> };

export type FileDecoding =
  | {
      readonly kind: 'decoded';
      readonly assignments: readonly Assignment[];
      readonly warnings: readonly ConfigurationWarning[];
    }
  | { readonly kind: 'invalid'; readonly reason: string };

const NAMES_BY_FOLDED_NAME: ReadonlyMap<string, KeyName> = new Map(KEY_NAMES.map((name) => [foldCase(name), name]));

/** Decodes one file. `reason` of a refusal names the key and the place, in one line. */
export function decodeFile(text: string): FileDecoding {
  const reading = readJson(text);
  if (reading.kind === 'malformed') return invalid(text, reading.offset, `not valid JSON: ${reading.reason}`);
  const top = reading.value;
  if (top.kind === 'null') return { kind: 'decoded', assignments: [], warnings: [] };
  if (top.kind !== 'object') return invalid(text, top.offset, `the file must hold an object, not ${article(top.kind)}`);

  const assignments: Assignment[] = [];
  const warnings = new Map<string, ConfigurationWarning>();
  for (const member of top.members) {
    const key = NAMES_BY_FOLDED_NAME.get(foldCase(member.name));
    if (key === undefined) {
      // "#" is the customary comment; spec 1.2 item 2.
      if (!member.name.startsWith('#')) warnings.set(member.name, warnAboutUnknownName(member.name));
      continue;
    }
    const outcome = assignmentOf(key, member);
    if (outcome.kind === 'mismatch') {
      return invalid(text, outcome.at.offset, `${key} must be ${outcome.wanted}, not ${describeValue(outcome.at)}`);
    }
    if (outcome.kind === 'leave') continue;
    assignments.push(outcome.assignment);
    if (outcome.clampedFrom !== undefined) warnings.set(key, warnAboutClamp(key, outcome.clampedFrom));
  }
  return { kind: 'decoded', assignments, warnings: [...warnings.values()] };
}

type MemberOutcome =
  | { readonly kind: 'assign'; readonly assignment: Assignment; readonly clampedFrom?: string }
  | { readonly kind: 'leave' }
  | Mismatch;

interface Mismatch {
  readonly kind: 'mismatch';
  readonly wanted: string;
  readonly at: JsonValue;
}

function assignmentOf(key: KeyName, { value }: JsonMember): MemberOutcome {
  const { type } = declarationOf(key);
  const set = (settingValue: SettingValue): MemberOutcome => ({
    kind: 'assign',
    assignment: { kind: 'set', key, value: settingValue },
  });
  if (value.kind === 'null') {
    if (type === 'string[]') return set(NO_LIST);
    if (type === 'map') return set(NO_MAP);
    return { kind: 'leave' };
  }
  switch (type) {
    case 'bool':
      return value.kind === 'boolean' ? set(value.value) : mismatch(WANTED.bool, value);
    case 'string':
      return value.kind === 'string' ? set(value.value) : mismatch(WANTED.string, value);
    case 'string[]': {
      const list = stringsOf(value);
      return list.kind === 'mismatch' ? list : set(list.strings);
    }
    case 'map': {
      const map = entriesOf(value);
      if (map.kind === 'mismatch') return map;
      return { kind: 'assign', assignment: { kind: 'add-entries', key, entries: map.entries } };
    }
    case 'float': {
      const number = value.kind === 'number' ? Number(value.spelling) : Number.NaN;
      return Number.isFinite(Math.fround(number)) ? set(number) : mismatch(WANTED.float, value);
    }
    default:
      return integerOutcome(key, type, value);
  }
}

type IntegerType = 'int' | 'uint' | 'int32' | 'int64';

const INTEGER_RANGES: Readonly<Record<IntegerType, readonly [bigint, bigint]>> = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint: [0n, 2n ** 64n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
};

const WANTED: Readonly<Record<KeyType, string>> = {
  bool: 'true or false, without quotes',
  string: 'a string in double quotes',
  'string[]': 'a list of strings',
  map: 'an object of strings',
  float: 'a number without quotes',
  int: 'a whole number of 64 bits, without quotes',
  int64: 'a whole number of 64 bits, without quotes',
  int32: 'a whole number of 32 bits, without quotes',
  uint: 'a whole number not below 0, without quotes',
};

const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Whole numbers only: `5.0` and `1e3` are errors as in the reference. Values that fit 64 bits but not an exact
 * JavaScript number (285 million years of seconds) are cut to the largest exact one, with a warning, so that a
 * file the reference accepts still loads.
 */
function integerOutcome(key: KeyName, type: IntegerType, value: JsonValue): MemberOutcome {
  if (value.kind !== 'number' || !/^-?[0-9]+$/.test(value.spelling)) return mismatch(WANTED[type], value);
  const exact = BigInt(value.spelling);
  const [least, most] = INTEGER_RANGES[type];
  // The reference parses unsigned numbers without a sign: even -0 is an error there.
  if (exact < least || exact > most || (type === 'uint' && value.spelling.startsWith('-'))) {
    return mismatch(WANTED[type], value);
  }
  const cut = exact > LARGEST_EXACT ? LARGEST_EXACT : exact < -LARGEST_EXACT ? -LARGEST_EXACT : exact;
  const assignment: Assignment = { kind: 'set', key, value: Number(cut) };
  return cut === exact ? { kind: 'assign', assignment } : { kind: 'assign', assignment, clampedFrom: value.spelling };
}

/** A `null` inside a list is an empty text, as in the reference. */
function stringsOf(value: JsonValue): { kind: 'strings'; strings: readonly string[] } | Mismatch {
  if (value.kind !== 'array') return mismatch(WANTED['string[]'], value);
  const strings: string[] = [];
  for (const item of value.items) {
    if (item.kind !== 'string' && item.kind !== 'null') return mismatch(WANTED['string[]'], item);
    strings.push(item.kind === 'string' ? item.value : '');
  }
  return { kind: 'strings', strings };
}

function entriesOf(value: JsonValue): { kind: 'entries'; entries: ReadonlyMap<string, string> } | Mismatch {
  if (value.kind !== 'object') return mismatch(WANTED.map, value);
  const entries = new Map<string, string>();
  for (const { name, value: entry } of value.members) {
    if (entry.kind !== 'string' && entry.kind !== 'null') return mismatch(WANTED.map, entry);
    entries.set(name, entry.kind === 'string' ? entry.value : '');
  }
  return { kind: 'entries', entries };
}

function mismatch(wanted: string, at: JsonValue): Mismatch {
  return { kind: 'mismatch', wanted, at };
}

/** Long s is the one letter outside ASCII that the reference's comparison folds and `toLowerCase` does not. */
function foldCase(name: string): string {
  return name.replaceAll('ſ', 's').toLowerCase();
}

/** Strings are described, never quoted: a value put in the wrong place may be a password. */
function describeValue(value: JsonValue): string {
  if (value.kind === 'number') return value.spelling;
  return value.kind === 'boolean' ? String(value.value) : article(value.kind);
}

function article(kind: JsonValue['kind']): string {
  if (kind === 'null') return 'null';
  return kind === 'array' || kind === 'object' ? `an ${kind}` : `a ${kind}`;
}

function invalid(text: string, offset: number, reason: string): FileDecoding {
  return { kind: 'invalid', reason: `${describePosition(text, offset)}: ${reason}` };
}
