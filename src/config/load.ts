/** Finds, reads, merges and reloads configuration files (spec 1.1, 1.3, 1.8). Only `readFile` touches the outside. */
import { deriveSettings, type Surroundings } from './adjustments.ts';
import { decodeFile } from './decode-file.ts';
import { warnAboutMinimumSeconds } from './minimum-seconds.ts';
import { mergeFile, NOTHING_SET, type RawConfiguration } from './raw-configuration.ts';
import type { FileContent } from './read-file.ts';
import { KEY_NAMES, type Settings } from './settings.ts';
import { warnAboutHookMarks, warnAboutPatterns } from './value-warnings.ts';
import { type ConfigurationWarning, warnAboutEffect } from './warnings.ts';

/** Read in this order when no file is named; a later one overrides an earlier one key by key. */
export const SEARCHED_FILES: readonly string[] = [
  '/etc/orchestrator.conf.json',
  'conf/orchestrator.conf.json',
  'orchestrator.conf.json',
];

export interface LoadRequest extends Surroundings {
  /** The value of `--config`; absent or empty means the search list. */
  readonly configFile?: string;
}

export interface LoadedConfiguration {
  readonly kind: 'ok';
  readonly settings: Settings;
  /** The files that were read, in order; each is worth one INFO line. */
  readonly files: readonly string[];
  readonly warnings: readonly ConfigurationWarning[];
  /** For `reloadConfiguration`: where to look again, and what the files said so far. */
  readonly source: ConfigurationSource;
}

export interface ConfigurationSource {
  readonly searched: readonly string[];
  readonly raw: RawConfiguration;
}

/** `message` is one line for the log or the API, without secrets. */
export interface RefusedConfiguration {
  readonly kind: 'refused';
  readonly message: string;
}

export type ConfigurationLoading = LoadedConfiguration | RefusedConfiguration;

/**
 * Loads the configuration at start. Refused: a file named by `configFile` that cannot be read; any file that is malformed,
 * has a value of a wrong type, or leaves the settings contradictory.
 */
export function loadConfiguration(request: LoadRequest): ConfigurationLoading {
  const named = request.configFile ?? '';
  if (named === '') return readInOrder(SEARCHED_FILES, NOTHING_SET, request, 'skip-unreadable');
  return readInOrder([named], NOTHING_SET, request, 'refuse-unreadable');
}

/**
 * Reads the same files again, and after them `extraFile` (not remembered), on top of what was set so far: a key that has
 * gone from its file keeps its last value until restart. A file that cannot be opened any more is skipped (spec 1.8).
 * Refused: the caller keeps `previous`, whole.
 */
export function reloadConfiguration(
  previous: LoadedConfiguration,
  surroundings: Surroundings,
  extraFile = '',
): ConfigurationLoading {
  const { searched, raw } = previous.source;
  const again = readInOrder(searched, raw, surroundings, 'skip-unreadable');
  if (again.kind === 'refused' || extraFile === '') return again;
  const extra = readInOrder([extraFile], again.source.raw, surroundings, 'skip-unreadable');
  if (extra.kind === 'refused') return extra;
  return {
    ...extra,
    files: [...again.files, ...extra.files],
    warnings: withoutRepeats([...again.warnings, ...extra.warnings]),
    source: { searched, raw: extra.source.raw },
  };
}

function readInOrder(
  searched: readonly string[],
  start: RawConfiguration,
  surroundings: Surroundings,
  unreadable: 'skip-unreadable' | 'refuse-unreadable',
): ConfigurationLoading {
  const files: string[] = [];
  const warnings: ConfigurationWarning[] = [];
  let raw = start;
  let derivation = deriveSettings(raw, surroundings);
  for (const file of searched) {
    const content = surroundings.readFile(file);
    if (content.kind === 'unreadable') {
      if (unreadable === 'refuse-unreadable') return refused(file, content.reason);
      warnings.push(...warnAboutSkippedFile(file, content));
      continue;
    }
    // Invalid UTF-8 becomes U+FFFD, but a byte-order mark stays and is refused as in the reference (spec 1.2).
    const decoding = decodeFile(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content.bytes));
    if (decoding.kind === 'invalid') return refused(file, decoding.reason);
    files.push(file);
    warnings.push(...decoding.warnings);
    raw = mergeFile(raw, decoding.assignments);
    // Each file must stand on what was read before it (spec 1.3): a later one cannot repair it.
    derivation = deriveSettings(raw, surroundings);
    if (derivation.kind === 'refused') return refused(file, derivation.reason);
  }
  if (derivation.kind === 'refused') return { kind: 'refused', message: derivation.reason };
  if (files.length === 0) warnings.push(warnAboutNoFile(searched));
  const { settings } = derivation;
  warnings.push(
    ...derivation.warnings,
    ...warnAboutEffects(raw),
    ...warnAboutPatterns(settings, raw),
    ...warnAboutHookMarks(settings, raw),
    ...warnAboutMinimumSeconds(settings),
  );
  return { kind: 'ok', settings, files, warnings: withoutRepeats(warnings), source: { searched, raw } };
}

/** The text that operators and scripts know (specification of the command line, 1.3). */
function refused(file: string, reason: string): RefusedConfiguration {
  return { kind: 'refused', message: `Cannot read config file: ${file} ${reason}` };
}

/** A file that is absent is no news; one that is there and cannot be opened is. */
function warnAboutSkippedFile(
  file: string,
  content: Extract<FileContent, { kind: 'unreadable' }>,
): ConfigurationWarning[] {
  if (content.code === 'ENOENT' || content.code === 'ENOTDIR') return [];
  return [{ code: 'file-skipped', key: null, message: `configuration file ${file} is skipped: ${content.reason}` }];
}

function warnAboutNoFile(searched: readonly string[]): ConfigurationWarning {
  const message = `no configuration file could be read (looked for ${searched.join(', ')})`;
  return { code: 'no-file', key: null, message };
}

function warnAboutEffects(raw: RawConfiguration): ConfigurationWarning[] {
  return KEY_NAMES.filter((name) => raw.values.has(name))
    .map(warnAboutEffect)
    .filter((warning) => warning !== null);
}

function withoutRepeats(warnings: readonly ConfigurationWarning[]): readonly ConfigurationWarning[] {
  return [...new Map(warnings.map((warning) => [warning.message, warning])).values()];
}
