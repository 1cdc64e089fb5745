/**
 * The files of the built pages, listed once at start. Only what is on the list is ever read, so no path of a request can lead elsewhere.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** More than any build of ours has; a wrong folder (`/`) must not be walked to its end. */
const WEB_FILES_MAX = 5000;

export interface WebFiles {
  /** The content of a listed file, by its path with `/` between the parts; null when it is not listed, or gone since. */
  read(path: string): Promise<Buffer | null>;
  /** With the pages' own entry, `index.html`. */
  readonly isBuilt: boolean;
}

/** `webRoot`: a folder, or undefined. A missing folder counts as not built; symbolic links are not followed. */
export async function webFiles(webRoot: string | undefined): Promise<WebFiles> {
  const paths = webRoot === undefined ? new Map<string, string>() : await listFiles(webRoot);
  return {
    isBuilt: paths.has('index.html'),
    read: async (path) => {
      const file = paths.get(path);
      return file === undefined ? null : readFile(file).catch(() => null);
    },
  };
}

async function listFiles(webRoot: string): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const entries = await readdir(webRoot, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.slice(0, WEB_FILES_MAX)) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    paths.set(relative(webRoot, file).split(sep).join('/'), file);
  }
  return paths;
}
