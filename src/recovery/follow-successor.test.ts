/** Replicas that are to follow a successor: whoever does not come along replicates on. */
import { expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { has, PRIMARY_PORT } from '../planning/testing.ts';
import { followSuccessor } from './follow-successor.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld, type WorldOptions } from './testing.ts';

const [FORMER, SUCCESSOR, REPLICA] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2];

async function follow(successor: Partial<Instance>, replica: Partial<Instance>, options: WorldOptions = {}) {
  const follower = sampleReplica(REPLICA, FORMER, replica);
  const world = new RecoveryWorld([sampleServer(SUCCESSOR, successor), follower], options);
  const run = new RecoveryRun(aRecord(), world.ports);
  const problems = await followSuccessor(run, sampleKey(SUCCESSOR), sampleKey(FORMER), [follower]);
  return { world, problems };
}

it('follows a successor that has all it received', async () => {
  const { world, problems } = await follow(has(100), has(95));
  expect(problems).toEqual([]);
  expect(world.at(REPLICA)).toMatchObject({ sourceKey: sampleKey(SUCCESSOR), receiverState: 'running' });
});

it('replicates on from the former source where the successor does not apply in time what it received', async () => {
  const { world, problems } = await follow(has(100, 90), has(95));
  expect(problems.join()).toContain('has not applied all of');
  expect(world.at(REPLICA)).toMatchObject({ sourceKey: sampleKey(FORMER), receiverState: 'running' });
});

it('replicates on, with both threads, where its source could not be changed after both were stopped', async () => {
  const refuses: WorldOptions['refuses'] = (_, { kind }) => kind === 'follow';
  const { world, problems } = await follow(has(100), has(95), { refuses });
  expect(problems.join()).toContain('lock wait');
  const state = { sourceKey: sampleKey(FORMER), receiverState: 'running', applierState: 'running' };
  expect(world.at(REPLICA)).toMatchObject(state);
});

it('stays as somebody had left it where its source could not be changed: the applier running, the receiver stopped', async () => {
  const refuses: WorldOptions['refuses'] = (_, { kind }) => kind === 'follow';
  const stopped = { receiverState: 'stopped', receiverRunning: false } as const;
  const { world } = await follow(has(100), { ...has(95), ...stopped }, { refuses });
  expect(world.at(REPLICA)).toMatchObject({ receiverState: 'stopped', applierState: 'running' });
});

it('A17: is told nothing where it is a binlog server, which shows no GTIDs and so seems to have no more than the successor', async () => {
  const { world, problems } = await follow(has(100), { isBinlogServer: true });
  expect(problems).toEqual([`127.0.0.1:${REPLICA} is a binlog server; it is left as it is`]);
  expect(world.told).toEqual([]);
});

it('A15: is never the successor itself, which as a co-primary follows the former one', async () => {
  const successor = sampleReplica(SUCCESSOR, FORMER, { ...has(100), isCoPrimary: true, readOnly: false });
  const world = new RecoveryWorld([successor]);
  const run = new RecoveryRun(aRecord(), world.ports);
  expect(await followSuccessor(run, sampleKey(SUCCESSOR), sampleKey(FORMER), [successor])).toEqual([]);
  expect(world.told).toEqual([]);
});
