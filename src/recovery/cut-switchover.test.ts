/** Switchovers whose process died: who takes writes afterwards, and that nobody is left standing still. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { NO_VARIABLES } from '../planning/role-variables.ts';
import { planDemotion, planFollow, planOldPrimaryFollows, planTakeover } from '../planning/switchover-plan.ts';
import { frozen, has, at as key, PRIMARY_PORT, TEST_CLUSTER } from '../planning/testing.ts';
import { finishCutRecovery } from './cut-recovery.ts';
import { aRecord, BOTH_STOPPED, journaled, RecoveryWorld, type WorldOptions } from './testing.ts';

const [OLD, NEW] = [PRIMARY_PORT, PRIMARY_PORT + 1];

const writable = (port: number): Instance => sampleServer(port, { ...has(100), hasReplicationCredentials: true });
const readOnly = (port: number): Instance => ({ ...writable(port), readOnly: true });
const below = (port: number): Instance => sampleReplica(port, OLD, has(100));

const demotion = planDemotion(TEST_CLUSTER, writable(OLD), below(NEW), true);
const takeover = planTakeover({
  clusterName: TEST_CLUSTER,
  demoted: readOnly(OLD),
  successor: below(NEW),
  demotedGtid: readOnly(OLD).executedGtidSet,
  catchUpSeconds: 20,
  useSuperReadOnly: false,
  startsOld: true,
  semiSync: { kind: 'as-it-is' },
  primaryVariables: NO_VARIABLES,
});

describe('cut after the promotion', () => {
  const journal = [...journaled(demotion), ...journaled(takeover)];

  it('the old primary, which came back writable and does not become read-only, is marked as lost and so told again', async () => {
    const refuses: WorldOptions['refuses'] = ({ port }, { kind }) => port === OLD && kind === 'set-read-only';
    const world = new RecoveryWorld([writable(OLD), writable(NEW)], { journal, refuses });
    expect(await finishCutRecovery(aRecord(), world.ports)).toEqual({ kind: 'finished', successor: key(NEW) });
    expect(world.lost).toEqual([`127.0.0.1:${OLD}`]);
    expect(world.steps).toContain(`127.0.0.1:${OLD} does not follow 127.0.0.1:${NEW}: it takes writes`);
  });

  it('the old primary, which came back writable, is demoted and follows', async () => {
    const world = new RecoveryWorld([writable(OLD), writable(NEW)], { journal });
    await finishCutRecovery(aRecord(), world.ports);
    expect(world.at(OLD)).toMatchObject({ readOnly: true, sourceKey: key(NEW), receiverState: 'running' });
    expect(world.lost).toEqual([]);
  });
});

describe('E4: cut in the promotion', () => {
  const journal = [...journaled(demotion), ...journaled(takeover, 1)];
  const cut = { ...readOnly(NEW), sourceKey: null };
  const variables: WorldOptions = {
    primaryVariables: new Map([
      ['event_scheduler', 'ON'],
      ['nonsense', '1'],
    ]),
    replicaVariables: new Map([['event_scheduler', 'OFF']]),
  };

  it('the successor is given the variables of a primary before it takes writes, and the old primary those of a replica once it follows', async () => {
    const world = new RecoveryWorld([readOnly(OLD), cut], { journal, ...variables });
    expect(await finishCutRecovery(aRecord(), world.ports)).toEqual({ kind: 'finished', successor: key(NEW) });
    expect(world.told).toEqual([
      `${NEW} set-variable`,
      `${NEW} set-variable`,
      `${NEW} set-read-only`,
      `${OLD} follow`,
      `${OLD} start-replication`,
      `${OLD} set-variable`,
    ]);
  });

  it('one that the successor refuses is a step of the recovery, and holds it not up', async () => {
    const world = new RecoveryWorld([readOnly(OLD), cut], { journal, ...variables, declines: ['set nonsense to 1'] });
    expect(await finishCutRecovery(aRecord(), world.ports)).toEqual({ kind: 'finished', successor: key(NEW) });
    expect(world.steps.filter((step) => step.includes('refused'))).toEqual([
      `tell 127.0.0.1:${NEW}: set event_scheduler to ON, set nonsense to 1: refused, and gone on all the same: set nonsense to 1: Error 1193 (HY000): Unknown system variable`,
    ]);
    expect(world.resolved.at(-1)).toMatchObject({ errors: [] });
  });

  it('one whose answer does not come is an error of the recovery, and holds it not up', async () => {
    const refuses: WorldOptions['refuses'] = (_, { kind }) => kind === 'set-variable';
    const world = new RecoveryWorld([readOnly(OLD), cut], { journal, ...variables, refuses });
    expect(await finishCutRecovery(aRecord(), world.ports)).toEqual({ kind: 'finished', successor: key(NEW) });
    expect(world.resolved.at(-1)?.errors[0]).toBe(`variables of 127.0.0.1:${NEW}: lock wait`);
    expect(world.at(OLD)).toMatchObject({ sourceKey: key(NEW), receiverState: 'running' });
  });
});

describe('cut after the demotion, and the successor was moved below another server since', () => {
  const [BETWEEN, STRANGER] = [PRIMARY_PORT + 2, PRIMARY_PORT + 9];
  const journal = journaled(demotion);

  it('the old primary takes writes again, since nobody else does', async () => {
    const servers = [readOnly(OLD), sampleReplica(BETWEEN, OLD, has(100)), sampleReplica(NEW, BETWEEN, has(100))];
    const world = new RecoveryWorld(servers, { journal });
    const end = await finishCutRecovery(aRecord(), world.ports);
    expect(end).toEqual({ kind: 'given-up', reason: `127.0.0.1:${NEW} follows another server by now` });
    expect(world.at(OLD).readOnly).toBe(false);
    expect(world.sourcePort(NEW)).toBe(BETWEEN);
  });

  it('the old primary stays read-only where that server takes writes', async () => {
    const servers = [readOnly(OLD), sampleReplica(NEW, STRANGER, has(100)), writable(STRANGER)];
    const world = new RecoveryWorld(servers, { journal, unknown: [STRANGER] });
    expect(await finishCutRecovery(aRecord(), world.ports)).toMatchObject({ kind: 'given-up' });
    expect(world.at(OLD).readOnly).toBe(true);
  });
});

describe('cut between pointing the old primary at the successor and starting it', () => {
  const pointed = sampleReplica(OLD, NEW, { ...has(100), ...BOTH_STOPPED });
  const follows = {
    clusterName: TEST_CLUSTER,
    demoted: readOnly(OLD),
    successor: writable(NEW),
    replicaVariables: NO_VARIABLES,
  };
  const begun = (startsOld: boolean) => [
    ...journaled(planDemotion(TEST_CLUSTER, writable(OLD), below(NEW), startsOld)),
    ...journaled(takeover),
    ...journaled(planOldPrimaryFollows({ ...follows, start: startsOld }, null), 0),
  ];

  it.each([
    ['before its end was written', aRecord()],
    ['after', aRecord({ end: unixMillis(5), successorKey: key(NEW) })],
  ])('it is started where that was asked for: %s', async (_, record) => {
    const world = new RecoveryWorld([pointed, writable(NEW)], { journal: begun(true) });
    expect(await finishCutRecovery(record, world.ports)).toEqual({ kind: 'finished', successor: key(NEW) });
    expect(world.told).toEqual([`${OLD} start-replication`]);
  });

  it('E4: it has the variables of a replica, started or not', async () => {
    for (const startsOld of [true, false]) {
      const replicaVariables = new Map([['event_scheduler', 'OFF']]);
      const world = new RecoveryWorld([pointed, writable(NEW)], { journal: begun(startsOld), replicaVariables });
      await finishCutRecovery(aRecord({ end: unixMillis(5), successorKey: key(NEW) }), world.ports);
      expect(world.told).toEqual([...(startsOld ? [`${OLD} start-replication`] : []), `${OLD} set-variable`]);
    }
  });

  it('it stays stopped where it was to', async () => {
    const world = new RecoveryWorld([pointed, writable(NEW)], { journal: begun(false) });
    await finishCutRecovery(aRecord(), world.ports);
    expect(world.at(OLD).receiverState).toBe('stopped');
  });
});

describe('cut while a sibling was frozen for its way back', () => {
  const SIBLING = PRIMARY_PORT + 2;
  const sibling = sampleReplica(SIBLING, NEW, has(100));
  const before = sampleReplica(SIBLING, OLD, has(100));
  const moves = planFollow(TEST_CLUSTER, sampleReplica(NEW, OLD, has(100)), [frozen(SIBLING, has(100))], {
    kind: 'relocate',
    below: key(NEW),
  });
  if (moves.kind === 'refused') throw new Error(moves.text);
  const away = [...journaled(freezePlan(TEST_CLUSTER, key(OLD), [before])), ...journaled(moves.plan)];
  const stopped = { ...sibling, receiverState: 'stopped', receiverRunning: false } as const;

  it('it returns, also where the chosen server is dead meanwhile', async () => {
    const journal = [...away, ...journaled(freezePlan(TEST_CLUSTER, key(NEW), [sibling]))];
    const world = new RecoveryWorld([writable(OLD), stopped], { journal });
    await finishCutRecovery(aRecord(), world.ports);
    expect(world.told[0]).toBe(`${SIBLING} start-receiver`);
    expect(world.at(SIBLING)).toMatchObject({ sourceKey: key(OLD), receiverState: 'running' });
  });

  it('a receiver that somebody has stopped after the sibling had moved stays stopped', async () => {
    const world = new RecoveryWorld([writable(OLD), stopped], { journal: away });
    await finishCutRecovery(aRecord(), world.ports);
    expect(world.told).toEqual([]);
  });
});
