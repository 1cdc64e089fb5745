// Finds the program `ip`, which makes hosts and the wires between them, or fetches Debian's into the cache folder.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { type DebianPackage, PackageUnavailable, type Say, unpackFromDebian } from './fetch-debian.ts';
import { withFileLock } from './file-lock.ts';
import { unpackedCommand } from './unpacked-program.ts';

/** `[...command, ...yours]` is the whole command line. */
export type IpCommand = readonly [string, ...string[]];

const wanted: DebianPackage = { name: 'iproute2', suite: 'trixie', package: 'iproute2' };

/** The system's own, else the fetched one, else fetched now. Safe to call from several processes. Throws `PackageUnavailable`. */
export async function ensureIp(say: Say = () => {}): Promise<IpCommand> {
  const systems = findOnPath();
  if (systems !== null) return [systems];
  const folder = join(cacheFolder(), 'tools', wanted.name);
  // The folder gets its name when everything is in it.
  if (existsSync(folder)) return fetchedIp(folder);
  return withFileLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return fetchedIp(folder);
    const staging = `${folder}.partial`;
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true });
    await unpackFromDebian(wanted, join(staging, 'root'), say);
    const [program, ...rest] = fetchedIp(staging);
    if (spawnSync(program, [...rest, '-V']).status !== 0) {
      throw new PackageUnavailable('the fetched ip does not start on this machine');
    }
    renameSync(staging, folder);
    say(`${wanted.name}: ready`);
    return fetchedIp(folder);
  });
}

function findOnPath(): string | null {
  // The folders of root's programs are on the PATH of few users.
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, 'ip')).find((file) => existsSync(file)) ?? null;
}

function fetchedIp(folder: string): IpCommand {
  const root = join(folder, 'root');
  const program = ['usr/sbin/ip', 'usr/bin/ip', 'sbin/ip', 'bin/ip']
    .map((file) => join(root, file))
    .find((file) => existsSync(file));
  if (program === undefined) throw new Error(`no ip under ${dirname(root)}`);
  return unpackedCommand(root, program);
}
