/**
 * Finds regular expressions in the settings that do not compile. Such a pattern silently never matches (spec 1.9): an
 * ignore list with a typing error ignores nobody, and a recovery filter recovers nothing. Pure.
 */
import { isLiteralAddress, patternOfClusterFilter } from './filters.ts';
import { isList, isMap, type KeyDeclaration, type SettingValue } from './key-declaration.ts';
import type { RawConfiguration } from './raw-configuration.ts';
import { compileRegularExpression } from './regular-expression.ts';
import { declarationOf, KEY_NAMES, type Settings } from './settings.ts';
import type { ConfigurationWarning } from './warnings.ts';

/** One warning for each pattern, of the keys that files have set, that can never match. */
export function warnAboutPatterns(settings: Settings, raw: RawConfiguration): ConfigurationWarning[] {
  const warnings: ConfigurationWarning[] = [];
  for (const key of KEY_NAMES) {
    if (!raw.values.has(key)) continue;
    for (const pattern of patternsIn(declarationOf(key), settings[key])) {
      const compiled = compileRegularExpression(pattern);
      if (compiled.kind === 'compiled') continue;
      const message = `${key} contains a pattern that never matches: ${JSON.stringify(pattern)}: ${compiled.reason}`;
      warnings.push({ code: 'pattern-never-matches', key, message });
    }
  }
  return warnings;
}

function patternsIn({ patterns }: KeyDeclaration, value: SettingValue): readonly string[] {
  if (patterns === undefined) return [];
  if (typeof value === 'string') return [value];
  if (isMap(value)) return [...value.keys()];
  if (!isList(value)) return [];
  if (patterns === 'host-filters') return value.filter((text) => !isLiteralAddress(text));
  if (patterns === 'cluster-filters') return value.map(patternOfClusterFilter).filter((text) => text !== null);
  return value;
}
