import { expect, it } from 'vitest';
import { instanceKeyText } from '../model/instance-key.ts';
import { sampleServer } from '../model/topology-samples.ts';
import { at, has, PRIMARY_PORT } from '../planning/testing.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import { fence } from './fence.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const DEADLINE_MILLIS = 5_000;

const REFUSED: CommandResult = {
  kind: 'failed',
  failure: {
    kind: 'server-error',
    phase: 'answer',
    number: 1095,
    sqlState: 'HY000',
    text: 'Error 1095: You are not owner of thread 7',
  },
  completed: 0,
  mayStillLand: false,
};

/** Where read-only waits for a commit, until that one is let go. `refusesToEnd`: sessions of others may not be ended. */
function aBlockedPrimary({ refusesToEnd = false } = {}) {
  const world = new RecoveryWorld([sampleServer(PRIMARY_PORT, has(100))]);
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  const obeying = world.ports.servers;
  const servers: typeof obeying = {
    ...obeying,
    async execute(key, commands, deadlineMillis, mayGoOn) {
      if (commands.some(({ kind }) => kind === 'end-sessions') && refusesToEnd) {
        letGo();
        return REFUSED;
      }
      if (commands.some(({ kind }) => kind === 'set-read-only')) await isFree;
      const result = await obeying.execute(key, commands, deadlineMillis, mayGoOn);
      if (commands.some(({ kind }) => kind === 'set-semi-sync-source')) letGo();
      return result;
    },
  };
  const run = new RecoveryRun(aRecord(), { ...world.ports, servers });
  return { world, fence: () => fence(run, at(PRIMARY_PORT), DEADLINE_MILLIS) };
}

it('makes it read-only, and sends its clients away', async () => {
  const world = new RecoveryWorld([sampleServer(PRIMARY_PORT, has(100))]);
  const slow = { ...world.ports.clock, sleep: () => new Promise<void>(() => {}) };
  const run = new RecoveryRun(aRecord(), { ...world.ports, clock: slow });
  expect((await fence(run, at(PRIMARY_PORT), DEADLINE_MILLIS)).kind).toBe('done');
  expect(world.told).toEqual([`${PRIMARY_PORT} set-read-only`, `${PRIMARY_PORT} end-sessions`]);
});

it('G4: ends the sessions whose commits wait before it lets these go, while read-only keeps others out', async () => {
  const { world, fence: run } = aBlockedPrimary();
  expect((await run()).kind).toBe('done');
  expect(world.told.map((line) => line.split(' ')[1])).toEqual([
    'end-sessions',
    'set-semi-sync-source',
    'set-read-only',
    'end-sessions',
  ]);
});

it('G4: lets no commit go whose session it cannot end', async () => {
  const { world, fence: run } = aBlockedPrimary({ refusesToEnd: true });
  expect((await run()).kind).toBe('done');
  expect(world.told).toEqual([`${PRIMARY_PORT} set-read-only`]);
  expect(world.steps).toEqual([
    `the sessions of ${instanceKeyText(at(PRIMARY_PORT))} could not be ended: Error 1095: You are not owner of thread 7`,
  ]);
});

it('G3: tells that it is not read-only, and leaves its sessions, where it is refused', async () => {
  const world = new RecoveryWorld([sampleServer(PRIMARY_PORT, has(100))], { refuses: () => true });
  const run = new RecoveryRun(aRecord(), world.ports);
  expect((await fence(run, at(PRIMARY_PORT), DEADLINE_MILLIS)).kind).toBe('failed');
  expect(world.told).not.toContain(`${PRIMARY_PORT} end-sessions`);
});
