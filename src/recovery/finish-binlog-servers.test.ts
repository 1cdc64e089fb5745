/** K12, A17: a process that died when a server below binlog servers was being made their primary. */
import { expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { stopBinlogServers } from '../planning/binlog-server-steps.ts';
import { planFailoverOfBinlogServers } from '../planning/failover-of-binlog-servers.ts';
import type { Plan } from '../planning/plan.ts';
import { PRIMARY_PORT, TEST_CLUSTER, TEST_POLICY } from '../planning/testing.ts';
import { finishCutRecovery } from './cut-recovery.ts';
import { aRecord, BOTH_STOPPED, journaled, RecoveryWorld } from './testing.ts';

const [PRIMARY, FULLER, OTHER, NEW] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2, PRIMARY_PORT + 9];
const place = (pos: number, file = 'binlog.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });
const stands = { selfCoordinates: place(700), readCoordinates: place(700), execCoordinates: place(700) };

const keeper = (port: number, changes: Partial<Instance> = {}): Instance =>
  sampleReplica(port, PRIMARY, {
    isBinlogServer: true,
    usingOracleGtid: false,
    ...stands,
    ...BOTH_STOPPED,
    ...changes,
  });

const candidate = sampleReplica(NEW, FULLER, {
  usingOracleGtid: false,
  logReplicaUpdatesEnabled: false,
  ...stands,
  selfCoordinates: place(157, 'binlog.000007'),
});

/** Its steps up to number `done` had ended, and the next one had begun. */
async function cut(done: number, now: readonly Instance[]) {
  const planned = planFailoverOfBinlogServers(
    {
      clusterName: TEST_CLUSTER,
      failed: sampleServer(PRIMARY),
      servers: [keeper(FULLER), keeper(OTHER)],
      silentServers: [],
      unreachable: [],
      below: [{ instance: candidate, answers: true, through: sampleKey(FULLER) }],
      designated: null,
      excluded: [],
      mayLive: false,
    },
    TEST_POLICY,
  );
  if (planned.kind === 'refused') throw new Error(planned.text);
  const plan = planned.plan as Plan;
  const at = plan.steps.findIndex(({ id }) => id.startsWith('promote'));
  const freeze = stopBinlogServers(
    TEST_CLUSTER,
    sampleKey(PRIMARY),
    [FULLER, OTHER].map((port) => keeper(port, { receiverState: 'running' })),
  );
  const world = new RecoveryWorld([sampleServer(PRIMARY), ...now], {
    silent: [PRIMARY],
    journal: [...journaled(freeze), ...journaled(plan, at + done)],
  });
  const end = await finishCutRecovery(aRecord(), world.ports);
  return { end, world };
}

const flushed = { ...candidate, ...BOTH_STOPPED, selfCoordinates: place(157, 'binlog.000008') };
const gathered = keeper(OTHER, { sourceKey: sampleKey(FULLER), receiverState: 'running', receiverRunning: true });

it('its promotion is brought to the end, and the binlog servers go on at the file that the journal names', async () => {
  const { end, world } = await cut(0, [flushed, keeper(FULLER), gathered]);
  expect(end).toEqual({ kind: 'finished', successor: sampleKey(NEW) });
  expect(world.told).toEqual([
    `${NEW} forget-source`,
    `${NEW} set-read-only`,
    `${FULLER} follow`,
    `${FULLER} start-replication`,
  ]);
  expect([world.sourcePort(FULLER), world.sourcePort(OTHER)]).toEqual([NEW, FULLER]);
});

it('one that had not been gathered is, and one that stands still on its way runs again', async () => {
  const promoted = {
    ...flushed,
    sourceKey: null,
    readOnly: false,
    receiverState: 'none',
    applierState: 'none',
  } as const;
  const left = await cut(1, [promoted, keeper(FULLER), keeper(OTHER)]);
  expect([left.world.sourcePort(FULLER), left.world.sourcePort(OTHER)]).toEqual([NEW, FULLER]);
  const standing = { ...gathered, ...BOTH_STOPPED };
  const caught = await cut(1, [promoted, keeper(FULLER, { sourceKey: sampleKey(NEW) }), standing]);
  expect(caught.world.told.filter((told) => told.startsWith(`${OTHER} `))).toEqual([`${OTHER} start-replication`]);
});

it('before the promotion had begun nothing lasts: all receive again, and the recovery begins anew', async () => {
  const { end, world } = await cut(-1, [flushed, keeper(FULLER), gathered]);
  expect(end).toMatchObject({ kind: 'given-up' });
  expect(world.told).toEqual([`${FULLER} start-replication`, `${NEW} start-replication`]);
  const notGathered = await cut(-5, [candidate, keeper(FULLER), keeper(OTHER)]);
  expect(notGathered.world.told).toEqual([`${FULLER} start-replication`, `${OTHER} start-replication`]);
});
