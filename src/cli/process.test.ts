/** The real program as a process: streams, status, no stack traces. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'orchestrator-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function configFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** In a folder without configuration files, in a time zone half an hour off the others. */
function orchestrator(...words: string[]) {
  return orchestratorUnder([], words);
}

/** With options for Node itself. */
function orchestratorUnder(nodeOptions: readonly string[], words: readonly string[]) {
  const env = { ...process.env, TZ: 'Asia/Kolkata' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, MAIN, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const FATAL_LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d FATAL [^\n]+\n$/;

describe('the program as a process', () => {
  it('-c help lists the commands on standard error', () => {
    const { status, stdout, stderr } = orchestrator('-c', 'help');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^Available commands \(-c\):\nSmart relocation:\n\trelocate {32}Move/);
  });

  it('an unknown flag is status 2', () => {
    const { status, stdout, stderr } = orchestrator('--frobnicate', '-c', 'help');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^flag provided but not defined: -frobnicate\n/);
  });

  it('--version is two lines', () => {
    const { status, stdout, stderr } = orchestrator('--version');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n\n$/);
  });

  it('a configuration that cannot be parsed is one line and status 1', () => {
    const { status, stdout, stderr } = orchestrator(
      '--config',
      configFile('bad.json', '{"Debug": tru}'),
      '-c',
      'clusters',
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(FATAL_LINE);
    expect(stderr).toContain('Cannot read config file: ');
  });

  it('a configuration that is missing is one line and status 1', () => {
    const { status, stderr } = orchestrator('--config=missing.json', 'http');
    expect(status).toBe(1);
    expect(stderr).toMatch(FATAL_LINE);
    expect(stderr).toContain('Cannot read config file: missing.json no such file or directory');
  });

  it('logs in the time zone of TZ', () => {
    const { stderr } = orchestrator('--verbose');
    const logged = /^(\S+) (\S+) INFO/.exec(stderr);
    const minutesApart = Math.round((Date.parse(`${logged?.[1]}T${logged?.[2]}Z`) - Date.now()) / 60_000);
    expect([329, 330]).toContain(minutesApart);
  });

  it('dump-config prints the configuration in force', () => {
    const file = configFile('port.json', '{"DefaultInstancePort": 4406}');
    const { status, stdout, stderr } = orchestrator('--config', file, '-c', 'dump-config');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ DefaultInstancePort: 4406 });
  });

  const breakPrinting = ['--import', 'data:text/javascript,process.stdout.write=()=>{throw new Error("no paper")}'];

  it('what nobody expected is one line and status 1', () => {
    const { status, stderr } = orchestratorUnder(breakPrinting, ['help', 'relocate']);
    expect(status).toBe(1);
    expect(stderr).toMatch(FATAL_LINE);
    expect(stderr).toContain('no paper');
  });

  it('and with --stack also where it happened', () => {
    const { status, stderr } = orchestratorUnder(breakPrinting, ['--stack', 'help', 'relocate']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/FATAL .*no paper.*\nError: no paper\n {4}at /);
  });
});
