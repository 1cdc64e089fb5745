// The command `script/servers`: fetches database servers into the cache folder and says where they are.

import { ensureServer, ServerUnavailable } from '../src/sandbox/fetch-server.ts';
import { type ServerFamily, serverFamilies } from '../src/sandbox/server-binaries.ts';

const usage = `usage: script/servers [mysql] [mariadb]     fetch them (both when none is named) unless they are there
       script/servers path mysql|mariadb    fetch it if needed, print its folder
       script/servers command mysql|mariadb fetch it if needed, print the command line that starts it

They go to $ORCHESTRATOR_CACHE (default ~/.cache/orchestrator-ts); the system is not touched.
ORCHESTRATOR_DEBIAN_MIRROR names another mirror of Debian than http://deb.debian.org/debian.`;

const say = (line: string) => process.stderr.write(`${line}\n`);

function isFamily(word: string): word is ServerFamily {
  return serverFamilies.some((family) => family === word);
}

async function main(words: readonly string[]): Promise<number> {
  const [first, second] = words;
  if (first === '--help' || first === '-h') {
    console.log(usage);
    return 0;
  }
  if ((first === 'path' || first === 'command') && second !== undefined && isFamily(second) && words.length === 2) {
    const server = await ensureServer(second, say);
    console.log(first === 'path' ? server.root : [...server.command, ...server.fixedArguments].join(' '));
    return 0;
  }
  const families = words.filter(isFamily);
  if (families.length !== words.length) {
    say(usage);
    return 2;
  }
  for (const family of families.length > 0 ? families : serverFamilies) {
    const server = await ensureServer(family, say);
    console.log(`${family} ${server.version} ${server.root}`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ServerUnavailable)) throw error;
  say(error.message);
  process.exitCode = 1;
}
