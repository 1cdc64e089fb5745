// The command `script/servers`: fetches database servers into the cache folder and says where they are.

import { PackageUnavailable } from '../src/sandbox/fetch-debian.ts';
import { ensureServer } from '../src/sandbox/fetch-server.ts';
import { type ServerRelease, serverReleases } from '../src/sandbox/server-releases.ts';

const names = serverReleases.map(({ name }) => name);

const usage = `usage: script/servers [SERVER...]       fetch them (all when none is named) unless they are there
       script/servers path SERVER       fetch it if needed, print its folder
       script/servers command SERVER    fetch it if needed, print the command line that starts it

Servers:
  mysql           MySQL 9.7 LTS, from Debian's unstable
  mariadb         MariaDB 10.11 LTS, from Debian 12 (bookworm)
  mariadb-11.8    MariaDB 11.8 LTS, from Debian 13 (trixie)

They go to $ORCHESTRATOR_CACHE (default ~/.cache/orchestrator-ts), once; the system is not touched.
ORCHESTRATOR_DEBIAN_MIRROR names another mirror of Debian than http://deb.debian.org/debian.`;

const say = (line: string) => process.stderr.write(`${line}\n`);

const named = (word: string): ServerRelease | undefined => serverReleases.find(({ name }) => name === word);

async function main(words: readonly string[]): Promise<number> {
  const [first, second = ''] = words;
  if (first === '--help' || first === '-h') {
    console.log(usage);
    return 0;
  }
  const one = named(second);
  if ((first === 'path' || first === 'command') && one !== undefined && words.length === 2) {
    const server = await ensureServer(one, say);
    console.log(first === 'path' ? server.root : [...server.command, ...server.fixedArguments].join(' '));
    return 0;
  }
  if (!words.every((word) => names.includes(word))) {
    say(usage);
    return 2;
  }
  for (const release of serverReleases.filter(({ name }) => words.length === 0 || words.includes(name))) {
    const server = await ensureServer(release, say);
    console.log(`${release.name} ${server.version} ${server.root}`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof PackageUnavailable)) throw error;
  say(error.message);
  process.exitCode = 1;
}
