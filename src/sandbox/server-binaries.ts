// Where the programs of a database server are and how to start them; the facts every other file here builds on.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { isOfRelease, type ServerFamily, type ServerRelease } from './server-releases.ts';
import { unpackedCommand } from './unpacked-program.ts';

/** How to start one server. `[...command, ...fixedArguments, ...yours]` is the whole command line. */
export interface ServerBinaries {
  family: ServerFamily;
  /** As the server prints it, e.g. `9.7.4` or `10.11.18`. */
  version: string;
  origin: 'fetched' | 'path';
  /** The folder that holds everything of it (`/` for a server of the system). */
  root: string;
  /** Program and the arguments that must come first (the dynamic loader and its library path for a fetched server). */
  command: readonly [string, ...string[]];
  /** Options that tell an unpacked server where its own files are. */
  fixedArguments: readonly string[];
  /** Folder of the SQL scripts and message files. */
  shareDir: string;
}

/** The file written last into a fetched server's folder; a folder without it is an interrupted fetch. */
export const markerFile = 'fetched.json';

/** What the marker says. */
export interface FetchedMarker {
  family: ServerFamily;
  version: string;
  /** Debian packages unpacked there, as `name_version`. */
  packages: readonly string[];
}

/** Folder of a fetched server; it may not exist. */
export function fetchedFolder({ name }: ServerRelease): string {
  return join(cacheFolder(), 'servers', name);
}

/** The server fetched into the cache folder, or null when there is none or the fetch was cut. */
export function findFetched(wanted: ServerRelease): ServerBinaries | null {
  const folder = fetchedFolder(wanted);
  const marker = join(folder, markerFile);
  if (!existsSync(marker)) return null;
  const { version } = JSON.parse(readFileSync(marker, 'utf8')) as FetchedMarker;
  return describeUnpacked(wanted.family, version, join(folder, 'root'));
}

/** The server that the system itself has on PATH, or null. A MariaDB that calls itself `mysqld` is no MySQL. */
export function findOnPath(wanted: ServerRelease): ServerBinaries | null {
  const { family } = wanted;
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const name = family === 'mysql' ? 'mysqld' : 'mariadbd';
  const program = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (program === undefined) return null;
  const version = askVersion([program]);
  if (version === null || version.isMariadb !== (family === 'mariadb')) return null;
  if (!isOfRelease(version.number, wanted)) return null;
  const shares = ['mariadb', 'mysql'].map((share) => join(dirname(dirname(program)), 'share', share));
  const shareDir = shares.find((folder) => existsSync(join(folder, 'charsets')));
  if (shareDir === undefined) return null;
  return {
    family,
    version: version.number,
    origin: 'path',
    root: '/',
    command: [program],
    fixedArguments: [],
    shareDir,
  };
}

/** Describes a server unpacked under `root`. Throws when the dynamic loader is not there: the unpacking is broken. */
export function describeUnpacked(family: ServerFamily, version: string, root: string): ServerBinaries {
  // MariaDB moved its own to a folder of its name.
  const shareDir = ['mariadb', 'mysql']
    .map((name) => join(root, 'usr/share', name))
    .find((folder) => existsSync(folder));
  if (shareDir === undefined) throw new Error(`no files of a server under ${root}`);
  const program = join(root, 'usr/sbin', family === 'mysql' ? 'mysqld' : 'mariadbd');
  return {
    family,
    version,
    origin: 'fetched',
    root,
    command: unpackedCommand(root, program),
    fixedArguments: [
      `--basedir=${join(root, 'usr')}`,
      `--lc-messages-dir=${shareDir}`,
      `--character-sets-dir=${join(shareDir, 'charsets')}`,
      `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
    ],
    shareDir,
  };
}

/** Asks a server program for its version; null when it cannot even be started. */
export function askVersion(command: readonly [string, ...string[]]): { number: string; isMariadb: boolean } | null {
  const [program, ...rest] = command;
  const answer = spawnSync(program, [...rest, '--no-defaults', '--version'], { encoding: 'utf8' });
  const number = /Ver (\d+\.\d+\.\d+)/.exec(answer.stdout ?? '')?.[1];
  return number === undefined ? null : { number, isMariadb: answer.stdout.includes('MariaDB') };
}
