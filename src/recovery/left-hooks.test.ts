/** Hooks that a cut recovery owed. */
import { expect, it } from 'vitest';
import { millis } from '../model/brand.ts';
import { sampleServer } from '../model/topology-samples.ts';
import { at, PRIMARY_PORT } from '../planning/testing.ts';
import { hookStepId, INCIDENT_ENTRY, incidentText } from './hook-journal.ts';
import { deadPrimary } from './hook-testing.ts';
import { runLeftHooks } from './left-hooks.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld, type WorldOptions } from './testing.ts';

const SUCCESSOR = PRIMARY_PORT + 1;
const hook = (command: string) => ({ command, isRequired: null, timeoutMillis: null });
const HOOKS = {
  PostMasterFailoverProcesses: ['dns {successorPort}', 'proxy {failedPort}'].map(hook),
  PostFailoverProcesses: [hook('mail {failureType}')],
  PostGracefulTakeoverProcesses: [hook('thank')],
};

type Line = NonNullable<WorldOptions['journal']>[number];
const incident = (skipHooks = false): Line => ({
  stepId: INCIDENT_ENTRY,
  phase: 'intended',
  detail: incidentText({ failure: deadPrimary(), skipHooks }),
});
const line = (list: string, index: number, phase: Line['phase']): Line => ({
  stepId: hookStepId(list, index),
  phase,
  detail: '',
});

async function left(journal: readonly Line[], isSwitchover = false) {
  const ran: string[] = [];
  const world = new RecoveryWorld([sampleServer(SUCCESSOR)], {
    journal,
    hooks: HOOKS,
    startHook: async (command) => {
      ran.push(command);
      return { ended: Promise.resolve({ failure: null, output: '', duration: millis(0) }) };
    },
  });
  const run = new RecoveryRun(aRecord(), world.ports, { last: journal.length });
  await runLeftHooks(run, at(SUCCESSOR), isSwitchover);
  return { ran, steps: world.steps, journal: await world.ports.store.journal('') };
}

const ALL = [`dns ${SUCCESSOR}`, `proxy ${PRIMARY_PORT}`, 'mail DeadMaster'];

it('K12: those that had not begun are run, and written down', async () => {
  const { ran, journal } = await left([incident()]);
  expect(ran).toEqual(ALL);
  const ends = journal.filter(({ stepId, phase }) => stepId.includes('hook') && phase === 'done');
  expect(ends.map(({ stepId }) => stepId)).toEqual([
    'PostMasterFailoverProcesses hook 1',
    'PostMasterFailoverProcesses hook 2',
    'PostFailoverProcesses hook 1',
  ]);
});

it('K12: one that has ended is not run again; one whose end nobody saw is named, and neither', async () => {
  const ended = [line('PostMasterFailoverProcesses', 0, 'intended'), line('PostMasterFailoverProcesses', 0, 'done')];
  const { ran, steps } = await left([incident(), ...ended, line('PostMasterFailoverProcesses', 1, 'intended')]);
  expect(ran).toEqual(['mail DeadMaster']);
  expect(steps).toContain(
    'PostMasterFailoverProcesses hook 2 of 2 had begun, and nobody saw its end: it is not run again',
  );
});

it('K12: those of a switchover are its own', async () => {
  expect((await left([incident()], true)).ran).toEqual([...ALL, 'thank']);
});

it('K12: none where hooks are skipped, or the journal does not tell what they are to be told', async () => {
  expect((await left([incident(true)])).ran).toEqual([]);
  const { ran, steps } = await left([]);
  expect(ran).toEqual([]);
  expect(steps).toContain('hooks that were left are not run: the journal does not tell what they are to be told');
});
