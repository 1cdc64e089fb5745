/**
 * What loading has to say without refusing: each is logged once. The reference stays silent in all these cases
 * (spec 1.2, 1.10), and its operators find out in the night that a key was misspelled.
 */
import { nearestName } from './nearest-name.ts';
import { RETIRED_KEYS } from './retired-keys.ts';
import { declarationOf, KEY_NAMES, type KeyName } from './settings.ts';

export type WarningCode =
  | 'unknown-key'
  | 'retired-key'
  | 'no-effect'
  | 'value-cut'
  | 'value-ignored'
  | 'pattern-never-matches'
  | 'unknown-mark'
  | 'unset-environment-variable'
  | 'file-skipped'
  | 'no-file';

export interface ConfigurationWarning {
  readonly code: WarningCode;
  /** The key as written, or null when the warning is about a file. */
  readonly key: string | null;
  /** One line for the log. */
  readonly message: string;
}

const RETIRED_BY_LOWER_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(RETIRED_KEYS).map(([name, successor]) => [name.toLowerCase(), successor]),
);

export function warnAboutUnknownName(name: string): ConfigurationWarning {
  const successor = RETIRED_BY_LOWER_NAME.get(name.toLowerCase());
  if (successor !== undefined) {
    return { code: 'retired-key', key: name, message: `${name} is no longer a configuration key: ${successor}` };
  }
  const near = nearestName(name, KEY_NAMES);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return { code: 'unknown-key', key: name, message: `${name} is not a configuration key and is ignored${hint}` };
}

/** The warning for a key that was set in a file but changes nothing, or null. */
export function warnAboutEffect(key: KeyName): ConfigurationWarning | null {
  const { effect, reload } = declarationOf(key);
  if (effect === 'implemented') return null;
  return { code: 'no-effect', key, message: `${key} has no effect${reload === 'unused' ? '' : ' yet'}` };
}

export function warnAboutClamp(key: KeyName, spelling: string): ConfigurationWarning {
  const message = `${key} is ${spelling}, which cannot be counted exactly; ${Number.MAX_SAFE_INTEGER} is used`;
  return { code: 'value-cut', key, message };
}
