/** K12: replicas that were fed by a binlog server when the process died. */
import { expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { sampleKey, sampleReplica } from '../model/topology-samples.ts';
import { feedByBinlogServer } from '../planning/binlog-server-feed.ts';
import { NOTHING_PREDICTED, type Plan, type PlanStep } from '../planning/plan.ts';
import { has, PRIMARY_PORT, TEST_CLUSTER, TEST_POLICY } from '../planning/testing.ts';
import { journaledWork } from './journaled-work.ts';
import { RecoveryRun } from './recovery-run.ts';
import { returnFed } from './return-fed.ts';
import { aRecord, journaled, RecoveryWorld } from './testing.ts';

const [PRIMARY, REPLICA, KEEPER] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 9];
const place = (pos: number): BinlogCoordinates => ({ file: 'binlog.000007', pos, type: 'binary' });

const keeper = sampleReplica(KEEPER, PRIMARY, { isBinlogServer: true, selfCoordinates: place(700) });

/** It was told to go on at the binlog server; its steps up to number `done` had ended. */
async function cut(done: number, below: number, usingOracleGtid: boolean) {
  const stood = sampleReplica(REPLICA, PRIMARY, { ...has(9), usingOracleGtid, execCoordinates: place(500) });
  const steps = feedByBinlogServer(stood, { server: keeper, upTo: place(700) }, TEST_POLICY);
  const plan = {
    intent: { kind: 'replace-primary', failed: sampleKey(PRIMARY), successor: sampleKey(REPLICA) },
    clusterName: TEST_CLUSTER,
    steps: steps as readonly PlanStep[],
    prediction: NOTHING_PREDICTED,
  } satisfies Plan;
  const fed = { usingOracleGtid: false, readCoordinates: place(600), execCoordinates: place(600) };
  const now = { ...stood, ...(below === KEEPER ? fed : {}), sourceKey: sampleKey(below) };
  const world = new RecoveryWorld([now, keeper], { journal: journaled(plan, done) });
  const run = new RecoveryRun(aRecord(), world.ports, { last: 100 });
  await returnFed(run, journaledWork(await world.ports.store.journal(run.uid)));
  return { world, run };
}

it('return to the source that they came from', async () => {
  const { world, run } = await cut(2, KEEPER, true);
  expect(run.errors).toEqual([]);
  expect(world.sourcePort(REPLICA)).toBe(PRIMARY);
  expect(world.told).toEqual([`${REPLICA} stop-replication`, `${REPLICA} follow`, `${REPLICA} start-applier`]);
});

it('return also where the command got no answer', async () => {
  const { world } = await cut(1, KEEPER, false);
  expect(world.sourcePort(REPLICA)).toBe(PRIMARY);
});

it('stay where they are where they had not gone there, or nobody had told them to', async () => {
  expect((await cut(1, PRIMARY, true)).world.told).toEqual([]);
  expect((await cut(0, KEEPER, true)).world.told).toEqual([]);
});
