/** From a dead primary's replicas to a new primary, on servers that obey. */
import { expect, it } from 'vitest';
import type { OtherChannel } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { has, holding, PRIMARY_PORT, trx } from '../planning/testing.ts';
import { promoteSuccessor } from './promote.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [PRIMARY, SINGLE, SEVERAL, ELSEWHERE] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2, PRIMARY_PORT + 9];

const CHANNEL: OtherChannel = {
  name: 'x',
  sourceKey: sampleKey(ELSEWHERE),
  receiverState: 'running',
  applierState: 'running',
  usingGtid: true,
  receivedGtid: trx('1-7', ELSEWHERE),
};

async function failoverWith(received: number) {
  const text = `${trx(`1-${received}`)},${trx('1-7', ELSEWHERE)}`;
  const replicas = [
    sampleReplica(SINGLE, PRIMARY, has(99)),
    sampleReplica(SEVERAL, PRIMARY, { ...holding(text), otherChannels: [CHANNEL] }),
  ];
  const world = new RecoveryWorld(replicas);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), {
    designated: null,
    keepsSource: null,
    mayLive: false,
  });
  if (result.kind !== 'promoted') throw new Error(result.reason);
  return { run, world, promoted: result };
}

it('a replica with several sources that alone has the last transaction is named, and left alone', async () => {
  const { run, world, promoted } = await failoverWith(100);
  expect(promoted.successor.key.port).toBe(SINGLE);
  expect(promoted.lost).toMatchObject([{ key: sampleKey(SEVERAL), transactionsAtRisk: trx(100) }]);
  expect(run.errors).toContain(`transactions that only 127.0.0.1:${SEVERAL} has: ${trx(100)}`);
  expect(world.told.filter((line) => line.startsWith(`${SEVERAL}`))).toEqual([]);
});

it('a replica with several sources that has no more of the old primary than the new one is not lost', async () => {
  const { promoted } = await failoverWith(98);
  expect(promoted.lost).toEqual([]);
});

it('a binlog server is told nothing, and is lost: nobody can move it by GTID', async () => {
  const binlogServer = sampleReplica(ELSEWHERE, PRIMARY, { isBinlogServer: true });
  const world = new RecoveryWorld([sampleReplica(SINGLE, PRIMARY, has(99)), binlogServer]);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), {
    designated: null,
    keepsSource: null,
    mayLive: false,
  });
  expect(result).toMatchObject({ kind: 'promoted', lost: [{ key: sampleKey(ELSEWHERE) }] });
  expect(run.errors).toContain(`127.0.0.1:${ELSEWHERE} is a binlog server; it is left as it is`);
  expect(world.told.filter((line) => line.startsWith(`${ELSEWHERE}`))).toEqual([]);
});

it('so is one that alone has it by a channel that is not its first', async () => {
  const channel = { ...CHANNEL, sourceKey: sampleKey(PRIMARY), receivedGtid: trx(100) };
  const several = sampleReplica(SEVERAL, ELSEWHERE, { ...has(99), otherChannels: [channel] });
  const world = new RecoveryWorld([sampleReplica(SINGLE, PRIMARY, has(99)), several]);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), {
    designated: null,
    keepsSource: null,
    mayLive: false,
  });
  expect(result).toMatchObject({ lost: [{ key: sampleKey(SEVERAL), transactionsAtRisk: trx(100) }] });
});
