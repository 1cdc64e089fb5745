// Operations on threads, settings and errant transactions of one server, planned and run on real servers with rows flowing.

import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clusterName } from '../../../src/model/brand.ts';
import { instanceKeyText } from '../../../src/model/instance-key.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { PlannedWorld } from '../support/planned-world.ts';
import { asRoot, closeLinks, keyOf, soon, World } from '../support/server-world.ts';

afterEach(closeLinks);

/** The number of the last transaction, of a set or a position. */
const lastOf = (gtid: string): string => /[0-9]+$/.exec(gtid)?.[0] ?? gtid;

describe.each(serverFamilies)('operations on one %s server', (family) => {
  let world: World;
  let planned: PlannedWorld;
  let tables = 0;
  beforeAll(async () => {
    world = new World(await startFleet({ family, replicas: 2 }));
    planned = new PlannedWorld(world);
  });
  afterAll(() => world?.fleet.stop());

  /** What is written on the primary arrives. */
  const rowsFlowTo = async (replica: RunningServer) => {
    tables += 1;
    await world.write(`CREATE TABLE demo.flows${tables} (id INT PRIMARY KEY)`);
    await vi.waitFor(async () => expect(await world.hasTable(replica, `flows${tables}`)).toBe(true), soon);
  };
  const threads = async (server: RunningServer) => {
    const { receiverState, applierState } = await world.see(server);
    return [receiverState, applierState];
  };
  /** By somebody who should not write there. */
  const writeWrongly = (server: RunningServer, ...statements: readonly string[]) =>
    asRoot(
      server,
      ...(family === 'mysql' ? ['SET GLOBAL super_read_only = 0'] : []),
      'SET sql_log_bin = 1',
      ...statements,
    );

  it('O1 to O4: stop, start, restart, and stop nicely', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await planned.operate({ kind: 'stop-replication', key });
    expect(await threads(replica)).toEqual(['stopped', 'stopped']);
    await planned.operate({ kind: 'start-replication', key });
    await rowsFlowTo(replica);
    await planned.operate({ kind: 'restart-replication', key });
    await rowsFlowTo(replica);
    await world.write('CREATE TABLE demo.nicely (id INT PRIMARY KEY)');
    await planned.operate({ kind: 'stop-replication-nicely', key, timeoutSeconds: 10 });
    expect(await threads(replica)).toEqual(['stopped', 'stopped']);
    await planned.operate({ kind: 'start-replication', key });
    await rowsFlowTo(replica);
  });

  it('O3, D4: what was received and not applied arrives although it stood still with both threads', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await world.command(replica, [{ kind: 'stop-applier' }]);
    await world.write('CREATE TABLE demo.waits (id INT PRIMARY KEY)');
    const written = await world.executedBy(world.primary);
    await vi.waitFor(
      async () => expect((await world.see(replica)).evidence?.receivedGtid).toContain(lastOf(written)),
      soon,
    );
    await planned.operate({ kind: 'stop-replication', key });
    expect(await world.hasTable(replica, 'waits')).toBe(false);
    await planned.operate({ kind: 'start-replication', key });
    await vi.waitFor(async () => expect(await world.hasTable(replica, 'waits')).toBe(true), soon);
  });

  it('O10, D4: a delay leaves the threads as they were, and what was received', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await planned.operate({ kind: 'delay-replication', key, delaySeconds: 3600 });
    expect(await world.see(replica)).toMatchObject({
      sqlDelaySeconds: 3600,
      receiverState: 'running',
      applierState: 'running',
    });
    await world.write('CREATE TABLE demo.delayed (id INT PRIMARY KEY)');
    await planned.operate({ kind: 'delay-replication', key, delaySeconds: 0 });
    await vi.waitFor(async () => expect(await world.hasTable(replica, 'delayed')).toBe(true), soon);
  });

  it('O11: what cannot be applied is passed over, and nothing else', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await world.write('CREATE TABLE demo.taken (id INT PRIMARY KEY, said INT)');
    await rowsFlowTo(replica);
    await writeWrongly(replica, 'SET sql_log_bin = 0', 'INSERT INTO demo.taken VALUES (1, 0)');
    await world.write('INSERT INTO demo.taken VALUES (1, 1)');
    await world.write('CREATE TABLE demo.behind (id INT PRIMARY KEY)');
    await vi.waitFor(async () => expect((await world.see(replica)).applierState).toBe('stopped'), soon);
    if (family === 'mariadb') {
      await expect(planned.operate({ kind: 'skip-query', key })).rejects.toThrow('mariadb-gtid');
      await asRoot(replica, 'DELETE FROM demo.taken');
      await planned.operate({ kind: 'start-replication', key });
    } else {
      await planned.operate({ kind: 'skip-query', key });
      expect(await replica.query('SELECT said FROM demo.taken')).toEqual([{ said: 0 }]);
    }
    await vi.waitFor(async () => expect(await world.hasTable(replica, 'behind')).toBe(true), soon);
    await rowsFlowTo(replica);
  });

  it('O13, O14: a detached replica says where it belongs, and goes on where it stood', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await planned.operate({ kind: 'detach-source', key });
    const { hostname, port } = keyOf(world.primary);
    expect((await world.see(replica)).sourceKey).toEqual({ hostname: `//${hostname}`, port });
    await world.write('CREATE TABLE demo.meanwhile (id INT PRIMARY KEY)');
    await planned.operate({ kind: 'reattach-source', key });
    await vi.waitFor(async () => expect(await world.hasTable(replica, 'meanwhile')).toBe(true), soon);
    await rowsFlowTo(replica);
  });

  it('O16: the account is told anew, while it stands still', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await expect(planned.operate({ kind: 'change-credentials', key })).rejects.toThrow('replication is running');
    await planned.operate({ kind: 'stop-replication', key });
    await planned.operate({ kind: 'change-credentials', key });
    await planned.operate({ kind: 'start-replication', key });
    await rowsFlowTo(replica);
  });

  it('O60, O61: read-only and writable', async () => {
    const key = keyOf(world.replica(0));
    await planned.operate({ kind: 'set-read-only', key, readOnly: false });
    expect((await world.see(world.replica(0))).readOnly).toBe(false);
    await planned.operate({ kind: 'set-read-only', key, readOnly: true });
    expect((await world.see(world.replica(0))).readOnly).toBe(true);
  });

  it('O64, O65: new logs, and old ones deleted when all have applied them', async () => {
    const key = keyOf(world.primary);
    const before = (await world.see(world.primary)).selfCoordinates.file;
    await planned.operate({ kind: 'flush-binary-logs', key, count: 2 });
    for (const replica of world.fleet.replicas) await rowsFlowTo(replica);
    await planned.operate({ kind: 'purge-binary-logs', key, file: 'latest', force: false });
    const logs = await world.primary.query('SHOW BINARY LOGS');
    expect(logs.map((row) => Object.values(row)[0])).not.toContain(before);
    await planned.operate({ kind: 'stop-replication', key: keyOf(world.replica(0)) });
    await planned.operate({ kind: 'flush-binary-logs', key, count: 1 });
    const unsafe = planned.operate({ kind: 'purge-binary-logs', key, file: 'latest', force: false });
    await expect(unsafe).rejects.toThrow(
      `because replica ${instanceKeyText(keyOf(world.replica(0)))} has only applied`,
    );
    await planned.operate({ kind: 'start-replication', key: keyOf(world.replica(0)) });
  });

  it('O66: a statement ends, its session stays', async () => {
    const session = await createConnection({ socketPath: `${world.primary.dir}/socket`, user: 'root' });
    try {
      const [rows] = await session.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
      const processId = Number(rows[0]?.['id']);
      const sleeping = session.query('SELECT SLEEP(600)').catch((error: unknown) => error);
      const runs = `SELECT 1 FROM information_schema.processlist WHERE ID = ${processId} AND INFO LIKE 'SELECT SLEEP%'`;
      await vi.waitFor(async () => expect(await world.primary.query(runs)).toHaveLength(1), soon);
      await planned.operate({ kind: 'kill-query', key: keyOf(world.primary), processId });
      await sleeping;
      await session.query('SELECT 1');
    } finally {
      session.destroy();
    }
  });

  it.runIf(family === 'mysql')('O36: empty transactions on the primary, tagged ones too', async () => {
    const replica = world.replica(0);
    await writeWrongly(
      replica,
      'CREATE TABLE demo.wrong (id INT PRIMARY KEY)',
      "SET gtid_next = 'AUTOMATIC:tag1'",
      'INSERT INTO demo.wrong VALUES (1)',
    );
    const { serverUuid } = await world.see(replica);
    expect((await planned.sees(replica)).gtidErrant).toBe(`${serverUuid}:1:tag1:1`);
    await planned.operate({ kind: 'gtid-errant-inject-empty', key: keyOf(replica) });
    expect((await planned.sees(replica)).gtidErrant).toBe('');
    await rowsFlowTo(replica);
    await rowsFlowTo(world.replica(1));
  });

  it.runIf(family === 'mysql')('O35: out of its own record, and it replicates on', async () => {
    const replica = world.replica(1);
    await writeWrongly(replica, 'CREATE TABLE demo.wrong2 (id INT PRIMARY KEY)');
    expect((await planned.sees(replica)).gtidErrant).not.toBe('');
    await planned.operate({ kind: 'gtid-errant-reset-master', key: keyOf(replica) });
    expect((await planned.sees(replica)).gtidErrant).toBe('');
    expect(await threads(replica)).toEqual(['running', 'running']);
    await rowsFlowTo(replica);
  });

  it('O13, O14, O10, O11: by file and position as well', async () => {
    const replica = world.replica(0);
    const key = keyOf(replica);
    await planned.operate({ kind: 'disable-gtid', key });
    await rowsFlowTo(replica);
    await planned.operate({ kind: 'detach-source', key });
    await world.write('CREATE TABLE demo.by_position (id INT PRIMARY KEY)');
    await planned.operate({ kind: 'reattach-source', key });
    await rowsFlowTo(replica);
    await planned.operate({ kind: 'delay-replication', key, delaySeconds: 1 });
    await planned.operate({ kind: 'delay-replication', key, delaySeconds: 0 });
    await writeWrongly(replica, 'SET sql_log_bin = 0', 'INSERT INTO demo.by_position VALUES (1)');
    await world.write('INSERT INTO demo.by_position VALUES (1)');
    await vi.waitFor(async () => expect((await world.see(replica)).applierState).toBe('stopped'), soon);
    await planned.operate({ kind: 'skip-query', key });
    await rowsFlowTo(replica);
  });

  it('L4: in a panic all replicas stop at once', async () => {
    await planned.look();
    const { clusterName: name } = planned.seen(keyOf(world.primary));
    await planned.operate({ kind: 'panic-stop', clusterName: clusterName(name), which: 'all' });
    for (const replica of world.fleet.replicas) expect(await threads(replica)).toEqual(['stopped', 'stopped']);
  });

  it('O12: a replica forgets its source', async () => {
    const replica = world.replica(1);
    await planned.operate({ kind: 'reset-replication', key: keyOf(replica) });
    expect((await world.see(replica)).sourceKey).toBeNull();
  });
});

describe.each(serverFamilies)('semi-sync of %s servers', (family) => {
  let world: World;
  let planned: PlannedWorld;
  beforeAll(async () => {
    world = new World(await startFleet({ family, replicas: 1, semiSync: true }));
    planned = new PlannedWorld(world);
  });
  afterAll(() => world?.fleet.stop());

  it('O62, O63: both sides off and on again, and the source counts who acknowledges', async () => {
    const [source, replica] = [world.primary, world.replica(0)];
    const set = (kind: 'set-semi-sync-source' | 'set-semi-sync-replica', server: RunningServer, enabled: boolean) =>
      planned.operate({ kind, key: keyOf(server), enabled });
    await set('set-semi-sync-source', source, false);
    await set('set-semi-sync-replica', replica, false);
    expect((await world.see(source)).semiSync.sourceEnabled).toBe(false);
    expect((await world.see(replica)).semiSync.replicaEnabled).toBe(false);
    await set('set-semi-sync-replica', replica, true);
    await set('set-semi-sync-source', source, true);
    await vi.waitFor(async () => expect((await world.see(source)).semiSync.sourceClients).toBe(1), soon);
    // As wanted already: nothing is sent.
    expect((await set('set-semi-sync-source', source, true)).lanes[0]?.steps).toEqual([]);
  });
});
