/**
 * What the files said, key by key, before any adjustment. Kept apart from the settings so that a reload derives afresh:
 * in the reference derived values stick, and a changed old-name key ends the process (spec 1.8). Pure.
 */
import type { Assignment } from './decode-file.ts';
import { isMap, NO_MAP, type SettingValue } from './key-declaration.ts';
import type { KeyName } from './settings.ts';

export interface RawValue {
  readonly value: SettingValue;
  /** Which reading of a file gave the value; later readings have higher numbers. */
  readonly layer: number;
}

/** Only keys that some file has set are present. */
export interface RawConfiguration {
  readonly values: ReadonlyMap<KeyName, RawValue>;
  readonly layers: number;
}

export const NOTHING_SET: RawConfiguration = { values: new Map(), layers: 0 };

/** Merges one file over what is there: values and lists replace, map entries are added (spec 1.3). */
export function mergeFile(raw: RawConfiguration, assignments: readonly Assignment[]): RawConfiguration {
  const values = new Map(raw.values);
  const layer = raw.layers + 1;
  for (const assignment of assignments) {
    if (assignment.kind === 'set') {
      values.set(assignment.key, { value: assignment.value, layer });
      continue;
    }
    const present = values.get(assignment.key)?.value;
    const entries = present !== undefined && isMap(present) ? present : NO_MAP;
    values.set(assignment.key, { value: new Map([...entries, ...assignment.entries]), layer });
  }
  return { values, layers: layer };
}

/**
 * The value of a setting with an old and a new name (spec 1.6 items 4 and 9), where `unset` is the value that means
 * "not given". Two different values in one file are a conflict; across files the later one wins.
 */
export function resolveSynonyms<V extends SettingValue>(
  raw: RawConfiguration,
  names: { readonly old: KeyName; readonly current: KeyName },
  values: { readonly old: V; readonly current: V; readonly unset: V },
): { readonly kind: 'value'; readonly value: V } | { readonly kind: 'conflict' } {
  const { old, current, unset } = values;
  if (old === unset || old === current) return { kind: 'value', value: current };
  if (current === unset) return { kind: 'value', value: old };
  const oldLayer = raw.values.get(names.old)?.layer ?? 0;
  const currentLayer = raw.values.get(names.current)?.layer ?? 0;
  if (oldLayer === currentLayer) return { kind: 'conflict' };
  return { kind: 'value', value: oldLayer > currentLayer ? old : current };
}
