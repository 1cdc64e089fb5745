import { afterEach, beforeEach, expect, it } from 'vitest';
import { at } from '../analysis/testing.ts';
import { hooksIn } from './hook-script.ts';
import { runTakeMasterHooks } from './hook-take-master.ts';
import { HookBench } from './hook-testing.ts';

let bench: HookBench;
beforeEach(() => {
  bench = new HookBench();
});
afterEach(() => bench.remove());

const run = (commands: readonly string[], shell = 'bash') =>
  runTakeMasterHooks({
    startHook: hooksIn(() => ({ ...bench.shell(), shell })),
    commands,
    successor: at(22294),
    demoted: { hostname: '::1', port: 22293 },
    log: bench.log,
  });

it('47: the arguments are successor and demoted server with their ports', async () => {
  await run(['echo $# $1 $2 > $WORK/said']);
  expect(bench.read('said')).toBe('2 testhost:22294 ::1:22293\n');
});

it('so are the two variables, and there are no others', async () => {
  await run(['echo $ORC_SUCCESSOR_HOST $ORC_FAILED_HOST "[$ORC_FAILED_PORT]" > $WORK/said']);
  expect(bench.read('said')).toBe('testhost:22294 ::1:22293 []\n');
});

it('placeholders and a final & are left to the shell', async () => {
  await run(['echo {successorHost} > $WORK/said; exit 1 &', 'touch $WORK/second']);
  expect(bench.read('said')).toBe('{successorHost}\n');
  expect(bench.logged.join()).toContain('Completed PostTakeMasterProcesses hook 1 of 2');
});

it('failures are logged, and the next one runs', async () => {
  await run(['echo why; exit 2', 'touch $WORK/second']);
  expect(bench.read('second')).toBe('');
  const failure = bench.logged.find((line) => line.startsWith('error:'));
  expect(failure).toMatch(/Failed PostTakeMasterProcesses hook 1 of 2 after .*: exit status 2 \{"output":"why\\n"\}/);
  await run(['true'], '/nowhere/shell');
  expect(bench.logged.at(-1)).toContain('cannot start /nowhere/shell');
  expect(bench.temporaryFiles()).toEqual([]);
});
