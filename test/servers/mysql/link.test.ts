// Probes over the link to one server, with all releases: what they tell, what they cost, what they survive.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { literal } from '../../../src/mysql/sql-text.ts';
import { applicationAccount, orchestratorAccount, replicationAccount } from '../../../src/sandbox/accounts.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import {
  answeredBy,
  asRoot,
  closeLinks,
  countingProxyTo,
  failureOf,
  keyOf,
  linkTo,
  soon,
  TIMEOUTS,
  World,
} from '../support/server-world.ts';

afterEach(closeLinks);

describe.each(serverReleases)('a link to a $name server', ({ family, release }) => {
  let world: World;
  beforeAll(async () => {
    world = new World(await startFleet({ family, release, replicas: 2 }));
  });
  afterAll(() => world?.fleet.stop());

  describe('probing', () => {
    it('tells of the primary that it is one, and who its replicas are', async () => {
      const link = linkTo(keyOf(world.primary));
      const { facts, refused } = await answeredBy(link);
      expect(facts.instance).toMatchObject({ serverId: world.primary.serverId, sourceKey: null, readOnly: false });
      // A receiver that says it runs may be a moment ahead of its source's list.
      await vi.waitFor(async () => {
        const { registeredReplicas, dumpingReplicas } = (await answeredBy(link)).facts;
        const ports = registeredReplicas.map(({ port }) => port);
        expect(ports.sort()).toEqual(world.fleet.replicas.map(({ port }) => port).sort());
        expect(dumpingReplicas).toHaveLength(2);
      }, soon);
      expect(refused).toEqual([]);
    });

    it('A8: tells of a replica that it replicates, and that its heartbeats grow', async () => {
      const link = linkTo(keyOf(world.replica(0)));
      const { facts } = await answeredBy(link);
      expect(facts.instance).toMatchObject({
        sourceKey: keyOf(world.primary),
        receiverState: 'running',
        readOnly: true,
      });
      expect(facts.replicationUser).toBe(replicationAccount.user);
      const before = facts.instance.evidence?.heartbeatsReceived ?? -1;
      expect(before).toBeGreaterThanOrEqual(0);
      await vi.waitFor(async () => {
        const { instance } = (await answeredBy(link)).facts;
        expect(instance.evidence?.heartbeatsReceived).toBeGreaterThan(before);
      }, soon);
    });

    it('is one packet, and so one round trip, on a connection that stays open', async () => {
      const link = linkTo(keyOf(world.primary));
      await answeredBy(link);
      const counted = async () => {
        const rows = await world.primary.query("SHOW GLOBAL STATUS LIKE 'Connections'");
        return Number(rows[0]?.['Value']);
      };
      const proxy = await countingProxyTo(world.primary);
      try {
        const throughProxy = linkTo({ hostname: '127.0.0.1', port: proxy.port });
        await answeredBy(throughProxy);
        const before = { sent: proxy.sent(), connections: await counted() };
        await answeredBy(throughProxy);
        expect(proxy.sent() - before.sent).toBe(1);
        // Counting is a connection of its own; the probe made none.
        expect((await counted()) - before.connections).toBe(1);
      } finally {
        proxy.close();
      }
    });

    it('A10: a section that the account may not read costs its own facts only, and is left out then', async () => {
      const name = 'curious';
      const status = world.word('REPLICATION CLIENT', 'SLAVE MONITOR');
      await asRoot(
        world.replica(0),
        `SET GLOBAL ${world.word('super_read_only', 'read_only')} = 0`,
        `CREATE USER '${name}'@'%' IDENTIFIED BY 'pw'`,
        `GRANT ${status} ON *.* TO '${name}'@'%'`,
        `SET GLOBAL ${world.word('super_read_only', 'read_only')} = 1`,
      );
      const link = linkTo(keyOf(world.replica(0)), { account: { user: name, password: 'pw' } });
      const first = await answeredBy(link);
      const expected = family === 'mysql' ? ['registered', 'dumping', 'receivers'] : ['binlog', 'registered'];
      expect(first.refused.map((section) => section.name)).toEqual(expected);
      expect(first.refused.every(({ failure }) => failure.kind === 'server-error')).toBe(true);
      expect(first.facts.instance).toMatchObject({ receiverState: 'running', sourceKey: keyOf(world.primary) });
      expect((await answeredBy(link)).refused).toEqual(first.refused);
    });

    it('A10: without the replication status there is an answer in part', async () => {
      const { failure, partial } = await failureOf(linkTo(keyOf(world.primary), { account: applicationAccount }));
      expect(failure).toMatchObject({ kind: 'server-error', number: 1227 });
      expect(partial).toBe(true);
    });

    it('says that the password is wrong', async () => {
      const account = { user: orchestratorAccount.user, password: 'wrong' };
      const { failure, partial } = await failureOf(linkTo(keyOf(world.primary), { account }));
      expect(failure).toMatchObject({ kind: 'server-error', phase: 'connect', number: 1045 });
      expect(failure.text).toMatch(/^Error 1045 \(28000\): Access denied/);
      expect(partial).toBe(false);
    });
  });

  describe('claiming (J5)', () => {
    const claimable = async () => {
      const link = linkTo(keyOf(world.replica(0)));
      await answeredBy(link);
      return link;
    };

    it('is for one orchestrator at a time, and tells the other who has it', async () => {
      const [one, other] = [await claimable(), await claimable()];
      const claim = await one.claim(5_000);
      expect([claim.kind, (await one.claim(5_000)).kind]).toEqual(['claimed', 'claimed']);
      expect(await other.claim(5_000)).toMatchObject({
        kind: 'taken',
        by: expect.stringMatching(/^session \d+ of orc@/),
      });
      if (claim.kind !== 'claimed') return;
      // As often as it was taken.
      await claim.release();
      expect((await other.claim(5_000)).kind).toBe('taken');
      await claim.release();
      const taken = await other.claim(5_000);
      expect(taken.kind).toBe('claimed');
      if (taken.kind === 'claimed') await taken.release();
    });

    it('ends with the connection', async () => {
      const [one, other] = [await claimable(), await claimable()];
      await one.claim(5_000);
      expect((await other.claim(5_000)).kind).toBe('taken');
      one.close();
      await vi.waitFor(async () => expect((await other.claim(5_000)).kind).toBe('claimed'), soon);
    });
  });

  describe('configured queries', () => {
    const asked = async (...queries: readonly (readonly [string, string])[]) =>
      answeredBy(linkTo(keyOf(world.primary), { queries: queries.map(([name, sql]) => ({ name, sql })) }));

    it('answer with the first column of the first row, as text', async () => {
      const { configured } = await asked(['a', "SELECT 'ny', 'x' UNION SELECT 'seattle', 'y'"], ['b', 'SELECT 7;']);
      expect([...configured]).toEqual([
        ['a', 'ny'],
        ['b', '7'],
      ]);
    });

    it('tell NULL from no row', async () => {
      const { configured } = await asked(['null', 'SELECT NULL'], ['none', 'SELECT 1 FROM DUAL WHERE 1 = 0']);
      expect([...configured]).toEqual([['null', null]]);
    });

    it('that fail cost nobody else anything', async () => {
      const { configured, refused, facts } = await asked(
        ['bad', 'SELECT x FROM demo.no_such_table'],
        ['worse', 'SELEC 1'],
        ['good', 'SELECT 1'],
      );
      expect([...configured]).toEqual([['good', '1']]);
      expect(refused.map(({ name }) => name)).toEqual(['bad', 'worse']);
      expect(facts.instance.serverId).toBe(world.primary.serverId);
    });

    it('that end in a comment do not swallow the next one', async () => {
      const { configured } = await asked(['a', 'SELECT 1 -- first'], ['b', 'SELECT 2 # second'], ['c', 'SELECT 3']);
      expect([...configured.values()]).toEqual(['1', '2', '3']);
    });

    it('with a semicolon are left out: they would shift the answers of the others', async () => {
      const { configured } = await asked(['two', 'SELECT 1; SELECT 2'], ['next', 'SELECT 3']);
      expect([...configured]).toEqual([['next', '3']]);
    });

    it('that give several results answer nothing, rather than in the place of another', async () => {
      await asRoot(
        world.primary,
        'CREATE PROCEDURE demo.place() SELECT 1',
        `GRANT EXECUTE ON PROCEDURE demo.place TO '${orchestratorAccount.user}'@'%'`,
      );
      const { configured, refused, facts } = await asked(['call', 'CALL demo.place()'], ['next', 'SELECT 3']);
      expect([...configured]).toEqual([]);
      expect(refused.map(({ name }) => name)).toEqual(['call', 'next']);
      expect(facts.instance.serverId).toBe(world.primary.serverId);
    });
  });

  describe('literals', () => {
    const values = [
      "x' OR '1'='1",
      "\\' OR 1=1 -- ",
      '\\',
      "'; SET @broken = 1; -- ",
      'line\nbreak',
      'nul\0',
      "pass'wörd\\n",
    ];

    it.each(['', 'NO_BACKSLASH_ESCAPES'])('hold every value in a session of sql_mode "%s"', async (mode) => {
      const connection = await world.primary.connect();
      try {
        await connection.query(`SET SESSION sql_mode = '${mode}'`);
        for (const value of values) {
          const [rows] = await connection.query(`SELECT ${literal(value)} AS value, 1 AS after`);
          const [row] = Array.isArray(rows) ? rows : [];
          // In the second mode a backslash comes out twice, yet nothing comes out of the quotes.
          const seen = mode === '' ? value : value.replaceAll('\\', '\\\\');
          expect(row).toEqual({ value: seen, after: 1 });
        }
      } finally {
        await connection.end();
      }
    });

    it('mean exactly the value in commands, whatever the server’s sql_mode is', async () => {
      const [before] = await world.primary.query('SELECT @@GLOBAL.sql_mode AS mode');
      await asRoot(world.primary, "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
      try {
        const link = linkTo(keyOf(world.primary));
        for (const value of values) {
          expect(await link.query(`SELECT ${literal(value)} AS value`, TIMEOUTS)).toEqual({
            kind: 'rows',
            rows: [{ value }],
          });
        }
        expect(await link.query('SELECT @@SESSION.sql_mode AS mode', TIMEOUTS)).toMatchObject({
          rows: [{ mode: expect.stringMatching(/^ANSI_QUOTES(?!.*NO_BACKSLASH_ESCAPES)/) }],
        });
      } finally {
        await asRoot(world.primary, `SET GLOBAL sql_mode = '${before?.['mode']}'`);
      }
    });
  });
});
