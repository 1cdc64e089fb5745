// The commands with which a person starts pretended servers: they say what is there, and leave nothing behind.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { freePortRange, isPortFree } from '../../src/sandbox/free-ports.ts';

const root = join(import.meta.dirname, '../..');

function run(command: string, words: readonly string[]) {
  const child = spawn(join(root, command), words, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines: createInterface({ input: child.stdout }), ended: once(child, 'exit') };
}

it('script/fleet says in one line where its servers and its control are, and a SIGTERM ends all of it', async () => {
  const basePort = (await freePortRange(9)) + 1;
  const words = ['--servers', '8', '--per-cluster', '4', '--family', 'both', '--base-port', String(basePort)];
  const { child, lines, ended } = run('script/fleet', words);
  const [line] = await once(lines, 'line');
  const told = JSON.parse(String(line)) as { readonly control: string };
  expect(told).toMatchObject({ servers: 8, clusters: 2, firstPort: basePort, primaries: [basePort, basePort + 4] });
  expect(told.control).toBe(`http://127.0.0.1:${basePort - 1}`);
  const servers = await (await fetch(`${told.control}/servers`)).json();
  expect(servers).toHaveLength(8);

  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  for (let port = basePort - 1; port < basePort + 8; port++) expect(await isPortFree(port)).toBe(true);
});

it('script/fleet refuses numbers that are none', async () => {
  const { ended } = run('script/fleet', ['--servers', 'many']);
  expect(await ended).toEqual([2, null]);
});

it('script/demo --fleet --once kills a primary and prints what came of it', async () => {
  const { lines, ended } = run('script/demo', ['--fleet', '12', '--once']);
  const [line] = await once(lines, 'line');
  expect(JSON.parse(String(line))).toMatchObject({ recovered: true, pretended: true, servers: 12, family: 'both' });
  expect(await ended).toEqual([0, null]);
});
