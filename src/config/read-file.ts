/** The one way this folder reads files: injected, so that tests need no disk. */
import { readFileSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

export type FileContent =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** `code` as the operating system names it (`ENOENT`, `EACCES`, ...); `reason` in words. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly reason: string };

export type ReadFile = (path: string) => FileContent;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a file of this machine; relative paths start at the working directory. Never throws. */
export const readFileFromDisk: ReadFile = (path) => {
  try {
    return { kind: 'read', bytes: readFileSync(path) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
    const reason =
      'errno' in error && typeof error.errno === 'number' ? getSystemErrorMessage(error.errno) : error.message;
    return { kind: 'unreadable', code, reason };
  }
};
