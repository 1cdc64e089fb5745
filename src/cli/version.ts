/**
 * Which version of the program this is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProgramVersion {
  readonly version: string;
  /** '' when it is not known: only a build says it. */
  readonly commit: string;
}

/** From the package's own description: one folder up from the bundle, two from the sources. Empty when there is none. */
export function readVersion(folder: string): ProgramVersion {
  for (const up of ['..', '../..']) {
    const version = versionIn(join(folder, up, 'package.json'));
    if (version !== null) return { version, commit: '' };
  }
  return { version: '', commit: '' };
}

function versionIn(file: string): string | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isOurs = typeof parsed === 'object' && parsed !== null && 'bin' in parsed && 'version' in parsed;
    return isOurs && typeof parsed.version === 'string' ? parsed.version : null;
  } catch {
    return null;
  }
}
