// D8: a replica whose only channel has a name is told everything on that channel, on real servers of all releases; nothing without a name ever appears.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { followCommand } from '../../../src/planning/follow.ts';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import {
  answeredBy,
  asRoot,
  COMMAND_TIMEOUTS,
  closeLinks,
  keyOf,
  linkTo,
  noLoss,
  soon,
  World,
} from '../support/server-world.ts';

afterEach(closeLinks);

const NAME = "it's one";
const QUOTED = "'it''s one'";

describe.each(serverReleases)('a $name replica whose only channel has a name', (choice) => {
  const { family } = choice;
  let world: World;
  beforeAll(async () => {
    world = new World(await startFleet({ ...choice, replicas: 2 }));
    await asRoot(moved(), ...nameTheChannel(world.primary));
  });
  afterAll(() => world?.fleet.stop());

  const moved = (): RunningServer => world.replica(0);

  function nameTheChannel({ host, port }: RunningServer): readonly string[] {
    const { user, password } = replicationAccount;
    if (family === 'mariadb') {
      const options = `MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}'`;
      return [
        'STOP SLAVE',
        'RESET SLAVE ALL',
        `CHANGE MASTER ${QUOTED} TO ${options}, MASTER_USE_GTID = slave_pos, MASTER_SSL_VERIFY_SERVER_CERT = 0`,
        `START SLAVE ${QUOTED}`,
      ];
    }
    const options = `SOURCE_HOST = '${host}', SOURCE_PORT = ${port}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}'`;
    return [
      'STOP REPLICA',
      'RESET REPLICA ALL',
      `CHANGE REPLICATION SOURCE TO ${options}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1 FOR CHANNEL ${QUOTED}`,
      `START REPLICA FOR CHANNEL ${QUOTED}`,
    ];
  }

  const see = async (): Promise<Instance> => {
    const { instance } = (await answeredBy(linkTo(keyOf(moved())))).facts;
    expect(instance.otherChannels).toEqual([]);
    return instance;
  };

  /** On a link that has probed it, as the product's links have. */
  async function tell(...commands: readonly ServerCommand[]) {
    const link = linkTo(keyOf(moved()));
    await answeredBy(link);
    const result = await link.execute(commands, world.dialect, COMMAND_TIMEOUTS);
    if (result.kind === 'failed') throw new Error(`${commands[result.completed]?.kind}: ${result.failure.text}`);
    expect(result.refused).toEqual([]);
    return result.lastRows;
  }

  const replicatingFrom = (source: RunningServer) =>
    vi.waitFor(async () => {
      const seen = await see();
      expect(seen).toMatchObject({
        channel: NAME,
        sourceKey: keyOf(source),
        receiverState: 'running',
        applierState: 'running',
      });
      return seen;
    }, soon);

  const caughtUp = async () => {
    const gtid = await world.executedBy(world.primary);
    const rows = await tell({ kind: 'wait-for-gtid', gtid, timeoutSeconds: 10 });
    expect(rows[0]?.['waited']).toBe(0);
  };

  it('is known by it', async () => {
    await replicatingFrom(world.primary);
  });

  it('follows another source on it, and comes back', async () => {
    for (const source of [world.replica(1), world.primary]) {
      await tell(followCommand(await see(), keyOf(source), noLoss()), { kind: 'start-replication' });
      await replicatingFrom(source);
    }
    await world.write('CREATE TABLE demo.channel_moved (id INT PRIMARY KEY)');
    await caughtUp();
    expect(await world.hasTable(moved(), 'channel_moved')).toBe(true);
  });

  it('has each of its threads stopped and started on it', async () => {
    await tell({ kind: 'stop-receiver' });
    expect(await see()).toMatchObject({ receiverState: 'stopped', applierState: 'running' });
    await tell({ kind: 'start-receiver' }, { kind: 'stop-applier' });
    expect((await see()).applierState).toBe('stopped');
    await tell({ kind: 'start-applier' });
    await replicatingFrom(world.primary);
    await tell({ kind: 'stop-replication' });
    expect(await see()).toMatchObject({ receiverState: 'stopped', applierState: 'stopped' });
    await tell({ kind: 'set-delay', delaySeconds: 5 }, { kind: 'set-delay', delaySeconds: 0 });
    await tell({ kind: 'start-replication' });
    await replicatingFrom(world.primary);
  });

  it('replicates on it until a place, and waits for one', async () => {
    await caughtUp();
    const { selfCoordinates: end } = await world.see(world.primary);
    await vi.waitFor(async () => expect((await see()).execCoordinates).toEqual(end), soon);
    await tell({ kind: 'wait-for-position', coordinates: end, timeoutSeconds: 5 });
    await tell({ kind: 'stop-replication' });
    await world.write('CREATE TABLE demo.channel_until (id INT PRIMARY KEY)');
    const coordinates = (await world.see(world.primary)).selfCoordinates;
    await tell({ kind: 'start-until', coordinates });
    await vi.waitFor(async () => expect(await world.hasTable(moved(), 'channel_until')).toBe(true), soon);
    await tell({ kind: 'stop-replication' }, { kind: 'start-replication' });
    await replicatingFrom(world.primary);
  });

  if (family === 'mysql') {
    it('D15: has the applier of that channel ended', async () => {
      await tell({ kind: 'end-half-transaction' });
      await vi.waitFor(async () => expect((await see()).applierState).toBe('stopped'), soon);
      await tell({ kind: 'start-applier' });
      await replicatingFrom(world.primary);
    });
  } else {
    it('O11: skips an event on it, without GTID', async () => {
      await caughtUp();
      const place = await world.see(world.primary);
      const byPosition = { kind: 'position', coordinates: place.selfCoordinates, leavesGtid: true } as const;
      await tell(world.follow(world.primary, { place: byPosition }), { kind: 'start-replication' });
      await world.write('CREATE TABLE demo.channel_taken (id INT PRIMARY KEY)');
      await vi.waitFor(async () => expect(await world.hasTable(moved(), 'channel_taken')).toBe(true), soon);
      await asRoot(moved(), 'INSERT INTO demo.channel_taken VALUES (1)');
      await world.write('INSERT INTO demo.channel_taken VALUES (1)');
      await vi.waitFor(async () => expect((await see()).evidence?.lastSqlErrorNumber).toBe(1062), soon);
      await tell({ kind: 'skip-event' }, { kind: 'start-replication' });
      await replicatingFrom(world.primary);
      await tell({ kind: 'stop-replication' }, world.follow(world.primary, { stateMethod: true }), {
        kind: 'start-replication',
      });
      await replicatingFrom(world.primary);
    });
  }

  it('D7: is detached on it, and attached again', async () => {
    await tell({ kind: 'detach-source', source: keyOf(world.primary), relayLog: noLoss() });
    expect(await see()).toMatchObject({ channel: NAME, sourceKey: { hostname: `//${world.primary.host}` } });
    await tell(followCommand(await see(), keyOf(world.primary), noLoss()), { kind: 'start-replication' });
    await replicatingFrom(world.primary);
  });

  it('E5: forgets the source with the channel, and has none of any name', async () => {
    await tell({ kind: 'forget-source', relayLog: noLoss() });
    expect(await see()).toMatchObject({ channel: '', sourceKey: null, receiverState: 'none' });
    expect(await moved().query(world.word('SHOW REPLICA STATUS', 'SHOW ALL SLAVES STATUS'))).toEqual([]);
  });
});
