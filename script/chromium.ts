// Finds Debian's Chromium for tests with a real browser, or installs it.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** There is no browser and none can be installed; the message is one line for people. */
export class ChromiumUnavailable extends Error {}

/** The browser's program: `$ORCHESTRATOR_CHROMIUM`, else Debian's. Null when there is none. */
export function findChromium(): string | null {
  const candidates = [process.env['ORCHESTRATOR_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return candidates.find((file) => file !== undefined && file !== '' && existsSync(file)) ?? null;
}

/** The browser's program, installed with apt when it is missing. Throws `ChromiumUnavailable`. */
export function ensureChromium(say: (line: string) => void): string {
  const there = findChromium();
  if (there !== null) return there;
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '--non-interactive'];
  if (!isRoot && spawnSync('sudo', ['--non-interactive', 'true'], { stdio: 'ignore' }).status !== 0) {
    throw new ChromiumUnavailable('there is no Chromium here and we may not install it (apt-get install chromium)');
  }
  say('chromium: installing it with apt-get');
  // Without fonts a page has no letters, and Chromium only recommends them.
  for (const parameters of [
    ['update'],
    ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation'],
  ]) {
    const [program = 'apt-get', ...rest] = [
      ...sudo,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      ...parameters,
    ];
    const run = spawnSync(program, rest, { encoding: 'utf8' });
    const complaint = run.stderr?.split('\n').find((line) => line.startsWith('E: ')) ?? 'apt-get failed';
    if (run.status !== 0) throw new ChromiumUnavailable(`cannot install Chromium: ${complaint.slice(3)}`);
  }
  const installed = findChromium();
  if (installed === null) throw new ChromiumUnavailable('the package chromium has no program');
  say('chromium: ready');
  return installed;
}
