/** From a dead primary's replicas to a new primary, on servers that obey. */
import { expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { millis } from '../model/brand.ts';
import type { OtherChannel } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { has, holding, PRIMARY_PORT, trx } from '../planning/testing.ts';
import { deadPrimary } from './hook-testing.ts';
import { promoteSuccessor } from './promote.ts';
import type { PromotionWish } from './promotion-result.ts';
import { nobody } from './recovery-end.ts';
import type { Incident } from './recovery-hooks.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld, type WorldOptions } from './testing.ts';

const [PRIMARY, SINGLE, SEVERAL, ELSEWHERE] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2, PRIMARY_PORT + 9];

const CHANNEL: OtherChannel = {
  name: 'x',
  sourceKey: sampleKey(ELSEWHERE),
  receiverState: 'running',
  applierState: 'running',
  usingGtid: true,
  receivedGtid: trx('1-7', ELSEWHERE),
};

const THE_BEST: PromotionWish = { designated: null, keepsSource: null, mayLive: false, madeReadOnly: false };

const anIncident = ({ uid }: RecoveryRun): Incident => ({ entry: deadPrimary(), uid, skipHooks: false, say: () => {} });

async function failoverWith(received: number) {
  const text = `${trx(`1-${received}`)},${trx('1-7', ELSEWHERE)}`;
  const replicas = [
    sampleReplica(SINGLE, PRIMARY, has(99)),
    sampleReplica(SEVERAL, PRIMARY, { ...holding(text), otherChannels: [CHANNEL] }),
  ];
  const world = new RecoveryWorld(replicas);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
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
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
  expect(result).toMatchObject({ kind: 'promoted', lost: [{ key: sampleKey(ELSEWHERE) }] });
  expect(run.errors).toContain(`127.0.0.1:${ELSEWHERE} is a binlog server; it is left as it is`);
  expect(world.told.filter((line) => line.startsWith(`${ELSEWHERE}`))).toEqual([]);
});

it('D9: a binlog server that has more and does not give it is done without; the chosen one stands below its source again meanwhile, and what is missing is named', async () => {
  const at = (pos: number): BinlogCoordinates => ({ file: 'binlog.000007', pos, type: 'binary' });
  const keeper = sampleReplica(ELSEWHERE, PRIMARY, { isBinlogServer: true, selfCoordinates: at(700) });
  const stands = { readCoordinates: at(500), execCoordinates: at(500) };
  const world = new RecoveryWorld([sampleReplica(SINGLE, PRIMARY, { ...has(99), ...stands }), keeper]);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
  expect(result).toMatchObject({ kind: 'promoted', successor: { key: sampleKey(SINGLE) } });
  expect(world.told).toEqual(
    [
      'stop-receiver',
      'follow',
      'start-replication',
      'stop-replication',
      'follow',
      'start-applier',
      'forget-source',
      'set-read-only',
    ].map((told) => `${SINGLE} ${told}`),
  );
  const missing = 'binlog.000007:500 to binlog.000007:700';
  expect(run.errors).toContain(`transactions that only 127.0.0.1:${ELSEWHERE} has: ${missing}`);
  expect(world.steps.find((step) => step.startsWith('durability: '))).not.toContain(missing);
  expect(world.steps.findLast((step) => step.startsWith('durability: '))).toContain(missing);
});

it('so is one that alone has it by a channel that is not its first', async () => {
  const channel = { ...CHANNEL, sourceKey: sampleKey(PRIMARY), receivedGtid: trx(100) };
  const several = sampleReplica(SEVERAL, ELSEWHERE, { ...has(99), otherChannels: [channel] });
  const world = new RecoveryWorld([sampleReplica(SINGLE, PRIMARY, has(99)), several]);
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
  expect(result).toMatchObject({ lost: [{ key: sampleKey(SEVERAL), transactionsAtRisk: trx(100) }] });
});

/** A primary that does not answer, with two replicas; how its fencing goes. */
async function fencedFailover(options: WorldOptions) {
  const replicas = [SINGLE, SEVERAL].map((port) => sampleReplica(port, PRIMARY, has(99)));
  const world = new RecoveryWorld([sampleServer(PRIMARY, has(99)), ...replicas], { silent: [PRIMARY], ...options });
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
  await run.resolve(nobody('').outcome);
  return { result, world };
}

const fencedBy = (failure: string | null): WorldOptions => ({
  fencingProcesses: [{ command: 'switch off {failedHost}', isRequired: null, timeoutMillis: null }],
  startHook: async () => ({ ended: Promise.resolve({ failure, output: '', duration: millis(1) }) }),
});

it('G6: what is known of the old primary is recorded; unless more is demanded, somebody is promoted all the same', async () => {
  const { result, world } = await fencedFailover({});
  expect(result.kind).toBe('promoted');
  expect(world.steps.find((step) => step.startsWith('fencing: '))).toMatch(
    /^fencing: impossible \(read-only: impossible, /,
  );
});

it('G6: where it must be proven that it takes no writes and is not, nobody is promoted, and the receivers run again', async () => {
  const { result, world } = await fencedFailover({ fencingDemand: 'proven' });
  expect(result).toMatchObject({
    kind: 'nobody',
    reason: expect.stringMatching(/^FencingBeforePromotion: .* must be proven/),
  });
  expect(world.told.filter((line) => /forget-source|set-read-only/.test(line))).toEqual([]);
  expect([SINGLE, SEVERAL].map((port) => world.at(port).receiverState)).toEqual(['running', 'running']);
});

it('G6: FencingProcesses prove it; a failing one means that nobody is promoted, demanded or not', async () => {
  const proven = await fencedFailover({ fencingDemand: 'proven', ...fencedBy(null) });
  expect(proven.result.kind).toBe('promoted');
  const failed = await fencedFailover(fencedBy('exit status 3'));
  expect(failed.result).toMatchObject({ kind: 'nobody', reason: 'FencingProcesses failed: exit status 3' });
});

it('G6: nobody is switched off when nobody can take its place', async () => {
  let runs = 0;
  const startHook: WorldOptions['startHook'] = () => {
    runs += 1;
    return Promise.reject(new Error('not for nothing'));
  };
  const world = new RecoveryWorld([sampleReplica(SINGLE, PRIMARY, { ...has(99), logBinEnabled: false })], {
    ...fencedBy(null),
    startHook,
  });
  const run = new RecoveryRun(aRecord(), world.ports);
  const result = await promoteSuccessor(run, sampleServer(PRIMARY, has(99)), anIncident(run), THE_BEST);
  expect([result.kind, runs]).toEqual(['nobody', 0]);
});
