/** What a process that died has left standing still: who is started again, and who must not be. */
import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { OperationWorld } from '../operations/testing.ts';
import { atPosition, trx } from '../planning/testing.ts';
import { COMMAND_NODE, type NodeRow, SERVICE_NODE } from '../ports/decision-store.ts';
import type { StandingStill } from '../ports/standing-still-store.ts';
import { StandingServers } from './standing-servers.ts';

const SOURCE = 3301;
const LEFT = 3302;
const STOPPED = {
  receiverState: 'stopped',
  receiverRunning: false,
  applierState: 'stopped',
  applierRunning: false,
} as const;

interface Writer {
  readonly token?: string;
  /** Processes that live. */
  readonly living?: readonly NodeRow[];
  readonly isSeenTo?: boolean;
  readonly isMeantToStand?: boolean;
}

async function afterLook(
  left: Partial<Instance>,
  source: Partial<Instance> = {},
  silent: readonly number[] = [],
  { token = 'of the dead', living = [], isSeenTo = false, isMeantToStand = false }: Writer = {},
) {
  const world = new OperationWorld([
    sampleServer(SOURCE, source),
    sampleReplica(LEFT, SOURCE, { ...left, ...STOPPED }),
  ]);
  for (const port of silent) world.silent.add(port);
  const written = new Map<number, StandingStill>([
    [
      LEFT,
      {
        key: sampleKey(LEFT),
        receiverRan: true,
        applierRan: true,
        reason: 'relocate',
        node: { hostname: 'h', token },
        at: world.clock.now(),
      },
    ],
  ]);
  const servers = new StandingServers({
    ports: world.ports,
    store: {
      saveStandingStill: async () => {},
      deleteStandingStill: async ({ port }) => written.delete(port),
      loadStandingStill: async () => [...written.values()],
    },
    nodes: { availableNodes: async () => living.map((row) => ({ ...row, lastSeenActive: world.clock.now() })) },
    identity: { hostname: 'h', token: 'own' },
    isSeenTo: () => isSeenTo,
    isMeantToStand: () => isMeantToStand,
  });
  servers.start();
  for (let turns = 0; turns < 20; turns += 1) await world.clock.sleep(millis(200));
  servers.stop();
  return { told: world.told, isWritten: written.has(LEFT), logged: world.logged };
}

describe('D12: a replica that may be stopped late', () => {
  function aLateOne() {
    const whole = { executedGtidSet: trx('1-10', SOURCE) };
    const world = new OperationWorld([sampleServer(SOURCE), sampleReplica(LEFT, SOURCE, whole)]);
    const written = new Map<number, StandingStill>();
    const servers = new StandingServers({
      ports: world.ports,
      store: {
        saveStandingStill: async (standing) => void written.set(standing.key.port, standing),
        deleteStandingStill: async ({ port }) => written.delete(port),
        loadStandingStill: async () => [...written.values()],
      },
      nodes: { availableNodes: async () => [] },
      identity: { hostname: 'h', token: 'own' },
      isSeenTo: () => false,
      isMeantToStand: () => false,
    });
    const pass = async (seconds: number) => {
      for (let turns = 0; turns < seconds * 5; turns += 1) await world.clock.sleep(millis(200));
    };
    const begin = async () => {
      servers.start();
      await servers.startOnceStopped(sampleKey(LEFT), 'the recovery of db1:3306');
    };
    return { world, written, servers, pass, begin };
  }

  it('is started when it is, and that is told', async () => {
    const { world, written, servers, pass, begin } = aLateOne();
    await begin();
    await pass(4);
    expect(world.told).toEqual([]);
    world.change(LEFT, { receiverState: 'stopped', receiverRunning: false });
    await pass(4);
    servers.stop();
    expect([world.told, written.size]).toEqual([['3302 start-receiver'], 0]);
    expect(world.logged.join()).toContain('the recovery of db1:3306 had stopped it, late');
  });

  it('is left alone once it has gone on for a while: whoever stops it then means it', async () => {
    const { world, written, servers, pass, begin } = aLateOne();
    await begin();
    await pass(20);
    expect(written.size).toBe(0);
    world.change(LEFT, { receiverState: 'stopped', receiverRunning: false });
    await pass(4);
    servers.stop();
    expect(world.told).toEqual([]);
  });

  it('is not given up while it does not answer', async () => {
    const { world, written, servers, pass, begin } = aLateOne();
    world.silent.add(LEFT);
    await begin();
    await pass(30);
    servers.stop();
    expect([world.told, written.size]).toEqual([[], 1]);
  });
});

describe('a server that a process which died has left standing still', () => {
  it('D15: is started as it was found', async () => {
    const { told, isWritten } = await afterLook({ executedGtidSet: trx('1-10', SOURCE) });
    expect([told, isWritten]).toEqual([['3302 start-replication'], false]);
  });

  it('L4: is not started where it was stopped in a panic since, and is not written down any more', async () => {
    const { told, isWritten } = await afterLook({}, {}, [], { isMeantToStand: true });
    expect([told, isWritten]).toEqual([[], false]);
  });

  describe('K12: written down by a process that lives', () => {
    const whole = { executedGtidSet: trx('1-10', SOURCE) };
    const other = (extraInfo: string): NodeRow => ({
      identity: { hostname: 'h', token: 'other' },
      firstSeenActive: unixMillis(0),
      lastSeenActive: unixMillis(0),
      extraInfo,
      command: '',
      appVersion: '',
      dbBackend: '',
    });

    it.each([
      ['this one, which could not put it back while it did not lead', { token: 'own' }],
      ['a service, which does not lead any more', { token: 'other', living: [other(SERVICE_NODE)] }],
    ])('is started: of %s', async (_, writer) => {
      const { told, isWritten } = await afterLook(whole, {}, [], writer);
      expect([told, isWritten]).toEqual([['3302 start-replication'], false]);
    });

    it.each([
      ['this one, while it is at work there', { token: 'own', isSeenTo: true }],
      ['a command, which acts without leading', { token: 'other', living: [other(COMMAND_NODE)] }],
    ])('is left to it: of %s', async (_, writer) => {
      const { told, isWritten } = await afterLook(whole, {}, [], writer);
      expect([told, isWritten]).toEqual([[], true]);
    });
  });

  it.each([
    ['nothing at all', ''],
    ['only what somebody wrote there since', trx('1-3', LEFT)],
  ])('O35: is not started while its record of what it has executed is lost: it counts %s', async (_, executed) => {
    const { told, isWritten, logged } = await afterLook({ executedGtidSet: executed });
    expect([told, isWritten]).toEqual([[], true]);
    expect(logged.join()).toContain('it has lost the record of what it has executed');
  });

  describe('of MariaDB, with transactions in its relay log that it has not applied', () => {
    const MARIADB = { usingOracleGtid: false, usingMariadbGtid: true, ...atPosition('0-1-10', '0-1-4') };

    it('D4: is started while its source has them', async () => {
      const { told } = await afterLook(MARIADB, atPosition('0-1-10'));
      expect(told).toEqual(['3302 start-replication']);
    });

    it('D4: is not started while its source is silent: it would drop them', async () => {
      const { told, isWritten } = await afterLook(MARIADB, atPosition('0-1-10'), [SOURCE]);
      expect([told, isWritten]).toEqual([[], true]);
    });
  });
});
