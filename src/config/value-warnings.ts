/**
 * Finds what in the settings silently means nothing: regular expressions that do not compile, and never match (spec 1.9: an ignore list with a typing error ignores nobody, and a recovery filter recovers
 * nothing); marks of hooks that nobody knows. Pure.
 */

import { isLiteralAddress, patternOfClusterFilter } from './filters.ts';
import { hookMarks } from './hook-marks.ts';
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

/** One warning for each word of a hook's marks that means nothing: it runs as if that were not there. */
export function warnAboutHookMarks(settings: Settings, raw: RawConfiguration): ConfigurationWarning[] {
  return KEY_NAMES.filter((key) => key.endsWith('Processes') && raw.values.has(key)).flatMap((key) => {
    const entries = settings[key];
    if (!isList(entries)) return [];
    return entries.flatMap((entry) => {
      return hookMarks(entry).unknown.map((word): ConfigurationWarning => {
        const message = `${key} contains a hook that is marked ${JSON.stringify(word)}; marks are required, advisory and timeout=SECONDSs`;
        return { code: 'unknown-mark', key, message };
      });
    });
  });
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
