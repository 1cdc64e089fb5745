// Every command of operations on real servers of all releases, where replication goes by file and position: what it changes, and what it leaves alone.

import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { applicationAccount, replicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import { aPositionWorld, caughtUp, endOfLog } from '../support/position-fleet.ts';
import { asRoot, closeLinks, keyOf, soon, type World } from '../support/server-world.ts';

afterEach(closeLinks);

describe.each(serverReleases)('operations on $name servers', (choice) => {
  const { family } = choice;
  let world: World;
  beforeAll(async () => {
    world = await aPositionWorld(choice);
  });
  afterAll(() => world?.fleet.stop());

  const replica = (): RunningServer => world.replica(0);
  const tell = (...commands: readonly ServerCommand[]) => world.command(replica(), commands);
  const create = (table: string) => world.write(`CREATE TABLE demo.${table} (id INT PRIMARY KEY)`);
  const running = () =>
    vi.waitFor(async () => {
      const seen = await world.see(replica());
      expect(seen).toMatchObject({ receiverState: 'running', applierState: 'running', lastSqlError: '' });
      return seen;
    }, soon);

  it('O19: replicate by file and position, and rows flow', async () => {
    const seen = await running();
    expect(seen).toMatchObject({ sourceKey: keyOf(world.primary), usingOracleGtid: false, usingMariadbGtid: false });
    await create('flowing');
    await caughtUp(world);
    expect(await world.hasTable(replica(), 'flowing')).toBe(true);
  });

  it('stop the applier alone', async () => {
    await tell({ kind: 'stop-applier' });
    expect(await world.see(replica())).toMatchObject({ receiverState: 'running', applierState: 'stopped' });
    await tell({ kind: 'start-applier' });
    await running();
  });

  it('O6: replicate until a place, and not beyond', async () => {
    await tell({ kind: 'stop-replication' });
    await create('before');
    const coordinates = await endOfLog(world);
    await create('behind');
    await tell({ kind: 'start-until', coordinates });
    await vi.waitFor(async () => {
      const seen = await world.see(replica());
      expect(seen).toMatchObject({ applierState: 'stopped', execCoordinates: { ...coordinates } });
    }, soon);
    expect([await world.hasTable(replica(), 'before'), await world.hasTable(replica(), 'behind')]).toEqual([
      true,
      false,
    ]);
    await tell({ kind: 'start-replication' });
    await caughtUp(world);
    expect(await world.hasTable(replica(), 'behind')).toBe(true);
  });

  it('O7: wait until a place is applied, and no longer than asked', async () => {
    await create('awaited');
    await caughtUp(world);
    expect(await world.hasTable(replica(), 'awaited')).toBe(true);
    const { file, pos, type } = await endOfLog(world);
    const far = { file, pos: pos + 1_000_000, type };
    const rows = await tell({ kind: 'wait-for-position', coordinates: far, timeoutSeconds: 1 });
    expect(rows[0]?.['waited']).toBe(-1);
  });

  it('O10: change how far a replica stays behind', async () => {
    const set = async (delaySeconds: number) => {
      await tell(
        { kind: family === 'mysql' ? 'stop-applier' : 'stop-replication' },
        { kind: 'set-delay', delaySeconds },
      );
      await tell({ kind: 'start-replication' });
      return (await world.see(replica())).sqlDelaySeconds;
    };
    expect(await set(3600)).toBe(3600);
    expect(await set(0)).toBe(0);
    await running();
  });

  it(`D4: ${family === 'mysql' ? 'keep' : 'drop'} the relay log with a change of the delay: hence the drain before it on MariaDB`, async () => {
    await tell({ kind: 'stop-applier' });
    await create('delayed');
    const end = await endOfLog(world);
    await vi.waitFor(async () => expect((await world.see(replica())).readCoordinates).toEqual(end), soon);
    if (family === 'mariadb') await tell({ kind: 'stop-replication' });
    await tell({ kind: 'set-delay', delaySeconds: 0 });
    const { readCoordinates, execCoordinates } = await world.see(replica());
    expect(readCoordinates).toEqual(family === 'mysql' ? end : execCoordinates);
    await tell({ kind: 'start-replication' });
    await caughtUp(world);
  });

  it('O11: skip what the applier cannot apply', async () => {
    await create('taken');
    await caughtUp(world);
    await asRoot(replica(), 'INSERT INTO demo.taken VALUES (1)');
    await world.write('INSERT INTO demo.taken VALUES (1)');
    await create('after_taken');
    await vi.waitFor(async () => {
      expect(await world.see(replica())).toMatchObject({
        applierState: 'stopped',
        evidence: { lastSqlErrorNumber: 1062 },
      });
    }, soon);
    await tell({ kind: 'skip-event' }, { kind: 'start-replication' });
    await running();
    await caughtUp(world);
    expect(await world.hasTable(replica(), 'after_taken')).toBe(true);
  });

  it('O16: replicate with another account from the same place', async () => {
    const other = { user: 'repl_two', password: "it's \\ two" };
    await asRoot(
      world.primary,
      "CREATE USER 'repl_two'@'%' IDENTIFIED BY 'it''s \\\\ two'",
      "GRANT REPLICATION SLAVE ON *.* TO 'repl_two'@'%'",
    );
    const before = await running();
    const change = (credentials: typeof other): ServerCommand => {
      const { allowTls, replicationTls: tls } = before;
      return { kind: 'change-credentials', options: { credentials, allowTls, tls } };
    };
    for (const credentials of [other, replicationAccount]) {
      await tell({ kind: 'stop-replication' }, change(credentials), { kind: 'start-replication' });
      const seen = await running();
      expect(seen.replicationTls).toEqual(before.replicationTls);
      const [status] = await replica().query(world.word('SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'));
      expect(status?.[world.word('Source_User', 'Master_User')]).toBe(credentials.user);
    }
    await caughtUp(world);
  });

  it('D4: keep the relay log on MySQL while its applier runs, and drop it where both threads stand: hence the drain before it', async () => {
    const before = await running();
    const change: ServerCommand = {
      kind: 'change-credentials',
      options: { credentials: replicationAccount, allowTls: before.allowTls, tls: before.replicationTls },
    };
    const received = async (table: string) => {
      await create(table);
      const end = await endOfLog(world);
      await vi.waitFor(async () => expect((await world.see(replica())).readCoordinates).toEqual(end), soon);
      return end;
    };
    if (family === 'mysql') {
      await tell({ kind: 'stop-applier' }, { kind: 'set-delay', delaySeconds: 2 }, { kind: 'start-applier' });
      const end = await received('kept');
      await tell({ kind: 'stop-receiver' }, change);
      expect((await world.see(replica())).readCoordinates).toEqual(end);
      await tell({ kind: 'stop-applier' }, { kind: 'set-delay', delaySeconds: 0 }, { kind: 'start-replication' });
      await caughtUp(world);
    }
    await tell({ kind: 'stop-applier' });
    const end = await received('dropped');
    await tell({ kind: 'stop-replication' }, change);
    const seen = await world.see(replica());
    expect(seen.readCoordinates).not.toEqual(end);
    expect(seen.readCoordinates).toEqual(seen.execCoordinates);
    await tell({ kind: 'start-replication' });
    await caughtUp(world);
  });

  it('O18: ask the source for its public key, where there is one', async () => {
    if (family === 'mysql')
      await asRoot(replica(), 'STOP REPLICA', 'CHANGE REPLICATION SOURCE TO GET_SOURCE_PUBLIC_KEY = 0');
    await tell({ kind: 'stop-replication' }, { kind: 'get-source-public-key' }, { kind: 'start-replication' });
    const seen = await running();
    expect(seen.replicationTls.getSourcePublicKey).toBe(family === 'mysql' ? true : null);
  });

  it('O63: switch who acknowledges, and start a running receiver anew', async () => {
    const dumping = async () => {
      const rows = await world.primary.query(
        "SELECT ID FROM information_schema.processlist WHERE COMMAND = 'Binlog Dump'",
      );
      return rows.map((row) => row['ID']);
    };
    const before = await dumping();
    await tell({ kind: 'set-semi-sync-replica', enabled: false, restartReceiver: true });
    expect((await running()).semiSync.replicaEnabled).toBe(false);
    await vi.waitFor(async () => expect(await dumping()).not.toEqual(before), soon);
    await tell({ kind: 'set-semi-sync-replica', enabled: true, restartReceiver: false });
    expect((await running()).semiSync.replicaEnabled).toBe(true);
  });

  it('O64, O65: begin a new binary log, and delete those before it', async () => {
    const files = async () => (await world.primary.query('SHOW BINARY LOGS')).map((row) => String(row['Log_name']));
    const before = await files();
    await world.command(world.primary, [{ kind: 'flush-binary-logs' }]);
    const after = await files();
    expect(after).toHaveLength(before.length + 1);
    await caughtUp(world);
    // A replica that is still being sent the older one keeps it from being deleted.
    const file = after.at(-1) ?? '';
    await vi.waitFor(async () => {
      await world.command(world.primary, [{ kind: 'purge-binary-logs', file }]);
      expect(await files()).toEqual([file]);
    }, soon);
  });

  it('O66: end a statement and not the session that runs it', async () => {
    const client = await world.primary.connect(applicationAccount);
    try {
      const [[self]] = await client.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
      const processId = Number(self?.['id']);
      let ended = false;
      const sleeping = client.query('SELECT SLEEP(600)').then(
        () => {
          ended = true;
        },
        () => {
          ended = true;
        },
      );
      await vi.waitFor(async () => {
        await world.command(world.primary, [{ kind: 'kill-query', processId }]);
        expect(ended).toBe(true);
      }, soon);
      await sleeping;
      expect(await client.query('SELECT 1')).toBeDefined();
    } finally {
      client.destroy();
    }
  });

  it('leave a pseudo-GTID in the binary logs of everybody, and change nothing else', async () => {
    const marker = '_asc:0000000a:0000000b:`quoted`';
    const schemas = await world.primary.query('SHOW DATABASES');
    await world.command(world.primary, [{ kind: 'inject-pseudo-gtid', marker }]);
    await caughtUp(world);
    for (const server of world.fleet.servers) {
      const { file } = (await world.see(server)).selfCoordinates;
      const events = await server.query(`SHOW BINLOG EVENTS IN '${file}'`);
      const found = events.filter(
        (row) =>
          String(row['Info']).includes('drop view if exists') ||
          String(row['Info']).includes(marker.replaceAll('`', '``')),
      );
      expect(found.map((row) => String(row['Info']).toLowerCase()).join()).toContain('_pseudo_gtid_');
    }
    expect(await world.primary.query('SHOW DATABASES')).toEqual(schemas);
  });
});
