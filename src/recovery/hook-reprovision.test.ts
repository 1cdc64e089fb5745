import { afterEach, beforeEach, expect, it } from 'vitest';
import { at } from '../analysis/testing.ts';
import { clusterName } from '../model/brand.ts';
import { runReprovisionHooks } from './hook-reprovision.ts';
import { hooksIn } from './hook-script.ts';
import { HookBench } from './hook-testing.ts';

let bench: HookBench;
beforeEach(() => {
  bench = new HookBench();
});
afterEach(() => bench.remove());

const run = (...commands: readonly string[]) =>
  runReprovisionHooks({
    startHook: hooksIn(() => bench.shell()),
    commands: commands.map((command) => ({ command, isRequired: null, timeoutMillis: null })),
    context: {
      recipient: at(1),
      donor: at(2),
      primary: at(3),
      clusterName: clusterName('testhost:3'),
      discarded: '0-1-7',
      orchestratorHost: 'observer.example',
    },
    onStep: (message) => void bench.steps.push(message),
    log: bench.log,
  });

it('is told of everybody by placeholders, by variables, and as a document', async () => {
  const failure = await run(
    'echo {recipientHost}:{recipientPort} {donorHost}:{donorPort} {primaryHost}:{primaryPort} {clusterName} {discarded} > $WORK/said',
    'echo $ORC_RECIPIENT_HOST:$ORC_RECIPIENT_PORT $ORC_DONOR_HOST:$ORC_DONOR_PORT $ORC_PRIMARY_HOST:$ORC_PRIMARY_PORT $ORC_CLUSTER_NAME $ORC_DISCARDED $ORC_ORCHESTRATOR_HOST > $WORK/variables',
    'cat > $WORK/document',
  );
  expect(failure).toBeNull();
  expect(bench.read('said')).toBe('testhost:1 testhost:2 testhost:3 testhost:3 0-1-7\n');
  expect(bench.read('variables')).toBe('testhost:1 testhost:2 testhost:3 testhost:3 0-1-7 observer.example\n');
  expect(JSON.parse(bench.read('document') ?? '')).toEqual({
    version: 1,
    hook: 'ReprovisionProcesses',
    orchestratorHost: 'observer.example',
    cluster: { name: 'testhost:3' },
    recipient: { hostname: 'testhost', port: 1 },
    donor: { hostname: 'testhost', port: 2 },
    primary: { hostname: 'testhost', port: 3 },
    discarded: '0-1-7',
  });
});

it('is waited for, whatever its last character is: nothing is provisioned before it ends', async () => {
  expect(await run('touch $WORK/done; exit 4 &')).toContain(
    'ReprovisionProcesses hook 1 of 1 has failed: exit status 4',
  );
  expect(bench.read('done')).toBe('');
});

it('ends the others when it fails, and is told step by step', async () => {
  expect(await run('exit 3', 'touch $WORK/second')).toContain('hook 1 of 2 has failed: exit status 3');
  expect(bench.read('second')).toBeNull();
  expect(bench.steps.join()).toContain('Not running the remaining 1 ReprovisionProcesses hooks');
});
