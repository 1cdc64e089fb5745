// Every command on real servers of all releases: what it changes, and what becomes of relay logs.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import { answeredBy, closeLinks, keyOf, linkTo, noLoss, soon, World } from '../support/server-world.ts';

afterEach(closeLinks);

describe.each(serverReleases)('commands to $name servers', ({ family, release }) => {
  let world: World;
  beforeAll(async () => {
    world = new World(await startFleet({ family, release, replicas: 2 }));
  });
  afterAll(() => world?.fleet.stop());

  const replicating = (server: RunningServer, source: RunningServer) =>
    vi.waitFor(async () => {
      const seen = await world.see(server);
      expect(seen).toMatchObject({ sourceKey: keyOf(source), receiverState: 'running', applierState: 'running' });
      expect(seen.usingOracleGtid || seen.usingMariadbGtid).toBe(true);
    }, soon);

  it('stop and start the receiver alone', async () => {
    const replica = world.replica(0);
    await world.command(replica, [{ kind: 'stop-receiver' }]);
    expect(await world.see(replica)).toMatchObject({ receiverState: 'stopped', applierState: 'running' });
    await world.command(replica, [{ kind: 'start-receiver' }]);
    await replicating(replica, world.primary);
  });

  it('stop both, start the applier alone, start both', async () => {
    const replica = world.replica(0);
    await world.command(replica, [{ kind: 'stop-replication' }]);
    expect(await world.see(replica)).toMatchObject({ receiverState: 'stopped', applierState: 'stopped' });
    await world.command(replica, [{ kind: 'start-applier' }]);
    expect(await world.see(replica)).toMatchObject({ receiverState: 'stopped', applierState: 'running' });
    await world.command(replica, [{ kind: 'start-replication' }]);
    await replicating(replica, world.primary);
  });

  it('E4: make read-only in both strengths, and writable', async () => {
    const replica = world.replica(0);
    const set = async (readOnly: boolean, superReadOnly: boolean) => {
      await world.command(replica, [{ kind: 'set-read-only', readOnly, superReadOnly }]);
      const seen = await world.see(replica);
      return [seen.readOnly, seen.superReadOnly];
    };
    expect(await set(false, false)).toEqual([false, false]);
    expect(await set(true, false)).toEqual([true, false]);
    expect(await set(true, true)).toEqual([true, family === 'mysql']);
  });

  it('wait until transactions are applied, and no longer than asked', async () => {
    const replica = world.replica(0);
    await world.write('CREATE TABLE demo.waited (id INT PRIMARY KEY)');
    const wait = async (gtid: string, timeoutSeconds: number) => {
      const rows = await world.command(replica, [{ kind: 'wait-for-gtid', gtid, timeoutSeconds }]);
      return rows[0]?.['waited'];
    };
    expect(await wait(await world.executedBy(world.primary), 10)).toBe(0);
    expect(await world.hasTable(replica, 'waited')).toBe(true);
    expect(await wait(await world.farFuture(), 1)).toBe(family === 'mysql' ? 1 : -1);
  });

  it('hold up neither a probe nor another command while they wait on the server', async () => {
    const link = linkTo(keyOf(world.replica(0)));
    const timeouts = { connectMillis: 5_000, deadlineMillis: 60_000 };
    const forever: ServerCommand = { kind: 'wait-for-gtid', gtid: await world.farFuture(), timeoutSeconds: 50 };
    let ended = false;
    const waiting = link.execute([forever], world.dialect, timeouts).finally(() => {
      ended = true;
    });
    await answeredBy(link);
    expect(await link.execute([{ kind: 'start-applier' }], world.dialect, timeouts)).toMatchObject({ kind: 'done' });
    expect(ended).toBe(false);
    link.close();
    expect(await waiting).toMatchObject({ kind: 'failed', completed: 0 });
  });

  it('D12: give up at their deadline, and say how many were done', async () => {
    const link = linkTo(keyOf(world.replica(0)));
    const forever: ServerCommand = { kind: 'wait-for-gtid', gtid: await world.farFuture(), timeoutSeconds: 50 };
    const commands: readonly ServerCommand[] = [{ kind: 'start-applier' }, forever, { kind: 'stop-replication' }];
    const result = await link.execute(commands, world.dialect, { connectMillis: 5_000, deadlineMillis: 1_000 });
    expect(result).toMatchObject({ kind: 'failed', completed: 1, failure: { kind: 'timeout', phase: 'answer' } });
    expect((await world.see(world.replica(0))).applierState).toBe('running');
  });

  it('follow another source, keeping method and credentials, and come back', async () => {
    const moved = world.replica(0);
    for (const source of [world.replica(1), world.primary]) {
      await world.command(moved, [world.follow(source), { kind: 'start-replication' }]);
      await replicating(moved, source);
    }
  });

  it('E5, I4: forget the source with its credentials, and follow with those given', async () => {
    const replica = world.replica(0);
    await world.command(replica, [{ kind: 'forget-source', relayLog: noLoss() }]);
    const forgotten = await world.see(replica);
    expect(forgotten).toMatchObject({ sourceKey: null, receiverState: 'none', hasReplicationCredentials: false });
    const follow = world.follow(world.primary, {
      method: family === 'mysql' ? 'auto-position' : 'current-pos',
      stateMethod: true,
      credentials: replicationAccount,
      tls: { ...NO_REPLICATION_TLS, getSourcePublicKey: true },
    });
    await world.command(replica, [follow, { kind: 'start-replication' }]);
    await replicating(replica, world.primary);
  });

  if (family === 'mariadb') {
    it('I4, D14: follow a source without TLS, as a server that was a primary until now', async () => {
      const source = await startServer({ family, release, extraOptions: ['--skip-ssl'] });
      const demoted = await startServer({ family, release });
      try {
        const options = { method: 'current-pos', stateMethod: true, credentials: replicationAccount } as const;
        await world.command(demoted, [world.follow(source, options), { kind: 'start-replication' }]);
        await replicating(demoted, source);
      } finally {
        await Promise.all([source.stop(), demoted.stop()]);
      }
    });
  }

  describe('a relay log with a transaction that is not applied', () => {
    const stopApplier = () => world.replica(1).query(world.word('STOP REPLICA SQL_THREAD', 'STOP SLAVE SQL_THREAD'));

    /** The applier of the second replica stands, its receiver has fetched the creation of this table. */
    async function receivedOnly(table: string): Promise<RunningServer> {
      const replica = world.replica(1);
      await stopApplier();
      await world.write(`CREATE TABLE demo.${table} (id INT PRIMARY KEY)`);
      await fetched(replica);
      expect(await world.hasTable(replica, table)).toBe(false);
      return replica;
    }

    async function fetched(replica: RunningServer): Promise<void> {
      const gtid = await world.executedBy(world.primary);
      const last = family === 'mysql' ? (gtid.split(/[-:]/).at(-1) ?? '') : gtid;
      await vi.waitFor(async () => {
        const received = (await world.see(replica)).evidence?.receivedGtid ?? '';
        expect(family === 'mysql' ? received.split(/[-:]/).at(-1) : received).toBe(last);
      }, soon);
    }

    /** Back to where the next test begins, all of it fetched again. */
    afterEach(async () => {
      const back = world.follow(world.primary);
      await world.command(world.replica(1), [back, { kind: 'start-replication' }]);
      await replicating(world.replica(1), world.primary);
      const gtid = await world.executedBy(world.primary);
      await world.command(world.replica(1), [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: 10 }]);
    });

    const detach = (): ServerCommand => ({ kind: 'detach-source', source: keyOf(world.primary), relayLog: noLoss() });

    // MariaDB drops the relay log with every CHANGE MASTER, whatever its applier does.
    if (family === 'mysql') {
      it('D7, D4: survives a detach while the applier runs, be it delayed', async () => {
        const replica = world.replica(1);
        const delay = async (seconds: number) => {
          await stopApplier();
          await replica.query(`CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}`);
          await replica.query('START REPLICA SQL_THREAD');
        };
        await delay(2);
        await world.write('CREATE TABLE demo.delayed (id INT PRIMARY KEY)');
        await fetched(replica);
        await world.command(replica, [detach()]);
        expect(await world.hasTable(replica, 'delayed')).toBe(false);
        expect((await world.see(replica)).sourceKey).toEqual({
          hostname: `//${world.primary.host}`,
          port: world.primary.port,
        });
        await vi.waitFor(async () => expect(await world.hasTable(replica, 'delayed')).toBe(true), soon);
        await delay(0);
      });
    }

    it('D7: is gone after a detach while the applier stands: hence the witness', async () => {
      const replica = await receivedOnly('detached');
      await world.command(replica, [detach(), { kind: 'start-applier' }]);
      expect((await world.see(replica)).applierState).toBe('running');
      const gtid = await world.executedBy(world.primary);
      const rows = await world.command(replica, [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: 1 }]);
      expect(rows[0]?.['waited']).not.toBe(0);
      expect(await world.hasTable(replica, 'detached')).toBe(false);
    });

    it('D3: is applied when the applier is started while the receiver runs', async () => {
      const replica = await receivedOnly('fed');
      await world.command(replica, [{ kind: 'start-applier' }, { kind: 'stop-receiver' }]);
      await vi.waitFor(async () => expect(await world.hasTable(replica, 'fed')).toBe(true), soon);
    });

    it(`D4: is ${family === 'mysql' ? 'applied' : 'dropped'} when the applier is started while both stand`, async () => {
      const replica = await receivedOnly('frozen');
      await world.command(replica, [{ kind: 'stop-receiver' }, { kind: 'start-applier' }]);
      const gtid = await world.executedBy(world.primary);
      await world.command(replica, [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: family === 'mysql' ? 10 : 1 }]);
      expect(await world.hasTable(replica, 'frozen')).toBe(family === 'mysql');
    });
  });
});
