// How a program is started that was unpacked into a folder and not installed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `[...command, ...yours]` runs `program`, a file below `root`, with its own loader and libraries: the machine's libc may be years older than
 * the one it was built for. Throws when the dynamic loader is not there: the unpacking is broken.
 */
export function unpackedCommand(root: string, program: string): readonly [string, ...string[]] {
  const loader = ['usr/lib64', 'lib64', 'usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu']
    .map((folder) => join(root, folder, 'ld-linux-x86-64.so.2'))
    .find((file) => existsSync(file));
  if (loader === undefined) throw new Error(`no dynamic loader under ${root}`);
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((folder) => join(root, folder)).join(':');
  return [loader, '--library-path', libraries, program];
}
