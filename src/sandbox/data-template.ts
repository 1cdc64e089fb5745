// An initialised data directory, made once for each server version and copied for every server: seconds become a moment.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { accountStatements } from './accounts.ts';
import { cacheFolder } from './cache-folder.ts';
import { setupOf } from './family-setups.ts';
import { withFileLock } from './file-lock.ts';
import { runToEnd } from './run-to-end.ts';
import type { ServerBinaries } from './server-binaries.ts';

/** Raise it when `initialise` of a family changes in a way that the accounts do not show. */
const templateRevision = 2;

/** Puts a fresh data directory with an identity of its own at `dataDir`, which must not exist. */
export async function freshDataDir(binaries: ServerBinaries, dataDir: string): Promise<void> {
  const template = await dataTemplate(binaries);
  await copy(template, dataDir);
}

/** By reflink where the file system can. Pages that InnoDB has not used yet become holes: two thirds of its files, which copies of the copy pass over. */
const copy = (from: string, to: string): Promise<void> =>
  runToEnd(['cp', '--archive', '--reflink=auto', '--sparse=always', from, to]);

async function dataTemplate(binaries: ServerBinaries): Promise<string> {
  const { family, version } = binaries;
  const recipe = createHash('sha256').update(accountStatements(family).join('\n')).digest('hex').slice(0, 8);
  const template = join(cacheFolder(), 'templates', `${family}-${version}-${templateRevision}-${recipe}`);
  if (existsSync(template)) return template;
  return withFileLock(`${template}.lock`, async () => {
    if (existsSync(template)) return template;
    const staging = `${template}.partial`;
    const filled = `${template}.filled`;
    for (const folder of [staging, filled]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(filled, { recursive: true, mode: 0o700 });
    await setupOf(family).initialise(binaries, filled);
    for (const name of setupOf(family).identityFiles) rmSync(join(filled, name), { force: true });
    await copy(filled, staging);
    rmSync(filled, { recursive: true });
    renameSync(staging, template);
    return template;
  });
}
