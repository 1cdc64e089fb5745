/**
 * What it means to declare one configuration key: its type, default, unit, meaning, and what a reload does to it.
 * Everything else (the settings type, the decoder, `dump-config`, the warnings) is derived from these declarations.
 */

/** The value each declared type has inside the program. Lists and the map are never null here, see `NO_LIST`. */
export interface KeyValues {
  readonly bool: boolean;
  readonly string: string;
  readonly 'string[]': readonly string[];
  readonly int: number;
  readonly uint: number;
  readonly int32: number;
  readonly int64: number;
  readonly float: number;
  readonly map: ReadonlyMap<string, string>;
}

export type KeyType = keyof KeyValues;
export type SettingValue = KeyValues[KeyType];

/**
 * When a changed value takes effect (spec 1.8):
 * dynamic = at once; start = after a restart; first-use = fixed when the connection or object is first made;
 * partly = some uses at once, others after a restart; unused = never, nothing reads it.
 */
export type ReloadRule = 'dynamic' | 'start' | 'first-use' | 'partly' | 'unused';

/** `accepted`: the key is known and checked but does nothing yet; setting it gives one warning. */
export type KeyEffect = 'implemented' | 'accepted';

/** Texts of this key that must compile as regular expressions, so that loading can warn about those that never match. */
export type PatternUse = 'pattern' | 'patterns' | 'host-filters' | 'cluster-filters' | 'map-keys';

export interface KeyDetails {
  /** What one counts: seconds, minutes, entries, ... Absent where counting makes no sense. */
  readonly unit?: string;
  readonly reload: ReloadRule;
  readonly meaning: string;
  /** The value opens a door somewhere; `maskSecrets` hides it. */
  readonly secret?: true;
  readonly patterns?: PatternUse;
}

export interface KeyDeclaration<T extends KeyType = KeyType> extends KeyDetails {
  readonly type: T;
  readonly default: KeyValues[T];
  readonly effect: KeyEffect;
}

/**
 * The list and map that were never given, or given as `null`. Users of settings see an empty list;
 * `dump-config` recognises these two by identity and prints `null` as the reference does (spec 1.2 item 7).
 */
export const NO_LIST: readonly string[] = Object.freeze([]);
export const NO_MAP: ReadonlyMap<string, string> = new Map();

export function isMap(value: SettingValue): value is ReadonlyMap<string, string> {
  return value instanceof Map;
}

export function isList(value: SettingValue): value is readonly string[] {
  return Array.isArray(value);
}

/** Declares a key whose effect exists. */
export function implemented<T extends KeyType>(
  type: T,
  fallback: KeyValues[T],
  details: KeyDetails,
): KeyDeclaration<T> {
  return { type, default: fallback, effect: 'implemented', ...details };
}

/** Declares a key that is read and checked but does nothing yet. */
export function accepted<T extends KeyType>(type: T, fallback: KeyValues[T], details: KeyDetails): KeyDeclaration<T> {
  return { type, default: fallback, effect: 'accepted', ...details };
}
