// The connections to a backend server: transactions that meet, servers that are slow, restart or turn read-only, limits, and sessions whose settings are ours.

import { connect, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { MysqlConnection } from '../../../src/store/mysql/connection.ts';
import { MysqlDriver } from '../../../src/store/mysql/driver.ts';
import { mysqlEngine } from '../../../src/store/mysql/engine.ts';
import { introspect } from '../../../src/store/mysql/introspect.ts';
import type { OpenMysqlOptions } from '../../../src/store/mysql/open-backend.ts';
import { ConnectionPool } from '../../../src/store/mysql/pool.ts';
import { key, noon } from '../../../src/store/temporary-backend.ts';
import { seenInstance } from '../../../src/store/testing.ts';
import { type BackendServer, startBackendServer } from '../support/backend-server.ts';
import { eventually } from '../support/eventually.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { the } from '../support/world.ts';

describe.each(serverFamilies)('a backend on %s', (family) => {
  let backends: BackendServer | null = null;
  beforeAll(async () => {
    backends = await startBackendServer(family);
    await backends.deploy();
  });
  afterAll(() => backends?.stop());
  beforeEach(() => the(backends).newWorld());

  const byHand = () => the(backends).byHand;
  const opened = (change: Partial<OpenMysqlOptions> = {}) => the(backends).open(change);

  /** Below the repositories. */
  async function anEngine(change: Partial<OpenMysqlOptions> = {}): Promise<Engine> {
    const options = the(backends).options(change);
    const connection = await MysqlConnection.open(options, options.database);
    const schema = await introspect(connection);
    await connection.close();
    const pool = new ConnectionPool(() => MysqlConnection.open(options, options.database), options.pool);
    const driver = new MysqlDriver({ pool, rejectReadOnly: options.rejectReadOnly });
    const engine = mysqlEngine(driver, schema, 'test');
    onTestFinished(() => engine.close());
    return engine;
  }

  describe('has sessions', () => {
    it('of our settings, whatever those of the server are', async () => {
      const { host, port } = the(backends).server;
      const connection = await MysqlConnection.open(the(backends).options({ host, port }), null);
      onTestFinished(() => connection.close());
      const isolation = family === 'mysql' ? '@@transaction_isolation' : '@@tx_isolation';
      const [answer] = await connection.ask(
        'select @@time_zone as zone, @@sql_mode as mode, @@autocommit as commits, @@innodb_lock_wait_timeout as waits, ' +
          `@@wait_timeout as idles, @@character_set_client as sends, @@character_set_results as hears, ${isolation} as isolation`,
      );
      expect(answer?.rows).toEqual([
        {
          zone: '+00:00',
          mode: 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
          commits: 1,
          waits: 2,
          idles: 20,
          sends: 'utf8mb4',
          hears: 'utf8mb4',
          isolation: 'SERIALIZABLE',
        },
      ]);
    });

    it('that keep every bit of a number and every character of a text', async () => {
      const engine = await anEngine();
      const blocked = {
        hostname: 'é 雪 😀 \u0000 \\ \' "',
        port: 65_535,
        cluster_name: 'c',
        analysis: '',
        last_blocked_timestamp: '2026-03-01 12:00:00',
        blocking_recovery_id: 2n ** 64n - 1n,
      };
      await engine.upsert(engine.db, 'blocked_topology_recovery', blocked);
      expect(await engine.db.selectFrom('blocked_topology_recovery').selectAll().execute()).toEqual([blocked]);
      const { rows } = await sql<object>`
        select 7 as small, ${Number.MAX_SAFE_INTEGER} as exact, 9223372036854775807 as great, -9223372036854775808 as least,
        ${new Uint8Array([0, 255, 39])} as bytes`.execute(engine.db);
      expect(rows).toEqual([
        {
          small: 7,
          exact: Number.MAX_SAFE_INTEGER,
          great: 2n ** 63n - 1n,
          least: -(2n ** 63n),
          bytes: Buffer.from([0, 255, 39]),
        },
      ]);
    });
  });

  describe('writes', () => {
    const rule = { hostname: 'a', port: 1, last_suggested: '2026-01-01 00:00:00', promotion_rule: 'prefer' };

    it('by key only the columns that are named', async () => {
      const engine = await anEngine();
      await engine.upsert(engine.db, 'candidate_database_instance', { ...rule, priority: 5 });
      await engine.upsert(engine.db, 'candidate_database_instance', { ...rule, promotion_rule: 'must_not' });
      expect(await byHand().rows('select priority, promotion_rule from candidate_database_instance')).toEqual([
        { priority: 5, promotion_rule: 'must_not' },
      ]);
    });

    it('if absent, and takes no broken rule for a taken key', async () => {
      const engine = await anEngine();
      const insert = (change: object) =>
        engine.insertIfAbsent(engine.db, 'candidate_database_instance', { ...rule, ...change });
      expect(await insert({})).toBe(true);
      expect(await insert({})).toBe(false);
      await expect(insert({ port: 2, promotion_rule: 'perhaps' })).rejects.toMatchObject({ errno: 1265 });
    });

    it('a batch whole or not at all', async () => {
      const engine = await anEngine();
      const insert = 'insert into audit (audit_type, hostname, port, message) values (?, ?, ?, ?)';
      const good = { parameters: ['t', 'h', 1, 'm'] };
      const batch = [{ sql: insert, rows: [good, good, { parameters: ['t', 'h', null, 'm'] }] }];
      await expect(engine.runBatch(batch)).rejects.toMatchObject({ errno: 1048 });
      expect(await byHand().row('select count(*) as n from audit')).toEqual({ n: 0 });
      await engine.runBatch([{ sql: insert, rows: [good, good] }]);
      expect(await byHand().row('select count(*) as n from audit')).toEqual({ n: 2 });
    });

    it('thousands of rows in packets no larger than allowed, what lacked a row as a whole', async () => {
      const backend = await opened({ packetBytes: 20_000 });
      const names = Array.from({ length: 1_500 }, (_, index) => `h${String(index).padStart(4, '0')}`);
      for (const name of names) backend.queue(seenInstance(name), 'timestamps');
      await backend.flush();
      expect((await backend.loadInstances()).map((found) => found.key.hostname)).toEqual(names);
      const record = { at: noon(), type: 't', key: null, clusterName: '', message: 'x'.repeat(20_000) };
      await expect(backend.appendAudit(record)).rejects.toMatchObject({
        code: 'PACKET_TOO_LARGE',
        message: expect.stringContaining('MySQLOrchestratorMaxAllowedPacket'),
      });
      expect(await backend.recoveriesDisabled()).toBe(false);
    });
  });

  describe('has transactions', () => {
    it('that are undone when they fail, and the next one is served', async () => {
      const engine = await anEngine({ pool: { connections: 1, lifetimeMillis: null } });
      const failing = engine.transaction(async (transaction) => {
        await transaction.insertInto('global_recovery_disable').values({ disable_recovery: 1 }).execute();
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await engine.db.selectFrom('global_recovery_disable').selectAll().execute()).toEqual([]);
    });

    it('that are as if one came after the other, also where all want the same row', async () => {
      const engines = await Promise.all([anEngine(), anEngine()]);
      const addOne = (engine: Engine) =>
        engine.transaction(async (transaction) => {
          const row = await transaction.selectFrom('global_recovery_disable').selectAll().executeTakeFirst();
          await transaction.deleteFrom('global_recovery_disable').execute();
          const next = (row?.disable_recovery ?? 0) + 1;
          await transaction.insertInto('global_recovery_disable').values({ disable_recovery: next }).execute();
        });
      await Promise.all(engines.flatMap((engine) => [addOne(engine), addOne(engine), addOne(engine)]));
      expect(await byHand().rows('select disable_recovery as n from global_recovery_disable')).toEqual([{ n: 6 }]);
    });

    it('that are done again when they are each in the way of the other', async () => {
      const engine = await anEngine();
      for (const hostname of ['a', 'b']) {
        await engine.upsert(engine.db, 'hostname_ips', {
          hostname,
          ipv4: '',
          ipv6: '',
          last_updated: '2026-01-01 00:00:00',
        });
      }
      const met = Promise.withResolvers<void>();
      let [holding, attempts] = [0, 0];
      const crossing = (own: string, other: string) =>
        engine.transaction(async (transaction) => {
          attempts += 1;
          const mark = (hostname: string) =>
            transaction.updateTable('hostname_ips').set({ ipv4: own }).where('hostname', '=', hostname).execute();
          await mark(own);
          holding += 1;
          if (holding === 2) met.resolve();
          await met.promise;
          await mark(other);
        });
      await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
      expect(attempts).toBeGreaterThan(2);
      const rows = await byHand().rows('select ipv4 from hostname_ips');
      expect(new Set(rows.map((row) => row['ipv4'])).size).toBe(1);
    });

    it('that wait for a lock of others, longer than the server would', async () => {
      const backend = await opened();
      await backend.setHostAttribute({ hostname: 'a', name: 'rack', value: 'r1' }, noon());
      const other = await connectAsRoot(the(backends).server);
      onTestFinished(() => other.destroy());
      await other.query('begin');
      await other.query("update orchestrator_store.host_attributes set attribute_value = 'theirs'");
      const begun = async () => Number((await byHand().row("show global status like 'Com_insert'"))?.['Value']);
      const before = await begun();
      const written = backend.setHostAttribute({ hostname: 'a', name: 'rack', value: 'ours' }, noon(1));
      // The server has given up once, and it was begun again.
      await eventually(begun).toBe(before + 2);
      await other.query('commit');
      await written;
      expect(await backend.loadHostAttributes('rack')).toMatchObject([{ value: 'ours' }]);
    });
  });

  describe('with a server that', () => {
    it('does not answer in time: who asked is told, and afterwards all is well', async () => {
      const backend = await opened({ answerMillis: 1_500 });
      const other = await connectAsRoot(the(backends).server);
      onTestFinished(() => other.destroy());
      await other.query('lock tables orchestrator_store.database_instance write');
      await expect(backend.loadInstances()).rejects.toMatchObject({ code: 'TIMEOUT' });
      await other.query('unlock tables');
      expect(await backend.loadInstances()).toEqual([]);
    });

    it('cuts all our connections: the next call opens others', async () => {
      const backend = await opened();
      await Promise.all([backend.loadInstances(), backend.loadDowntimes(), backend.recoveriesDisabled()]);
      const ours = () => byHand().rows("select id from information_schema.processlist where user = 'orc_backend'");
      for (const { id } of await ours()) await byHand().exec(`kill ${Number(id)}`);
      await eventually(() => backend.loadInstances()).toEqual([]);
      await backend.setRecoveriesDisabled(true);
    });

    it('crashes and comes back: what was queued is written then', async () => {
      const backend = await opened();
      const { server } = the(backends);
      backend.queue(seenInstance('a'), 'facts');
      server.kill('SIGKILL');
      await server.exited;
      await expect(backend.flush()).rejects.toThrow();
      await expect(backend.loadInstances()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await server.restart();
      await backend.flush();
      expect(await backend.loadInstances()).toMatchObject([{ key: key('a') }]);
    });

    it('has become read-only, while another has the address by now', async () => {
      const { server } = the(backends);
      let connections = 0;
      // Whoever connects anew comes to one that can be written.
      const elsewhere = await proxyTo(server.port, async () => {
        connections += 1;
        if (connections > beforeChange) await byHand().exec('set global read_only = 0');
      });
      let beforeChange = Number.POSITIVE_INFINITY;
      onTestFinished(() => byHand().exec('set global read_only = 0'));
      const change = { port: elsewhere, pool: { connections: 1, lifetimeMillis: null } };
      const [stubborn, flexible] = [await opened(change), await opened({ ...change, rejectReadOnly: true })];
      const audit = { at: noon(), type: 't', key: null, clusterName: '', message: '' };
      for (const backend of [stubborn, flexible]) await backend.appendAudit(audit);
      const turn = async () => {
        beforeChange = connections;
        await byHand().exec('set global read_only = 1');
      };
      await turn();
      await expect(stubborn.appendAudit(audit)).rejects.toMatchObject({ errno: 1290 });
      await flexible.appendAudit(audit);
      await turn();
      await flexible.putTag({ key: key('a'), name: 'n', value: 'v' }, noon());
      await turn();
      await flexible.deleteTags({ name: 'n' });
      await turn();
      flexible.queue(seenInstance('a'), 'facts');
      await flexible.flush();
      expect(await flexible.loadTags()).toEqual([]);
      expect(await flexible.loadInstances()).toHaveLength(1);
    });
  });

  it('closes twice without complaint, serves nobody afterwards and leaves no session behind', async () => {
    const backend = await opened();
    await Promise.all([backend.loadInstances(), backend.loadDowntimes()]);
    await backend.close();
    await backend.close();
    await expect(backend.loadInstances()).rejects.toThrow();
    const ours = () => byHand().rows("select id from information_schema.processlist where user = 'orc_backend'");
    await eventually(ours).toEqual([]);
  });
});

/** A door to another port of this machine; `onVisitor` before anybody is let through. */
async function proxyTo(port: number, onVisitor: () => Promise<void>): Promise<number> {
  const sockets = new Set<Socket>();
  const door = createServer({ pauseOnConnect: true }, async (visitor) => {
    await onVisitor();
    const server = connect(port, '127.0.0.1');
    for (const socket of [visitor, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        visitor.destroy();
        server.destroy();
      });
    }
    visitor.pipe(server).pipe(visitor);
  });
  const own = await freePort();
  await new Promise<void>((done) => door.listen(own, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    door.close();
  });
  return own;
}
