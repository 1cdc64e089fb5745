// Brings a database server: the fetched one of the cache folder, else one fetched now, else the system's own.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { PackageUnavailable, type Say, unpackFromDebian } from './fetch-debian.ts';
import { withFileLock } from './file-lock.ts';
import {
  askVersion,
  describeUnpacked,
  type FetchedMarker,
  fetchedFolder,
  findFetched,
  findOnPath,
  markerFile,
  type ServerBinaries,
} from './server-binaries.ts';
import { isOfRelease, type ServerChoice, type ServerRelease, serverRelease } from './server-releases.ts';

/**
 * The server wanted: the fetched one, else fetched now, else the system's own. Safe to call from several processes.
 * Throws `PackageUnavailable` when there is no way to get one.
 */
export async function ensureServer(choice: ServerChoice, say: Say = () => {}): Promise<ServerBinaries> {
  const wanted = serverRelease(choice);
  const there = findFetched(wanted);
  if (there !== null) return there;
  return withFileLock(join(cacheFolder(), 'servers', `${wanted.name}.lock`), async () => {
    const fetchedMeanwhile = findFetched(wanted);
    if (fetchedMeanwhile !== null) return fetchedMeanwhile;
    try {
      return await fetchServer(wanted, say);
    } catch (error) {
      if (!(error instanceof PackageUnavailable)) throw error;
      const systems = findOnPath(wanted);
      if (systems === null) throw error;
      say(`${wanted.name}: ${error.message}; using this system's own ${systems.version}`);
      return systems;
    }
  });
}

async function fetchServer(wanted: ServerRelease, say: Say): Promise<ServerBinaries> {
  const { name, family, suite } = wanted;
  const staging = `${fetchedFolder(wanted)}.partial`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const root = join(staging, 'root');
  const packages = await unpackFromDebian(wanted, root, say);

  const version = askVersion(describeUnpacked(family, 'unknown', root).command);
  if (version === null) throw new PackageUnavailable(`the fetched ${name} server does not start on this machine`);
  if (!isOfRelease(version.number, wanted)) {
    throw new PackageUnavailable(`Debian ${suite} has ${version.number} by now, not ${name}`);
  }
  const marker: FetchedMarker = { family, version: version.number, packages };
  writeFileSync(join(staging, markerFile), `${JSON.stringify(marker, null, 2)}\n`);
  rmSync(fetchedFolder(wanted), { recursive: true, force: true });
  renameSync(staging, fetchedFolder(wanted));
  say(`${name}: ${version.number} is ready`);
  return describeUnpacked(family, version.number, join(fetchedFolder(wanted), 'root'));
}
