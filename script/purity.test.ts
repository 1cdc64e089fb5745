// Proves that the lint configuration refuses what would make a pure folder impure, and nothing more.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const project = mkdtempSync(join(tmpdir(), 'orcts-lint-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

cpSync(join(root, 'script/lint'), join(project, 'script/lint'), { recursive: true });
cpSync(join(root, 'biome.json'), join(project, 'biome.json'));
cpSync(join(root, '.gitignore'), join(project, '.gitignore'));

/** Whether the linter, set up as the project has it, refuses a file of that name with that text. */
function isRefused(file: string, source: string): boolean {
  const path = join(project, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${source}\n`);
  const { status, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', file], {
    cwd: project,
    encoding: 'utf8',
  });
  rmSync(path);
  // Anything but a verdict about this one file means that the linter did not run.
  if (status === 0) return false;
  expect(stderr).toContain(file);
  return true;
}

const impure = [
  'export const x = Math.random();',
  'export const x = Date.now();',
  'export const x = new Date();',
  'export const x = process.env;',
  'export const x = performance.now();',
  'export const x = crypto.randomUUID();',
  'export const x = fetch;',
  'export const x = () => setTimeout(() => {}, 1);',
];

describe('the linter', () => {
  it.each(['src/model', 'src/analysis', 'src/preflight', 'src/planning'])(
    'refuses clock, chance, environment and waiting in %s',
    (folder) => {
      expect(impure.filter((source) => !isRefused(`${folder}/deep/x.ts`, source))).toEqual([]);
    },
  );

  it('lets a pure folder calculate, with given times too', () => {
    expect(isRefused('src/model/x.ts', 'export const x = new Date(Math.max(1, 2)).toISOString();')).toBe(false);
  });

  it('lets other folders read the clock', () => {
    expect(isRefused('src/discovery/x.ts', 'export const x = Date.now();')).toBe(false);
  });

  it('refuses casts that switch the compiler off, everywhere', () => {
    expect(isRefused('src/http/x.ts', 'export const x = 1 as unknown as string;')).toBe(true);
    expect(isRefused('src/http/x.ts', 'export const x: any = 1;')).toBe(true);
  });
});
