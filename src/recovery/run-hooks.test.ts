import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hookDocument } from './hook-document.ts';
import { HOOK_OUTPUT_CAP_BYTES } from './hook-output.ts';
import { aHookContext, HookBench, isAlive, SUCCESSOR } from './hook-testing.ts';
import { HOOK_MODES, runHooks } from './run-hooks.ts';

let bench: HookBench;
beforeEach(() => {
  bench = new HookBench();
});
afterEach(() => bench.remove());

/** A command that waits until the test opens the gate, or has failed and removed its folder. */
const behindGate = (then: string) => `while [ -d $WORK ] && [ ! -e $WORK/gate ]; do sleep 0.01; done; ${then}`;
const openGate = () => writeFileSync(bench.path('gate'), '');

describe('steps', () => {
  it('say that a list is empty', async () => {
    expect(await runHooks(bench.run([]))).toEqual({ kind: 'ok' });
    expect(bench.steps).toEqual(['No PreFailoverProcesses hooks to run']);
  });

  it('tell the start and the end of each hook, with the placeholders replaced', async () => {
    const run = bench.run([`echo 'Recovered {failureType}; successor {successorHost}:{successorPort}'`], {
      list: 'PostMasterFailoverProcesses',
      context: aHookContext({ successor: SUCCESSOR }),
    });
    expect(await runHooks(run)).toEqual({ kind: 'ok' });
    expect(bench.stepsWithoutTimes()).toEqual([
      'Running 1 PostMasterFailoverProcesses hooks',
      `Running PostMasterFailoverProcesses hook 1 of 1: echo 'Recovered DeadMaster; successor testhost:22294'`,
      'Completed PostMasterFailoverProcesses hook 1 of 1 in …',
      'done running PostMasterFailoverProcesses hooks',
    ]);
    expect(bench.logged).toContainEqual(expect.stringContaining('{"output":"Recovered DeadMaster; successor'));
  });

  it('that cannot be written do not stop the hooks', async () => {
    const onStep = () => Promise.reject(new Error('the backend is gone'));
    expect(await runHooks(bench.run(['touch $WORK/ran'], { onStep }))).toEqual({ kind: 'ok' });
    expect(bench.read('ran')).toBe('');
    await vi.waitFor(() => expect(bench.logged.join()).toContain('Cannot write a step of the recovery'));
  });
});

describe('acceptance cases of the specification', () => {
  it('42: an unknown successor stays in the text', async () => {
    await runHooks(bench.run(['echo {successorHost} > $WORK/said']));
    expect(bench.read('said')).toBe('{successorHost}\n');
  });

  it('43: a failing asynchronous pre-failover hook does not stop the recovery, and its failure is a step', async () => {
    expect(await runHooks(bench.run(['exit 1 &', 'touch $WORK/second']))).toEqual({ kind: 'ok' });
    expect(bench.read('second')).toBe('');
    await vi.waitFor(() =>
      expect(bench.stepsWithoutTimes()).toContain(
        'Failed PreFailoverProcesses hook 1 of 2 after …: exit status 1; no output',
      ),
    );
  });

  it('44: a failing pre-failover hook fails the list and skips the rest', async () => {
    const result = await runHooks(bench.run(['echo first bad >&2; exit 1', 'touch $WORK/second', 'true']));
    expect(result).toEqual({ kind: 'failed', commandIndex: 0, reason: 'exit status 1' });
    expect(bench.read('second')).toBeNull();
    expect(bench.stepsWithoutTimes().slice(2)).toEqual([
      'Failed PreFailoverProcesses hook 1 of 3 after …: exit status 1; output: first bad',
      'Not running the remaining 2 PreFailoverProcesses hooks',
    ]);
  });

  it('45: after a failing post hook the second one runs', async () => {
    const list = 'PostFailoverProcesses';
    const result = await runHooks(bench.run(['exit 3', 'touch $WORK/second'], { list, mode: HOOK_MODES[list] }));
    expect(result).toEqual({ kind: 'failed', commandIndex: 0, reason: 'exit status 3' });
    expect(bench.read('second')).toBe('');
    expect(bench.steps.at(-1)).toBe('done running PostFailoverProcesses hooks');
  });

  it('46: the variable and the placeholder have the same recovery id', async () => {
    await runHooks(bench.run(['echo $ORC_RECOVERY_UID {recoveryUID} > $WORK/said']));
    const [variable, placeholder] = (bench.read('said') ?? '').trim().split(' ');
    expect(variable).toBe(aHookContext().recoveryUid);
    expect(placeholder).toBe(variable);
  });
});

describe('a command', () => {
  it('may be several lines, with blanks around, and inherits the environment', async () => {
    const command = '  \n if true; then\n  echo "$WORK,$ORC_FAILED_PORT,$INHERITED" > $WORK/said\nfi \n';
    const environment = { ...bench.shell().environment, INHERITED: 'yes' };
    expect(await runHooks(bench.run([command], { environment }))).toEqual({ kind: 'ok' });
    expect(bench.read('said')).toBe(`${bench.work},22293,yes\n`);
  });

  it('sees an inherited successor through when there is no other (contract)', async () => {
    const environment = { ...bench.shell().environment, ORC_SUCCESSOR_HOST: 'inherited' };
    await runHooks(bench.run(['echo $ORC_SUCCESSOR_HOST > $WORK/said'], { environment }));
    expect(bench.read('said')).toBe('inherited\n');
  });

  it('runs after the one before has ended', async () => {
    const both = runHooks(bench.run([behindGate('echo first >> $WORK/said'), 'echo second >> $WORK/said']));
    await vi.waitFor(() => expect(bench.steps).toHaveLength(2));
    openGate();
    await both;
    expect(bench.read('said')).toBe('first\nsecond\n');
  });

  it('that ends with & is not waited for, and its end is a step', async () => {
    const run = bench.run([`${behindGate('echo late; touch $WORK/late')} &&`, 'echo second > $WORK/second']);
    expect(await runHooks(run)).toEqual({ kind: 'ok' });
    expect(bench.read('second')).toBe('second\n');
    expect(bench.read('late')).toBeNull();
    openGate();
    await vi.waitFor(() =>
      expect(bench.stepsWithoutTimes()).toContain('Completed PreFailoverProcesses hook 1 of 2 in …'),
    );
    expect(bench.read('late')).toBe('');
    expect(bench.temporaryFiles()).toEqual([]);
  });

  it('is not made asynchronous by a value that ends with &', async () => {
    const context = aHookContext({ successor: { ...SUCCESSOR, alias: 'x &' } });
    await runHooks(bench.run(['exit 4 # {successorAlias}'], { context }));
    expect(bench.stepsWithoutTimes()).toContain(
      'Failed PreFailoverProcesses hook 1 of 1 after …: exit status 4; no output',
    );
  });

  it('that dies by a signal has failed', async () => {
    const result = await runHooks(bench.run(['true', 'kill -KILL $$']));
    expect(result).toEqual({ kind: 'failed', commandIndex: 1, reason: 'killed by signal SIGKILL' });
  });

  it('is read from a file of its owner alone, which is gone afterwards', async () => {
    const shell = bench.path('look');
    writeFileSync(
      shell,
      '#!/bin/sh\nprintf "%s " "$#" > "$WORK/said"; echo "$1" >> "$WORK/said"; ls -l "$1" >> "$WORK/said"\n',
      {
        mode: 0o700,
      },
    );
    expect(await runHooks(bench.run(['secret'], { shell }))).toEqual({ kind: 'ok' });
    const [first, second] = (bench.read('said') ?? '').split('\n');
    expect(first).toMatch(new RegExp(`^1 ${bench.temporary}/orchestrator-process-cmd-[0-9a-f]+$`));
    expect(second).toMatch(/^-rw-------/);
    expect(bench.temporaryFiles()).toEqual([]);
  });
});

describe('a hook that cannot be run is a failure, not an exception', () => {
  it('without its shell', async () => {
    const result = await runHooks(bench.run(['true'], { shell: '/nowhere/shell' }));
    expect(result).toMatchObject({
      kind: 'failed',
      commandIndex: 0,
      reason: expect.stringContaining('cannot start /nowhere/shell: '),
    });
    expect(bench.steps.join()).not.toContain('    at ');
    expect(bench.temporaryFiles()).toEqual([]);
  });

  it('with a shell that is no program, or a variable that no environment can hold', async () => {
    expect(await runHooks(bench.run(['true'], { shell: bench.work }))).toMatchObject({ kind: 'failed' });
    const environment = { BAD: 'a\0b' };
    expect(await runHooks(bench.run(['true'], { environment }))).toMatchObject({ kind: 'failed' });
    expect(bench.temporaryFiles()).toEqual([]);
  });

  it('without a folder for its file', async () => {
    const result = await runHooks(bench.run(['true'], { tmpDir: bench.path('missing') }));
    expect(result).toMatchObject({ reason: expect.stringContaining("cannot write the hook's file: ENOENT") });
  });

  it('even when it is asynchronous, where the list goes on', async () => {
    const result = await runHooks(bench.run(['true &'], { shell: '/nowhere/shell' }));
    expect(result).toEqual({ kind: 'ok' });
    await vi.waitFor(() => expect(bench.steps.join()).toContain('cannot start /nowhere/shell'));
  });
});

describe('output', () => {
  it('of both kinds is collected in its order, also when opened by name', async () => {
    await runHooks(bench.run(['echo 1; echo 2 >&2; echo 3; echo 4 > /dev/stderr; echo 5 > /dev/stdout; exit 1']));
    expect(bench.steps.at(-1)).toMatch(/output: 1\n2\n3\n4\n5$/);
  });

  it('is collected without mkfifo, too', async () => {
    vi.stubEnv('PATH', '/nowhere');
    try {
      await runHooks(bench.run(['echo out; echo err >&2; exit 1'], { shell: '/bin/bash' }));
    } finally {
      vi.unstubAllEnvs();
    }
    expect(bench.steps.at(-1)).toMatch(/out/);
    expect(bench.steps.at(-1)).toMatch(/err/);
  });

  it('beyond the cap is dropped from its beginning', async () => {
    const command = `head -c ${HOOK_OUTPUT_CAP_BYTES * 4} /dev/zero | tr '\\0' x; echo the end; exit 1`;
    await runHooks(bench.run([command]));
    const logged = bench.logged.find((line) => line.includes('Output of')) ?? '';
    expect(logged).toContain('bytes before this left out');
    expect(logged.length).toBeGreaterThan(HOOK_OUTPUT_CAP_BYTES);
    expect(logged.length).toBeLessThan(HOOK_OUTPUT_CAP_BYTES + 200);
    expect(bench.steps.at(-1)).toMatch(/the end$/);
    expect(bench.steps.at(-1)?.length).toBeLessThan(2_200);
  });

  it('held open by a background child does not hold the recovery, and the child lives on', async () => {
    const command = `(${behindGate('echo more; touch $WORK/outlived')}) & echo $! > $WORK/pid; echo said`;
    expect(await runHooks(bench.run([command]))).toEqual({ kind: 'ok' });
    const pid = Number(bench.read('pid'));
    expect(isAlive(pid)).toBe(true);
    expect(bench.logged.join()).toContain('{"output":"said\\n"}');
    openGate();
    // Its output goes nowhere, but does not kill it.
    await vi.waitFor(() => expect(bench.read('outlived')).toBe(''));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });
});

describe('the time limit', () => {
  it('ends the hook and all it started', async () => {
    const command = 'sleep 600 & echo $! > $WORK/child; echo $$ > $WORK/shell; echo begun; sleep 600';
    const result = await runHooks(bench.run([command], { timeoutMillis: 500 }));
    expect(result).toEqual({ kind: 'failed', commandIndex: 0, reason: 'ended by force after the limit of 500ms' });
    expect(bench.steps.at(-1)).toMatch(/output: begun$/);
    const pids = [Number(bench.read('child')), Number(bench.read('shell'))];
    expect(pids.every((pid) => pid > 1)).toBe(true);
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]));
    expect(bench.temporaryFiles()).toEqual([]);
  });

  it('ends a hook that refuses to end', async () => {
    const command = `trap '' TERM; echo $$ > $WORK/shell; while true; do sleep 0.05; done`;
    const result = await runHooks(bench.run([command], { timeoutMillis: 300 }));
    expect(result).toMatchObject({ kind: 'failed', reason: 'ended by force after the limit of 300ms' });
    await vi.waitFor(() => expect(isAlive(Number(bench.read('shell')))).toBe(false));
  });

  it('does nothing to a hook that keeps it', async () => {
    expect(await runHooks(bench.run(['true'], { timeoutMillis: 60_000 }))).toEqual({ kind: 'ok' });
  });
});

it('many hooks leave no open files behind', async () => {
  const openFiles = () => readdirSync('/dev/fd').length;
  await runHooks(bench.run(['true']));
  const before = openFiles();
  await runHooks(bench.run(Array.from({ length: 30 }, () => 'echo x')));
  await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before + 2));
});

describe('what an entry says of itself', () => {
  it('advisory: its failure is told, and neither stops its list nor vetoes', async () => {
    const result = await runHooks(bench.run(['exit 3', 'echo next >> $WORK/next'], { isRequired: false }));
    expect(result).toEqual({ kind: 'ok' });
    expect(bench.read('next')).toBe('next\n');
    expect(bench.steps.join('\n')).toContain('exit status 3');
  });

  it('required: its failure stops a list that goes on otherwise', async () => {
    const result = await runHooks(
      bench.run(['exit 3', 'echo next >> $WORK/next'], { isRequired: true, mode: 'continue' }),
    );
    expect(result).toEqual({ kind: 'failed', commandIndex: 0, reason: 'exit status 3' });
    expect(bench.read('next')).toBeNull();
  });
});

describe('the JSON document on standard input', () => {
  it('has the facts with their types', async () => {
    const context = aHookContext({ successor: SUCCESSOR, lostReplicas: [SUCCESSOR.key] });
    await runHooks(bench.run(['cat > $WORK/document'], { context, list: 'PostFailoverProcesses' }));
    expect(JSON.parse(bench.read('document') ?? '')).toEqual({
      version: 1,
      hook: 'PostFailoverProcesses',
      recoveryUid: '1795408652939435816:996cf12b',
      orchestratorHost: 'observer.example',
      command: null,
      isSuccessful: true,
      failure: {
        type: 'DeadMaster',
        description: context.entry.description,
        instanceType: 'master',
        server: { hostname: 'testhost', port: 22293 },
        isPrimary: true,
        isCoPrimary: false,
        isDowntimed: false,
      },
      cluster: {
        name: context.entry.cluster.clusterName,
        alias: context.entry.cluster.clusterAlias,
        domain: context.entry.cluster.clusterDomain,
        hasAutomatedPrimaryRecovery: context.entry.cluster.hasAutomatedMasterRecovery,
        hasAutomatedIntermediatePrimaryRecovery: context.entry.cluster.hasAutomatedIntermediateMasterRecovery,
      },
      successor: {
        server: { hostname: 'testhost', port: 22294 },
        alias: 'db-two',
        binlogCoordinates: 'mysql-bin.000123:456',
      },
      replicas: [22294, 22295].map((port) => ({ hostname: 'testhost', port })),
      lostReplicas: [{ hostname: 'testhost', port: 22294 }],
    });
  });

  it('is one line, and null stands for what is not known', async () => {
    const document = hookDocument('PreGracefulTakeoverProcesses', aHookContext({ recoveryUid: '' }));
    expect(document.endsWith('}\n')).toBe(true);
    expect(document.trimEnd()).not.toContain('\n');
    expect(JSON.parse(document)).toMatchObject({ recoveryUid: null, successor: null, isSuccessful: false });
  });

  it('is no harm to a hook that does not read it, however long', async () => {
    const replicas = Array.from({ length: 3_000 }, () => SUCCESSOR.key);
    const context = aHookContext({ lostReplicas: replicas });
    expect(await runHooks(bench.run(['exec 0<&-; true', 'sleep 0.1'], { context }))).toEqual({ kind: 'ok' });
  });
});
